"""Registers the app with Django."""

from django.apps import AppConfig


class WorklistConfig(AppConfig):
    """The Django side of `kanjo.platform.worklist`."""

    name = "kanjo.platform.worklist"
    label = "worklist"
    default_auto_field = "django.db.models.BigAutoField"
