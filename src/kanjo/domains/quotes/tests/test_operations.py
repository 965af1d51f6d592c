"""The verbs of quotes: draft, revise, submit, note the answer, send, accept, withdraw, expire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import BytesIO

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from kanjo.domains.approvals.facts import ConditionDraft, ConditionKind, Decision
from kanjo.domains.approvals.models import ApprovalCondition
from kanjo.domains.approvals.operations import decide_item, meet_condition, open_request, recall_request
from kanjo.domains.approvals.queries import find_request, preview_path
from kanjo.domains.quotes.facts import OfferLine, PlannedCharge, QuoteState
from kanjo.domains.quotes.models import Quote, QuoteLine, QuoteVersion, Sending
from kanjo.domains.quotes.operations import (
    accept_quote,
    draft_quote,
    expire_quotes,
    note_approval,
    preview_quotation,
    revise_quote,
    send_quote,
    submit_quote,
    withdraw_quote,
)
from kanjo.domains.quotes.queries import QUOTE, count_quotes, deal_facts, get_quote, list_quotes, waterfall
from kanjo.domains.quotes.rules.offering import NoLines, ValidityPast
from kanjo.domains.quotes.rules.stages import (
    NotConcluded,
    OfferExpired,
    ReasonMissing,
    RequestOpen,
    TermsDiffer,
    WrongState,
)
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import QuoteId, QuoteVersionId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.files.operations import read
from kanjo.platform.identity.operations import grant_role
from kanjo.platform.identity.queries import get_actor, house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.queries import list_queue
from tests.builders import NOW, TODAY, an_actor
from tests.quoting import TERMS, VALID_UNTIL, YEAR, Desk, a_desk, items_of, open_for

pytestmark = pytest.mark.django_db

CONDITION = ConditionDraft(
    ConditionKind.EVIDENCE, Text(en="Bring a letter of intent.", ja="発注内示書を提出すること。")
)


@pytest.fixture
def desk(db: None) -> Desk:
    return a_desk()


def state_of(quote_id: QuoteId) -> QuoteState:
    return QuoteState(Quote.objects.get(pk=quote_id).state)


def version_of(desk: Desk, quote_id: QuoteId) -> QuoteVersionId:
    return get_quote(desk.rep, quote_id).row.version_id


def revised(desk: Desk, quote_id: QuoteId, line: OfferLine, *, valid_until: date = VALID_UNTIL) -> QuoteVersionId:
    return revise_quote(
        quote_id=quote_id,
        lines=[line],
        payment_terms=TERMS,
        starts_on=YEAR.start,
        until=YEAR.until,
        valid_until=valid_until,
        by=desk.rep,
        at=NOW,
        on=TODAY,
    )


class TestDraftQuote:
    def test_the_quote_reads_as_it_was_drafted(self, desk: Desk) -> None:
        """Number, totals, discount and every term of the lines come back as they were offered."""
        quote_id = desk.drafted()
        detail = get_quote(desk.rep, quote_id)
        assert (detail.row.number, detail.row.version, detail.row.state) == ("Q-2026-000001", 1, QuoteState.DRAFTED)
        assert (detail.row.list_total_minor, detail.row.total_minor) == (120_000, 108_000)
        assert detail.discount == Fraction(1, 10)
        assert detail.offer.lines == (desk.line(),)
        assert detail.waterfalls == (waterfall(desk.line()),)

    def test_a_refused_draft_takes_no_number(self, desk: Desk) -> None:
        """A quote without lines leaves nothing behind, not even a gap in the numbers."""
        with pytest.raises(NoLines), transaction.atomic():
            draft_quote(
                company_id=desk.company_id,
                opportunity_id=desk.opportunity_id,
                customer_id=desk.customer_id,
                currency="JPY",
                lines=[],
                payment_terms=TERMS,
                starts_on=YEAR.start,
                until=YEAR.until,
                valid_until=VALID_UNTIL,
                by=desk.rep,
                at=NOW,
                on=TODAY,
            )
        assert not Quote.objects.exists()
        assert get_quote(desk.rep, desk.drafted()).row.number == "Q-2026-000001"

    def test_other_companies_are_out_of_reach(self, desk: Desk) -> None:
        """A rep neither drafts for nor sees the quotes of a company it is not assigned to."""
        other = a_desk("other")
        with pytest.raises(NotFound):
            desk.drafted(by=other.rep)
        quote_id = desk.drafted()
        assert list_quotes(other.rep) == []
        with pytest.raises(NotFound):
            get_quote(other.rep, quote_id)
        with pytest.raises(NotFound):
            submit_quote(quote_id=quote_id, on=TODAY, by=other.rep, at=NOW)

    def test_versions_and_lines_are_never_changed(self, desk: Desk) -> None:
        """What was offered stays: the application may not touch a version or its lines."""
        desk.drafted()
        for rows, change in ((QuoteVersion, {"total_minor": 1}), (QuoteLine, {"net_minor": 1})):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                rows.objects.update(**change)


@pytest.mark.row("DM-5")
class TestReviseQuote:
    def test_a_change_is_a_new_version(self, desk: Desk) -> None:
        """After sending, a better price is version 2, a draft again; version 1 stays as it was sent."""
        quote_id = desk.approved()
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        revised(desk, quote_id, desk.line(8_000))
        detail = get_quote(desk.rep, quote_id)
        assert (detail.row.version, detail.row.state, detail.row.total_minor) == (2, QuoteState.DRAFTED, 96_000)
        assert [(row.number, row.total_minor, row.sent_on) for row in detail.versions] == [
            (2, 96_000, None),
            (1, 108_000, TODAY),
        ]

    def test_an_old_approval_does_not_carry_over(self, desk: Desk) -> None:
        """The new version cannot be sent on the approval of the old one."""
        quote_id = desk.approved()
        old = version_of(desk, quote_id)
        new = revised(desk, quote_id, desk.line(1_000))
        with pytest.raises(WrongState):
            send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        submit_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        about_old = note_approval(quote_id=quote_id, version_id=old, outcome="approved", by=house(), at=NOW, on=TODAY)
        assert about_old is QuoteState.SUBMITTED
        with pytest.raises(NotConcluded):
            note_approval(quote_id=quote_id, version_id=new, outcome="approved", by=house(), at=NOW, on=TODAY)

    def test_not_under_the_eyes_of_the_approvers(self, desk: Desk) -> None:
        """While approvers look at a version it is not replaced; once the request is recalled it is."""
        quote_id, request_id = desk.submitted()
        with pytest.raises(RequestOpen):
            revised(desk, quote_id, desk.line(8_000))
        recall_request(request_id=request_id, because="better price", on=TODAY, by=desk.rep, at=NOW)
        revised(desk, quote_id, desk.line(8_000))
        assert state_of(quote_id) is QuoteState.DRAFTED

    def test_an_accepted_quote_stays(self, desk: Desk) -> None:
        """What the customer accepted is changed by a new deal only."""
        quote_id = desk.approved()
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        accept_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        with pytest.raises(WrongState):
            revised(desk, quote_id, desk.line(8_000))
        assert QuoteVersion.objects.count() == 1


class TestSubmitQuote:
    def test_it_states_what_approval_looks_at(self, desk: Desk) -> None:
        """Total, list total, discount, term and payment days go to the approvers, with the digest of the terms."""
        quote_id = desk.drafted()
        preview = deal_facts(desk.rep, quote_id)
        submitted = submit_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert (submitted.total_minor, submitted.list_total_minor, submitted.discount) == (
            108_000,
            120_000,
            Fraction(1, 10),
        )
        assert (submitted.term_months, submitted.payment_days, submitted.digest) == (12, 61, preview.digest)
        assert state_of(quote_id) is QuoteState.SUBMITTED
        assert preview == deal_facts(desk.rep, quote_id)

    def test_twice_is_refused(self, desk: Desk) -> None:
        """A quote is handed in once per version."""
        quote_id, _ = desk.submitted()
        with pytest.raises(WrongState):
            submit_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert FactRow.objects.filter(kind="quotes.submitted").count() == 1

    def test_a_passed_validity_is_refused(self, desk: Desk) -> None:
        """An offer that has lapsed in the drawer is dated anew before it is handed in."""
        quote_id = desk.drafted()
        with pytest.raises(ValidityPast):
            submit_quote(quote_id=quote_id, on=VALID_UNTIL, by=desk.rep, at=NOW)
        assert state_of(quote_id) is QuoteState.DRAFTED


class TestNoteApproval:
    def test_the_drafter_hears_of_it(self, desk: Desk) -> None:
        """Approved, the quote is work for whoever drafted it: send it."""
        quote_id = desk.approved()
        assert state_of(quote_id) is QuoteState.APPROVED
        assert [row.why.en for row in list_queue(desk.rep)] == [
            "Quote Q-2026-000001 is approved: send it to the customer."
        ]

    def test_nobody_notes_an_approval_that_was_not_given(self, desk: Desk) -> None:
        """With the request open, or with another answer, "approved" is refused."""
        quote_id, request_id = desk.submitted()
        version_id = version_of(desk, quote_id)
        for _ in range(2):
            with pytest.raises(NotConcluded):
                note_approval(
                    quote_id=quote_id, version_id=version_id, outcome="approved", by=house(), at=NOW, on=TODAY
                )
            if find_request(subject=(QUOTE, quote_id), version_id=version_id).state == "open":  # type: ignore[union-attr]
                (item_id,) = items_of(request_id)
                decide_item(item_id=item_id, decision=Decision.REJECT, comment="no", on=TODAY, by=desk.cxo, at=NOW)
        assert state_of(quote_id) is QuoteState.SUBMITTED

    def test_twice_it_changes_nothing(self, desk: Desk) -> None:
        """The same answer delivered again leaves one fact and one piece of work."""
        quote_id = desk.approved()
        version_id = version_of(desk, quote_id)
        again = note_approval(
            quote_id=quote_id, version_id=version_id, outcome="approved", by=house(), at=NOW, on=TODAY
        )
        assert again is QuoteState.APPROVED
        assert FactRow.objects.filter(kind="quotes.answered").count() == 1
        assert len(list_queue(desk.rep)) == 1

    @pytest.mark.row("APR-5")
    def test_conditions_block_sending_until_they_are_met(self, desk: Desk) -> None:
        """A conditional approval is no leave to send; with its condition met it is."""
        quote_id, request_id = desk.submitted()
        version_id = version_of(desk, quote_id)
        (item_id,) = items_of(request_id)
        decide_item(item_id=item_id, decision=Decision.CONDITION, conditions=[CONDITION], on=TODAY, by=desk.cxo, at=NOW)
        note_approval(quote_id=quote_id, version_id=version_id, outcome="conditional", by=house(), at=NOW, on=TODAY)
        with pytest.raises(WrongState):
            send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        (condition,) = ApprovalCondition.objects.all()
        keeper = an_actor(Role.DEAL_MANAGEMENT, companies=[desk.company_id])
        meet_condition(condition_id=condition.pk, proof="LOI 2026-04-02", on=TODAY, by=keeper, at=NOW)
        note_approval(quote_id=quote_id, version_id=version_id, outcome="approved", by=house(), at=NOW, on=TODAY)
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert state_of(quote_id) is QuoteState.SENT


class TestMakerAndApprover:
    @pytest.mark.row("APR-I1")
    def test_the_path_previewed_is_the_path_taken(self, desk: Desk) -> None:
        """0.1 % off has a CxO on its path before and after submitting."""
        quote_id = desk.drafted(desk.line(9_990))
        preview = preview_path(deal_facts(desk.rep, quote_id), desk.company_id, TODAY)
        assert [step.role for step in preview] == [Role.CXO]

    @pytest.mark.parametrize("hand", ["drafter", "editor"])
    def test_nobody_decides_on_what_they_made(self, desk: Desk, hand: str) -> None:
        """Who drafted or revised the quote is refused, with a CxO role granted after it was submitted."""
        editor = an_actor(Role.SALES_OPERATIONS, companies=[desk.company_id])
        quote_id = desk.drafted()
        revised(replace(desk, rep=editor), quote_id, desk.line(8_000))
        submitter = an_actor(Role.SALES_MANAGER, companies=[desk.company_id])
        submit_quote(quote_id=quote_id, on=TODAY, by=submitter, at=NOW)
        request_id = open_for(desk, quote_id)
        person: Actor = desk.rep if hand == "drafter" else editor
        grant_role(person_id=person.id, role=Role.CXO, by=house(), at=NOW)
        (item_id,) = items_of(request_id)
        with pytest.raises(DutiesConflict):
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=get_actor(person.id), at=NOW)


@pytest.mark.row("DM-5")
class TestSendQuote:
    def test_the_quotation_is_kept_as_it_was_sent(self, desk: Desk) -> None:
        """The 見積書 shows number, customer, prices, tax for reference and the last valid day; sending is on record."""
        quote_id = desk.approved()
        planned = [PlannedCharge(date(2026, 4, 1), 9_000, Period(date(2026, 4, 1), date(2026, 5, 1)))]
        file_id = send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW, recipient="山田 次郎", planned=planned)
        row, content = read(file_id, by=desk.rep)
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace(" ", "")
        assert (row.name, row.media_type) == ("Q-2026-000001-1.pdf", "application/pdf")
        for shown in (
            "Q-2026-000001",
            "株式会社青葉商事",
            "山田次郎様",
            "¥108,000",
            "¥10,800",
            "¥118,800",
            "2026年4月30日",
        ):
            assert shown in text
        sending = Sending.objects.get()
        assert (sending.file_id, sending.recipient, sending.effective_on) == (file_id, "山田 次郎", TODAY)
        assert list_queue(desk.rep) == []
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Sending.objects.update(recipient="somebody else")

    def test_what_is_not_approved_is_not_sent(self, desk: Desk) -> None:
        """A draft or a submitted quote has no way to the customer."""
        for quote_id in (desk.drafted(), desk.submitted()[0]):
            with pytest.raises(WrongState):
                send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert not Sending.objects.exists()

    def test_a_second_sending_of_a_version_is_refused(self, desk: Desk) -> None:
        """A version goes out once; another one needs a new version."""
        quote_id = desk.approved()
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        with pytest.raises(WrongState):
            send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert Sending.objects.count() == 1

    def test_a_preview_is_marked_as_a_draft(self, desk: Desk) -> None:
        """Before approval the paper can be looked at, with DRAFT (下書き) across it, and is not stored."""
        content = preview_quotation(quote_id=desk.drafted(), on=TODAY, by=desk.rep)
        text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
        assert "下書き" in text.replace("\n", "")
        assert not Sending.objects.exists()

    def test_an_approver_does_not_send(self, desk: Desk) -> None:
        """Talking to the customer is not the approver's desk."""
        with pytest.raises(NotYourRole):
            send_quote(quote_id=desk.approved(), on=TODAY, by=desk.cxo, at=NOW)


