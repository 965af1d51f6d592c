"""The doors that are open before anybody signed in."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
class TestFirstDoors:
    def test_health(self, client: Client) -> None:
        """Who watches the machine is told that pages and database answer, and nothing else."""
        answer = client.get("/health")
        assert (answer.status_code, answer.content) == (200, b"kanjo")

    def test_nobody_signs_up(self, client: Client) -> None:
        """Nobody lets themselves in: a sign-up makes no account."""
        form = {"email": "new@example.com", "password1": "correct horse battery", "password2": "correct horse battery"}
        client.post("/accounts/signup/", form)
        assert not client.login(email="new@example.com", password="correct horse battery")
        assert "_auth_user_id" not in client.session

    def test_headers(self, client: Client) -> None:
        """A page cannot be framed, guessed at by type, or told to other sites by its address."""
        headers = client.get("/accounts/login/").headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
