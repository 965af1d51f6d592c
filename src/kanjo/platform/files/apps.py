"""Registers the app with Django."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The Django side of `kanjo.platform.files`."""

    name = "kanjo.platform.files"
    label = "files"
    default_auto_field = "django.db.models.BigAutoField"
