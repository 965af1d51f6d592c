"""Registers the app with Django."""

from django.apps import AppConfig


class BulkConfig(AppConfig):
    """The Django side of `kanjo.platform.bulk`."""

    name = "kanjo.platform.bulk"
    label = "bulk"
    default_auto_field = "django.db.models.BigAutoField"
