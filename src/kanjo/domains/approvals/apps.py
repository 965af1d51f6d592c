"""Registers the domain with Django."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The Django side of `kanjo.domains.approvals`."""

    name = "kanjo.domains.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
