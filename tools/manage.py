"""For developers: start the database, then run a Django command (`tools/manage.py makemigrations ledger`)."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from kanjo.config.database import embedded_server, login_for
from kanjo.config.environment import environment
from kanjo.platform.database.roles import DatabaseRole
from kanjo.platform.database.schema import current_shape, reshaping

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kanjo.config.settings")
    if not environment().database_url:
        embedded_server(environment()).start()
    if sys.argv[1:2] == ["migrate"]:
        owner = login_for(DatabaseRole.OWNER, environment())
        with reshaping(owner, application=environment().database_role, shape=current_shape()):
            execute_from_command_line([*sys.argv, "--database", "owner"])
    else:
        execute_from_command_line(sys.argv)
