"""Registers the app with Django."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The Django side of `kanjo.platform.imports`."""

    name = "kanjo.platform.imports"
    label = "imports"
    default_auto_field = "django.db.models.BigAutoField"
