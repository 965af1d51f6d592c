"""Contracts come to their end: by themselves, or before their time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.models import Ending
from kanjo.domains.contracts.queries import get_contract
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import ContractId
from kanjo.foundation.periods import Period
from kanjo.platform.identity.queries import house
from tests.builders import a_line
from tests.deals import a_deal
from tests.web.office import Office, faults


def a_contract(office: Office, *, days_left: int) -> ContractId:
    """Let a contract over half a year end in so many days; 0 is the first day after its term."""
    until = timezone.localdate() + timedelta(days=days_left)
    term = Period(until - timedelta(days=180), until)
    line = a_line(office.cloud, service=term)
    return a_deal(office.company_id, office.customer_id, [line], term=term).contract_id


def state_of(contract_id: ContractId) -> tuple[ContractState, date | None]:
    row = get_contract(house(), contract_id)
    return row.state, row.stops_on


class TestEnd:
    def test_the_list_of_those_past_their_term(self, office: Office) -> None:
        """Who looks for contracts past their term finds them until their end is noted, and no other."""
        over, running = a_contract(office, days_left=0), a_contract(office, days_left=1)
        desk = office.desk(Role.DEAL_MANAGEMENT)
        listed = desk.see("contracts", term="over")
        assert f'href="/contracts/{over}"' in listed
        assert f'href="/contracts/{running}"' not in listed
        desk.do("end-contract", over)
        assert f'href="/contracts/{over}"' not in desk.see("contracts", term="over")
        assert f'href="/contracts/{over}"' in desk.see("contracts", state="ended")

    def test_it_ends_with_its_term(self, office: Office) -> None:
        """Whenever its end is noted, a contract stops on the first day after its term."""
        contract_id = a_contract(office, days_left=-20)
        desk = office.desk(Role.DEAL_MANAGEMENT)
        assert f'href="/contracts/{contract_id}/end"' in desk.see("contract", contract_id)
        assert desk.do("end-contract", contract_id) == contract_id
        assert state_of(contract_id) == (ContractState.ENDED, timezone.localdate() - timedelta(days=20))
        assert "契約期間の満了を登録" in desk.see("contract", contract_id)
        assert "現在の状態: 期間満了" in desk.see("contract", contract_id)

    def test_not_before(self, office: Office) -> None:
        """On its last day a contract cannot be ended: no button leads there, and the form is refused."""
        contract_id = a_contract(office, days_left=1)
        desk = office.desk(Role.DEAL_MANAGEMENT)
        assert f'href="/contracts/{contract_id}/end"' not in desk.see("contract", contract_id)
        status, page = desk.refused("end-contract", contract_id)
        assert status == 400
        assert "contracts.term-running" in faults(page)
        assert state_of(contract_id) == (ContractState.CONCLUDED, None)


class TestTerminate:
    @pytest.mark.parametrize("role", [Role.DEAL_MANAGEMENT, Role.LEGAL])
    def test_from_a_day_on_with_a_reason(self, office: Office, role: Role) -> None:
        """A contract is stopped before its time, from the day given on; the reason stands in its history."""
        contract_id, day = a_contract(office, days_left=90), timezone.localdate() + timedelta(days=30)
        desk = office.desk(role)
        assert "請求済みの分は次回の請求処理で返還します" in desk.see("terminate-contract", contract_id)
        desk.do("terminate-contract", contract_id, stops_on=day.isoformat(), because="事業所の閉鎖")
        assert state_of(contract_id) == (ContractState.TERMINATED, day)
        assert "事業所の閉鎖" in desk.see("contract", contract_id)

    def test_only_inside_the_term(self, office: Office) -> None:
        """A day after the term is refused beside the field, and nothing has changed."""
        contract_id = a_contract(office, days_left=90)
        late = (timezone.localdate() + timedelta(days=90)).isoformat()
        desk = office.desk(Role.LEGAL)
        status, page = desk.refused("terminate-contract", contract_id, stops_on=late, because="解約")
        assert status == 400
        assert "contracts.outside-term" in faults(page)
        assert state_of(contract_id) == (ContractState.CONCLUDED, None)
        assert not Ending.objects.exists()

    def test_once(self, office: Office) -> None:
        """What has stopped is not stopped again."""
        contract_id, desk = a_contract(office, days_left=90), office.desk(Role.LEGAL)
        typed = {"stops_on": timezone.localdate().isoformat(), "because": "解約"}
        desk.do("terminate-contract", contract_id, **typed)
        status, page = desk.refused("terminate-contract", contract_id, **typed)
        assert status == 409
        assert "contracts.not-in-force" in faults(page)
        assert f'href="/contracts/{contract_id}/terminate"' not in desk.see("contract", contract_id)
