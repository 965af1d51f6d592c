"""Registers the domain with Django."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """The Django side of `kanjo.domains.customers`."""

    name = "kanjo.domains.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
