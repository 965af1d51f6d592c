"""Registers the app with Django."""

from django.apps import AppConfig


class NumberingConfig(AppConfig):
    """The Django side of `kanjo.platform.numbering`."""

    name = "kanjo.platform.numbering"
    label = "numbering"
    default_auto_field = "django.db.models.BigAutoField"
