"""Registers the app with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The Django side of `kanjo.platform.access`."""

    name = "kanjo.platform.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
