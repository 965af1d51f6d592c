"""The house behind a narrow gate, in a process of its own: two places, two that wait, and little patience for locks."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")

from django.conf import settings

settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the files of the pages are chosen first
from django.db import connections  # noqa: E402

from kanjo.config.database import bound  # noqa: E402
from kanjo.surfaces.overload import Gate  # noqa: E402

application = Gate(get_wsgi_application(), places=2, waiting=2, seconds=20)
bound(connections.settings["default"]["OPTIONS"], statement_seconds=20, lock_seconds=8)
