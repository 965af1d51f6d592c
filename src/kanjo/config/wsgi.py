"""The web process: what granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")

application = get_wsgi_application()

# Only here: threads share connections, which triples what one process answers. A console command needs one.
connections.settings["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}
