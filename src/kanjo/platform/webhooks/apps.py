"""Registers the app with Django."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The Django side of `kanjo.platform.webhooks`."""

    name = "kanjo.platform.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