class TestAcceptQuote:
    def test_the_accepted_offer_is_the_approved_one(self, desk: Desk) -> None:
        """What goes to the contract is, line by line and by digest, what was drafted, approved and sent."""
        quote_id = desk.approved()
        approved = deal_facts(desk.rep, quote_id)
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        accepted = accept_quote(quote_id=quote_id, on=date(2026, 4, 30), by=desk.rep, at=NOW)
        assert (accepted.lines, accepted.total_minor) == ((desk.line(),), 108_000)
        assert (accepted.digest, accepted.version_id) == (approved.digest, approved.version_id)
        assert (accepted.starts_on, accepted.until, accepted.payment_terms) == (YEAR.start, YEAR.until, TERMS)
        assert state_of(quote_id) is QuoteState.ACCEPTED
        with pytest.raises(WrongState):
            accept_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert FactRow.objects.filter(kind="quotes.accepted").count() == 1

    def test_only_what_was_sent(self, desk: Desk) -> None:
        """An approved quote the customer never saw cannot be accepted."""
        quote_id = desk.approved()
        with pytest.raises(WrongState):
            accept_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)

    def test_not_after_its_validity(self, desk: Desk) -> None:
        """On the first day after its validity the offer no longer stands."""
        quote_id = desk.approved()
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        with pytest.raises(OfferExpired):
            accept_quote(quote_id=quote_id, on=VALID_UNTIL, by=desk.rep, at=NOW)
        assert state_of(quote_id) is QuoteState.SENT

    def test_terms_that_differ_from_their_digest_are_refused(self, desk: Desk) -> None:
        """A line slipped in after approval does not pass: the digest no longer covers the terms."""
        quote_id = desk.approved()
        send_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        line = QuoteLine.objects.get()
        line.pk, line.position = None, 2
        line.save(force_insert=True)
        with pytest.raises(TermsDiffer):
            accept_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)
        assert state_of(quote_id) is QuoteState.SENT


