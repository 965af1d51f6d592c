"""What makes a contract sound."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kanjo.domains.contracts.facts import ContractState
from kanjo.domains.contracts.rules.concluding import (
    OWN_WORDS,
    NoticeNegative,
    OtherwiseConcluded,
    Terms,
    TotalNegative,
    refuse_other_meaning,
    refuse_termination,
    refuse_unsound,
)
from kanjo.foundation.ids import ApprovalRequestId, CompanyId, CustomerId, FileId, PersonId, QuoteId, QuoteVersionId
from kanjo.foundation.refusals import Refusal

TERMS = Terms(
    company_id=CompanyId(1),
    customer_id=CustomerId(2),
    quote_id=QuoteId(3),
    quote_version_id=QuoteVersionId(4),
    approval_request_id=ApprovalRequestId(5),
    currency="JPY",
    total_minor=120_000,
    payment_terms="close:31:1:31:none",
    starts_on=date(2026, 4, 1),
    until=date(2027, 4, 1),
    notice_days=90,
    signed_file_id=FileId(6),
    signed_digest="a" * 64,
    owner_id=PersonId(7),
    effective_on=date(2026, 4, 1),
)


class TestSoundTerms:
    def test_everyday_terms_stand(self) -> None:
        """A year, a total, and payment at the end of the next month stand, and so does a contract that runs on."""
        refuse_unsound(TERMS)
        refuse_unsound(replace(TERMS, until=None))

    @pytest.mark.parametrize(
        ("changed", "refused"),
        [
            (replace(TERMS, total_minor=-1), TotalNegative.rule),
            (replace(TERMS, notice_days=-1), NoticeNegative.rule),
            (replace(TERMS, currency="YEN"), "money.currency-unknown"),
            (replace(TERMS, until=date(2026, 3, 31)), "contracts.term-reversed"),
        ],
    )
    def test_each_unsound_term_is_refused_by_its_own_rule(self, changed: Terms, refused: str) -> None:
        """The refusal names the rule that the term breaks."""
        with pytest.raises(Refusal) as refusal:
            refuse_unsound(changed)
        assert refusal.value.rule == refused

    def test_payment_terms_must_be_readable(self) -> None:
        """Payment terms nobody can compute a due date from are refused."""
        with pytest.raises(Refusal) as refusal:
            refuse_unsound(replace(TERMS, payment_terms="soon"))
        assert refusal.value.at == "payment_terms"


class TestSameMeaning:
    def test_the_same_terms_mean_the_same(self) -> None:
        """Another stored copy of the same signed bytes is the same contract."""
        refuse_other_meaning("C-2026-000001", TERMS, replace(TERMS, signed_file_id=FileId(8)))

    @pytest.mark.parametrize("name", sorted(OWN_WORDS))
    def test_any_other_term_is_another_contract(self, name: str) -> None:
        """Whichever term differs, the refusal names it in both languages."""
        changed: dict[str, object] = {name: date(2030, 1, 1) if name in {"starts_on", "until"} else "other"}
        with pytest.raises(OtherwiseConcluded) as refusal:
            refuse_other_meaning("C-2026-000001", TERMS, replace(TERMS, **changed))  # type: ignore[arg-type]
        assert OWN_WORDS[name].en in refusal.value.said_in("en")
        assert OWN_WORDS[name].ja in refusal.value.said_in("ja")


class TestTermination:
    def test_a_contract_that_runs_on_may_stop_on_any_day(self) -> None:
        """Without an end of term every day from the start on will do."""
        refuse_termination("C-2026-000001", date(2026, 4, 1), None, stops_on=date(2099, 1, 1), because="解約")


class TestStates:
    def test_every_state_is_shown_in_both_languages(self) -> None:
        """No state is shown by its code."""
        assert all(state.shown.en and state.shown.ja for state in ContractState)
