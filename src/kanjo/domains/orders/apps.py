"""Registers the domain with Django."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """The Django side of `kanjo.domains.orders`."""

    name = "kanjo.domains.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"
