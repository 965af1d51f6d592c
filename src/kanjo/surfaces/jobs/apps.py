"""Registers the entries with the queue."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The Django side of `kanjo.surfaces.jobs`: the queue finds `tasks.py` here."""

    name = "kanjo.surfaces.jobs"
    label = "jobs"
