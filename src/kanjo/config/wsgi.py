"""The web process: what granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

from kanjo.config.database import bound
from kanjo.surfaces.overload import Gate

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")

# As many places as help: Python works at one thing at a time. Of the threads of granian (see the supervisor) the rest
# tell who finds no place to wait that it may come again.
application = Gate(get_wsgi_application(), places=4, waiting=60, seconds=8)

bound(connections.settings["default"]["OPTIONS"], statement_seconds=60, lock_seconds=10)
