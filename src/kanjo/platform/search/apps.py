"""Registers the app with Django."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The Django side of `kanjo.platform.search`: its functions in the database."""

    name = "kanjo.platform.search"
    label = "search"
