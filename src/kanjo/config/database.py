"""How each role reaches the database: the embedded server, or the one that KANJO_DATABASE_URL names."""

from __future__ import annotations

from typing import Any

from kanjo.config.environment import Environment
from kanjo.platform.database.embedded import EmbeddedServer
from kanjo.platform.database.roles import DatabaseRole, Login, login_at


def embedded_server(environment: Environment) -> EmbeddedServer:
    """Return the embedded server of the installation."""
    return EmbeddedServer(environment.home, environment.postgres_bin)


def bound(options: dict[str, Any], *, statement_seconds: int, lock_seconds: int) -> None:
    """Let the threads of a web process share few connections, on which no statement and no lock is waited for for ever.

    Sharing triples what one process answers. Only there: a console command needs one, and may take its time.
    """
    limits = f"-c statement_timeout={statement_seconds}s -c lock_timeout={lock_seconds}s"
    options["options"] = f"{options.get('options', '')} {limits}".strip()
    options["pool"] = {"min_size": 1, "max_size": 16, "timeout": 10}


def login_for(role: DatabaseRole, environment: Environment) -> Login:
    """Return how *role* signs in.

    Behind a URL the owner is the login of the URL, and the others are that login acting as their role.
    """
    if not environment.database_url:
        return embedded_server(environment).login(role)
    acting = {DatabaseRole.OWNER: "", DatabaseRole.APPLICATION: environment.database_role}
    return login_at(environment.database_url, acting.get(role, role))
