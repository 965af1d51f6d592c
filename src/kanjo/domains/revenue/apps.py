"""Registers the domain with Django."""

from django.apps import AppConfig


class RevenueConfig(AppConfig):
    """The Django side of `kanjo.domains.revenue`."""

    name = "kanjo.domains.revenue"
    label = "revenue"
    default_auto_field = "django.db.models.BigAutoField"
