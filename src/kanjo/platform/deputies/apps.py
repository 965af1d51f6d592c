"""Registers the app with Django."""

from django.apps import AppConfig


class DeputiesConfig(AppConfig):
    """The Django side of `kanjo.platform.deputies`."""

    name = "kanjo.platform.deputies"
    label = "deputies"
    default_auto_field = "django.db.models.BigAutoField"