class TestWithdrawAndExpire:
    def test_withdrawn_with_a_reason(self, desk: Desk) -> None:
        """A quote is taken back for good, and the trail keeps why."""
        quote_id = desk.drafted()
        with pytest.raises(ReasonMissing):
            withdraw_quote(quote_id=quote_id, because=" ", on=TODAY, by=desk.rep, at=NOW)
        withdraw_quote(quote_id=quote_id, because="project stopped", on=TODAY, by=desk.rep, at=NOW)
        assert state_of(quote_id) is QuoteState.WITHDRAWN
        with pytest.raises(WrongState):
            submit_quote(quote_id=quote_id, on=TODAY, by=desk.rep, at=NOW)

    def test_a_run_closes_what_has_lapsed(self, desk: Desk) -> None:
        """On the first day after their validity approved and sent quotes expire; a second run finds none."""
        sent, approved, drafted = desk.approved(), desk.approved(), desk.drafted()
        send_quote(quote_id=sent, on=TODAY, by=desk.rep, at=NOW)

        def expired(on: date) -> list[QuoteId]:
            return expire_quotes(company_id=desk.company_id, on=on, by=house(), at=NOW)

        assert expired(date(2026, 4, 30)) == []
        assert expired(VALID_UNTIL) == [sent, approved]
        assert expired(VALID_UNTIL) == []
        assert [state_of(one) for one in (sent, approved, drafted)] == [
            QuoteState.EXPIRED,
            QuoteState.EXPIRED,
            QuoteState.DRAFTED,
        ]
        revised(desk, sent, desk.line(), valid_until=date(2026, 7, 1))
        assert state_of(sent) is QuoteState.DRAFTED


