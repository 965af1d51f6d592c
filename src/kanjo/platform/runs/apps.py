"""Registers the app with Django."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    """The Django side of `kanjo.platform.runs`."""

    name = "kanjo.platform.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"
