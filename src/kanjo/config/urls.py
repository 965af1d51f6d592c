"""Every address of the installation."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from kanjo.surfaces.api.docs import docs

handler500 = "kanjo.surfaces.overload.broken"
urlpatterns: list[URLPattern | URLResolver] = [
    path("api", docs, name="api"),
    path("api/v1/", include("kanjo.surfaces.api.addresses")),
    path("accounts/", include("allauth.urls")),
    path("", include("kanjo.surfaces.web.addresses")),
]
