"""Registers the app with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The Django side of `kanjo.platform.audit`."""

    name = "kanjo.platform.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
