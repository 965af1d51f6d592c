"""License Management sees that what ran out is used no longer: from the queue to the contract, and off the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from kanjo.domains.licenses.facts import HowConfirmed
from kanjo.domains.licenses.models import EndOfUse
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from tests.api.programs import program_of
from tests.web.licensed import a_right
from tests.web.office import Office, faults

pytestmark = pytest.mark.row("MO-7")


@pytest.fixture
def stopped(office: Office) -> ContractId:
    """A contract over ten users of which Legal noted that it stops today; its use is watched."""
    today = timezone.localdate()
    term = Period(today - timedelta(days=90), today + timedelta(days=90))
    contract_id = a_right(office, office.customer_id, office.cloud, term=term, valid=term)
    office.desk(Role.LEGAL).do("terminate-contract", contract_id, stops_on=today.isoformat(), because="事業所の閉鎖")
    deliver(by=house(), at=timezone.now())
    return contract_id


def given(**changed: str) -> dict[str, str]:
    return {"on": timezone.localdate().isoformat(), "how": "removal", "note": "", **changed}


class TestConfirmEndOfUse:
    @pytest.mark.parametrize("language", list(Language))
    def test_from_the_queue_to_the_contract_and_off_it(
        self, office: Office, stopped: ContractId, language: Language
    ) -> None:
        """What waits leads to the contract, whose first act confirms the end; how and by whom then stands there."""
        desk = office.desk(Role.LICENSE_MANAGEMENT, language)
        assert f'href="/contracts/{stopped}"' in desk.see("home")
        assert f'href="/contracts/{stopped}/end-of-use"' in desk.see("contract", stopped)
        assert HowConfirmed.REMOVAL.shown.said_in(language) in desk.see("confirm-end-of-use", stopped)
        assert desk.do("confirm-end-of-use", stopped, **given(note="台帳の写し")) == stopped
        assert f'href="/contracts/{stopped}"' not in desk.see("home")
        page = desk.see("contract", stopped)
        assert f'href="/contracts/{stopped}/end-of-use"' not in page
        for said in (HowConfirmed.REMOVAL.shown.said_in(language), "台帳の写し", desk.actor.name):
            assert said in page

    @pytest.mark.parametrize(
        ("changed", "rule"),
        [
            ({"on": "2026-04-01"}, "licenses.right-runs"),
            ({"on": "2199-01-01"}, "licenses.confirmed-in-future"),
            ({"how": "other"}, "licenses.not-said-how"),
            ({"how": ""}, "form.missing"),
        ],
    )
    def test_it_is_refused_beside_its_field(
        self, office: Office, stopped: ContractId, changed: dict[str, str], rule: str
    ) -> None:
        """While the right ran, ahead of time, or without a word of how: nothing is written."""
        status, page = office.desk(Role.LICENSE_MANAGEMENT).refused("confirm-end-of-use", stopped, **given(**changed))
        assert (status, rule in faults(page)) == (400, True)
        assert not EndOfUse.objects.exists()

    def test_others_see_whose_act_it_is(self, office: Office, stopped: ContractId) -> None:
        """Legal, who terminated it, is told who confirms, and the form is refused."""
        desk = office.desk(Role.LEGAL)
        page = desk.see("contract", stopped)
        assert f'href="/contracts/{stopped}/end-of-use"' not in page and "利用終了を確認" in page
        assert desk.refused("confirm-end-of-use", stopped, **given())[0] == 403

    def test_a_program_does_it_too(self, office: Office, stopped: ContractId) -> None:
        """The same verb by the API: done once, refused the second time, with the day of the first."""
        program, path = program_of(office, Role.LICENSE_MANAGEMENT), f"contracts/{stopped}/confirm-end-of-use"
        assert program.refused(path, 422, on=given()["on"], how="rumour")["errors"][0]["at"] == "how"
        assert program.does(path, on=given()["on"], how="statement") == stopped
        told = program.refused(path, 409, on=given()["on"], how="statement")
        assert (told["rule"], given()["on"] in told["detail"]) == ("licenses.already-confirmed", True)
        assert EndOfUse.objects.get().how == HowConfirmed.STATEMENT
