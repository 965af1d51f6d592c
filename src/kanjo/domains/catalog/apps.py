"""Registers the domain with Django."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """The Django side of `kanjo.domains.catalog`."""

    name = "kanjo.domains.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
