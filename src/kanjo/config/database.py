"""How each role reaches the database: the embedded server, or the one that KANJO_DATABASE_URL names."""

from __future__ import annotations

from kanjo.config.environment import Environment
from kanjo.platform.database.embedded import EmbeddedServer
from kanjo.platform.database.roles import DatabaseRole, Login, login_at


def embedded_server(environment: Environment) -> EmbeddedServer:
    """Return the embedded server of the installation."""
    return EmbeddedServer(environment.home, environment.postgres_bin)


def login_for(role: DatabaseRole, environment: Environment) -> Login:
    """Return how *role* signs in.

    Behind a URL the owner is the login of the URL, and the others are that login acting as their role.
    """
    if not environment.database_url:
        return embedded_server(environment).login(role)
    acting = {DatabaseRole.OWNER: "", DatabaseRole.APPLICATION: environment.database_role}
    return login_at(environment.database_url, acting.get(role, role))