class TestQueries:
    def test_lists_are_filtered_and_do_not_grow(self, desk: Desk) -> None:
        """Ten quotes are listed by one query, newest first, by state and by search."""
        ids = [desk.drafted() for _ in range(9)]
        approved = desk.approved()
        with CaptureQueriesContext(connection) as sent:
            rows = list_quotes(desk.rep, limit=3)
        assert [row.id for row in rows] == [approved, ids[8], ids[7]]
        assert len(sent) == 2
        assert [row.id for row in list_quotes(desk.rep, state=QuoteState.APPROVED)] == [approved]
        assert count_quotes(desk.rep, search="Q-2026-000003") == 1
        assert count_quotes(desk.rep, customer_id=desk.customer_id) == 10
        with CaptureQueriesContext(connection) as sent:
            get_quote(desk.rep, approved)
        assert len(sent) == 3

    def test_verbs_stay_small(self, desk: Desk) -> None:
        """Each verb costs a handful of statements, since thousands of deals go through them."""
        desk.drafted()
        us = house()
        counts: dict[str, int] = {}

        @contextmanager
        def counted(verb: str) -> Iterator[None]:
            with CaptureQueriesContext(connection) as sent:
                yield
            counts[verb] = sum("SAVEPOINT" not in query["sql"] for query in sent)

        with counted("draft"):
            quote_id = desk.drafted()
        with counted("submit"):
            submit_quote(quote_id=quote_id, by=desk.rep, on=TODAY, at=NOW)
        facts = deal_facts(desk.rep, quote_id)
        with counted("open"):
            request_id = open_request(facts=facts, makers=[(QUOTE, quote_id)], by=us, on=TODAY, at=NOW)
        (item_id,) = items_of(request_id)
        with counted("decide"):
            decide_item(item_id=item_id, decision=Decision.APPROVE, by=desk.cxo, on=TODAY, at=NOW)
        version_id = version_of(desk, quote_id)
        with counted("note"):
            note_approval(quote_id=quote_id, version_id=version_id, outcome="approved", by=us, on=TODAY, at=NOW)
        with counted("send"):
            send_quote(quote_id=quote_id, by=desk.rep, on=TODAY, at=NOW)
        with counted("accept"):
            accept_quote(quote_id=quote_id, by=desk.rep, on=TODAY, at=NOW)
        assert counts == {"draft": 8, "submit": 6, "open": 7, "decide": 9, "note": 7, "send": 13, "accept": 6}
