"""Registers the domain with Django."""

from django.apps import AppConfig


class BillingConfig(AppConfig):
    """The Django side of `kanjo.domains.billing`."""

    name = "kanjo.domains.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"
