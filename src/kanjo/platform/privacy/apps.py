"""Registers the app with Django."""

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """The Django side of `kanjo.platform.privacy`."""

    name = "kanjo.platform.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"
