"""Registers the app with Django."""

from django.apps import AppConfig


class BookmarksConfig(AppConfig):
    """The Django side of `kanjo.platform.bookmarks`."""

    name = "kanjo.platform.bookmarks"
    label = "bookmarks"
    default_auto_field = "django.db.models.BigAutoField"
