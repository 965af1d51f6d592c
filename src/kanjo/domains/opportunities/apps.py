"""Registers the domain with Django."""

from django.apps import AppConfig


class OpportunitiesConfig(AppConfig):
    """The Django side of `kanjo.domains.opportunities`."""

    name = "kanjo.domains.opportunities"
    label = "opportunities"
    default_auto_field = "django.db.models.BigAutoField"
