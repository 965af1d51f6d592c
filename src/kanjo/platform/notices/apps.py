"""Registers the app with Django."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The Django side of `kanjo.platform.notices`."""

    name = "kanjo.platform.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
