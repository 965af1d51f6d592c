"""The house as a web server runs it in a process of its own, but that pages name their files as they are."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")

from django.conf import settings

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the files of the pages are chosen first

application = get_wsgi_application()
