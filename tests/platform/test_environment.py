"""What the environment may set, and what is refused."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from kanjo.config.environment import (
    EXAMPLES,
    SECOND_FACTOR,
    CompanySignIn,
    MailServer,
    NoMailPassword,
    NotACompanySignIn,
    NotAMailServer,
    NotANumberOfProxies,
    NotAPort,
    NotARole,
    NotAsOften,
    read_environment,
    secret_key,
)
from kanjo.foundation.actors import Role


class TestReadEnvironment:
    def test_nothing_set(self) -> None:
        """With an empty environment everything has a value that works on one machine."""
        environment = read_environment({})
        assert (environment.address, environment.port) == ("127.0.0.1", 8000)
        assert environment.public_url == "http://127.0.0.1:8000"
        assert environment.database_role == "kanjo_app"
        assert environment.home.is_absolute()
        assert not environment.secure

    def test_how_often_somebody_may_ask(self) -> None:
        """Generously where nothing is said; as often as is said, in numbers that can be counted."""
        usual = read_environment({})
        assert (usual.calls_per_minute, usual.searches_per_minute) == (1_200, 60)
        given = read_environment({"KANJO_CALLS_PER_MINUTE": "60000", "KANJO_SEARCHES_PER_MINUTE": "1"})
        assert (given.calls_per_minute, given.searches_per_minute) == (60_000, 1)
        for wrong in ("0", "-1", "60001", "many", "1.5", "１"):
            with pytest.raises(NotAsOften) as refused:
                read_environment({"KANJO_SEARCHES_PER_MINUTE": wrong})
            assert f"KANJO_SEARCHES_PER_MINUTE is “{wrong}”." in refused.value.said_in("en")

    def test_https_in_front(self) -> None:
        """A public address with https switches secure cookies on and names the host."""
        environment = read_environment({"KANJO_PUBLIC_URL": "https://kanjo.example.co.jp/"})
        assert environment.secure
        assert (environment.public_url, environment.public_host) == (
            "https://kanjo.example.co.jp",
            "kanjo.example.co.jp",
        )

    def test_role_may_be_empty(self) -> None:
        """An empty role is a choice: the application works with the rights of the login."""
        assert read_environment({"KANJO_DATABASE_ROLE": ""}).database_role == ""

    def test_the_example_of_a_new_house(self) -> None:
        """Ours where nothing is said, none, or a folder of somebody's own."""
        assert read_environment({}).examples == EXAMPLES
        assert read_environment({"KANJO_EXAMPLE": "none"}).examples == ()
        assert read_environment({"KANJO_EXAMPLE": "/data/crm"}).examples == (Path("/data/crm"),)

    def test_a_second_factor(self) -> None:
        """Asked of those who move money and rights, but not in a demonstration; roles may be named, or all, or none."""
        assert read_environment({}).second_factor == frozenset()
        assert read_environment({"KANJO_EXAMPLE": "none"}).second_factor == SECOND_FACTOR
        given = {"cfo, legal": {Role.CFO, Role.LEGAL}, "all": set(Role), "none": set()}
        for text, roles in given.items():
            assert read_environment({"KANJO_SECOND_FACTOR": text}).second_factor == roles
        with pytest.raises(NotARole, match="boss"):
            read_environment({"KANJO_SECOND_FACTOR": "cfo,boss"})

    def test_the_sign_in_of_the_company(self) -> None:
        """It is whole and encrypted, or refused; its secret is not told by accident."""
        given = {"KANJO_OIDC_URL": "https://id.example.co.jp/", "KANJO_OIDC_CLIENT": "kanjo", "KANJO_OIDC_SECRET": "s3"}
        found = read_environment(given).company_sign_in
        assert found == CompanySignIn("https://id.example.co.jp/", "kanjo", "s3", "id.example.co.jp")
        assert "s3" not in repr(found)
        assert read_environment({}).company_sign_in is None
        for broken in ({"KANJO_OIDC_SECRET": ""}, {"KANJO_OIDC_URL": "http://id.example.co.jp"}):
            with pytest.raises(NotACompanySignIn):
                read_environment(given | broken)

    @pytest.mark.parametrize("proxies", ["x", "-1", "10", "２"])
    def test_proxies_before_us(self, proxies: str) -> None:
        """A small number of our own, or refused."""
        assert read_environment({"KANJO_TRUSTED_PROXIES": "1"}).trusted_proxies == 1
        with pytest.raises(NotANumberOfProxies):
            read_environment({"KANJO_TRUSTED_PROXIES": proxies})

    @pytest.mark.parametrize("port", ["x", "0", "-5", "65536", "８０", "1.5"])
    def test_not_a_port(self, port: str) -> None:
        """What is no port is refused with the value as it was given."""
        with pytest.raises(NotAPort) as refused:
            read_environment({"KANJO_PORT": port})
        assert refused.value.facts == {"value": port}

    def test_mail(self) -> None:
        """Mail goes to files, or encrypted to the server that is named; its password is not told by accident."""
        assert read_environment({}).mail is None
        plain = read_environment({"KANJO_MAIL_URL": "smtp://kanjo:p%40ss@mail.example.co.jp"}).mail
        assert plain == MailServer("mail.example.co.jp", 587, "kanjo", "p@ss", encrypted_at_once=False)
        assert "p@ss" not in repr(plain)
        at_once = read_environment({"KANJO_MAIL_URL": "smtps://mail.example.co.jp:4650"}).mail
        assert at_once == MailServer("mail.example.co.jp", 4650, "", "", encrypted_at_once=True)

    def test_a_password_of_the_mail_server_in_a_file(self, tmp_path: Path) -> None:
        """A file goes before a password of its own, that before one in the address; a missing file is refused."""
        secret = tmp_path / "secret"
        secret.write_text("in a file\n")
        given = {"KANJO_MAIL_URL": "smtp://kanjo:in-address@mail", "KANJO_MAIL_PASSWORD": "its own"}
        assert read_environment(given).mail == MailServer("mail", 587, "kanjo", "its own", encrypted_at_once=False)
        filed = read_environment({**given, "KANJO_MAIL_PASSWORD_FILE": str(secret)}).mail
        assert filed == MailServer("mail", 587, "kanjo", "in a file", encrypted_at_once=False)
        with pytest.raises(NoMailPassword, match="KANJO_MAIL_PASSWORD_FILE"):
            read_environment({**given, "KANJO_MAIL_PASSWORD_FILE": str(tmp_path / "nowhere")})

    @pytest.mark.parametrize("url", ["mail.example.co.jp", "http://mail", "smtp://", "smtp://mail:70000", "smtp://[x"])
    def test_not_a_mail_server(self, url: str) -> None:
        """What names no mail server is refused, without telling a password that may stand in it."""
        with pytest.raises(NotAMailServer):
            read_environment({"KANJO_MAIL_URL": url})


class TestSecretKey:
    def test_made_once_and_private(self, tmp_path: Path) -> None:
        """The key is made on first use, stays the same, and only its owner may read it."""
        key = secret_key(tmp_path / "new")
        assert len(key) >= 50
        assert secret_key(tmp_path / "new") == key
        assert stat.S_IMODE((tmp_path / "new" / "secret-key").stat().st_mode) == 0o600
