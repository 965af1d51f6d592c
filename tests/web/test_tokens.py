"""A person's tokens on its pages: shown once, told of when the form comes twice, refused beside their field."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.access.models import Token
from tests.web.office import Office

TYPED = {"name": "夜間連携", "scope": "read"}


class TestMakeToken:
    def test_a_double_click_is_told(self, office: Office) -> None:
        """The second answer says that the secret was shown in the first, and leads to where it is revoked."""
        for language, says in ((Language.JAPANESE, "2回送信されました"), (Language.ENGLISH, "The form came twice.")):
            desk = office.desk(Role.SALES_REP, language)
            last_on = (timezone.localdate() + timedelta(days=30)).isoformat()
            once = f"{language.value}{'x' * 20}"
            statuses, (first, second) = zip(
                *(desk.refused("make-token", **TYPED, last_on=last_on, once=once) for _ in range(2)), strict=True
            )
            assert statuses == (200, 200)
            assert "kanjo_" in first
            assert says in second
            assert "kanjo_" not in second
            assert f'href="{reverse("revoke-token")}"' in second
        assert Token.objects.count() == 2

    def test_a_day_too_late_is_told_beside_it(self, office: Office) -> None:
        """The page and the verb have one rule."""
        last_on = timezone.localdate() + timedelta(days=400)
        status, page = office.desk(Role.SALES_REP).refused("make-token", **TYPED, last_on=last_on.isoformat())
        assert status == 400
        assert f"{last_on}" in page
        assert Token.objects.count() == 0
