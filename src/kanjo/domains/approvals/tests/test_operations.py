"""The verbs of approvals: matrices, requests, decisions, conditions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kanjo.domains.approvals.facts import (
    ConditionDraft,
    ConditionKind,
    Decision,
    ItemState,
    MatrixState,
    RequestState,
)
from kanjo.domains.approvals.models import (
    ApprovalCondition,
    ApprovalDecision,
    ApprovalItem,
    ApprovalRequest,
    Matrix,
    MatrixRow,
)
from kanjo.domains.approvals.operations import (
    activate_matrix,
    add_rows,
    decide_item,
    draft_matrix,
    meet_condition,
    open_request,
    recall_request,
    withdraw_matrix,
)
from kanjo.domains.approvals.operations.asking import AlreadyAsked
from kanjo.domains.approvals.operations.matrices import ActivatedTooEarly, MatrixNotDrafted
from kanjo.domains.approvals.queries import (
    STANDARD_ROWS,
    NoMatrixInForce,
    check_matrix,
    count_requests,
    find_request,
    get_matrix,
    get_request,
    list_matrices,
    list_requests,
    preview_path,
    rows_in_force,
)
from kanjo.domains.approvals.rules.cells import CellUnreadable
from kanjo.domains.approvals.rules.checks import MatrixUnsound
from kanjo.domains.approvals.rules.outcome import (
    Beneficiary,
    CommentMissing,
    ConditionMet,
    ConditionsMissing,
    ConditionsUnasked,
    ItemNotOpen,
    NotYourItem,
    PersonNeeded,
    ProofMissing,
    RequestConcluded,
)
from kanjo.domains.approvals.tests.asking import PLAIN, a_request, a_row, an_active_matrix, items_of
from kanjo.foundation.actors import Actor, Role
from kanjo.foundation.ids import ApprovalRequestId, CompanyId
from kanjo.foundation.texts import Text
from kanjo.platform.acts import NotYourRole
from kanjo.platform.duties import DutiesConflict
from kanjo.platform.identity.operations import grant_role
from kanjo.platform.identity.queries import get_actor, house
from kanjo.platform.outbox.models import FactRow
from kanjo.platform.tables import NotFound
from kanjo.platform.worklist.models import WorkItem
from kanjo.platform.worklist.queries import list_queue
from tests.builders import NOW, TODAY, a_company, an_actor

pytestmark = pytest.mark.django_db

TENTH = Fraction(1, 10)
REFERENCE = ConditionDraft(
    kind=ConditionKind.PREPAYMENT,
    text=Text(en="Half is paid in advance.", ja="半額を前払いとすること。"),
    due_on=date(2026, 4, 30),
)


@pytest.fixture
def company_id(db: None) -> CompanyId:
    return a_company()


@pytest.fixture
def rep(company_id: CompanyId) -> Actor:
    return an_actor(Role.SALES_REP, companies=[company_id], name="営業 太郎")


@pytest.fixture
def cxo(company_id: CompanyId) -> Actor:
    return an_actor(Role.CXO, companies=[company_id], name="役員 一郎")


@pytest.fixture
def desk(company_id: CompanyId) -> Actor:
    return an_actor(Role.DEAL_MANAGEMENT, companies=[company_id])


def outcomes(request_id: ApprovalRequestId) -> list[str]:
    concluded = FactRow.objects.filter(kind="approvals.concluded", subject_id=request_id).order_by("id")
    return [row.payload["outcome"] for row in concluded]


def waiting(kind: str) -> list[str]:
    return list(WorkItem.objects.filter(kind=kind, state="open").order_by("id").values_list("owner_role", flat=True))


class TestDraftMatrix:
    def test_rows_it_cannot_read_leave_nothing_behind(self, company_id: CompanyId) -> None:
        """A matrix with one unreadable row is not stored at all, and the row is named."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        with pytest.raises(CellUnreadable, match="row 2, discount"), transaction.atomic():
            draft_matrix(
                company_id=company_id,
                rows=[a_row(None), a_row(Role.CXO, {"discount": {"over": "0%"}})],
                by=maker,
                at=NOW,
            )
        assert not Matrix.objects.exists()

    def test_versions_count_up(self, company_id: CompanyId) -> None:
        """Each draft is the next version of the company's matrix."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        for _ in range(2):
            draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
        assert [(row.version, row.state, row.row_count) for row in list_matrices(maker)] == [
            (2, MatrixState.DRAFTED, 6),
            (1, MatrixState.DRAFTED, 6),
        ]

    def test_a_rep_writes_no_matrix(self, company_id: CompanyId, rep: Actor) -> None:
        """Sellers do not write the rules they sell under."""
        with pytest.raises(NotYourRole):
            draft_matrix(company_id=company_id, by=rep, at=NOW)


@pytest.mark.row("APR-1")
class TestActivateMatrix:
    @pytest.mark.row("A4")
    def test_the_maker_cannot_activate(self, company_id: CompanyId) -> None:
        """Whoever drafted the matrix is refused, and it stays a draft."""
        maker = an_actor(Role.APPROVER, Role.CXO, companies=[company_id])
        matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
        with pytest.raises(DutiesConflict):
            activate_matrix(matrix_id=matrix_id, effective_from=TODAY, on=TODAY, by=maker, at=NOW)
        assert Matrix.objects.get(pk=matrix_id).state == MatrixState.DRAFTED

    @pytest.mark.row("A4")
    def test_who_added_a_row_cannot_activate(self, company_id: CompanyId) -> None:
        """A second author is an author too."""
        maker, second = (an_actor(Role.APPROVER, companies=[company_id]) for _ in range(2))
        matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS[:2], by=maker, at=NOW)
        add_rows(matrix_id=matrix_id, rows=STANDARD_ROWS[2:], by=second, at=NOW)
        with pytest.raises(DutiesConflict):
            activate_matrix(matrix_id=matrix_id, effective_from=TODAY, on=TODAY, by=second, at=NOW)

    @pytest.mark.row("A4")
    def test_the_table_refuses_one_person_as_both(self, company_id: CompanyId) -> None:
        """Even past the verb, no row can name one person as maker and activator."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
        with pytest.raises(IntegrityError, match="matrix_maker_does_not_activate"), transaction.atomic():
            Matrix.objects.filter(pk=matrix_id).update(
                state=MatrixState.ACTIVE, effective_from=TODAY, activated_by_id=maker.id
            )

    @pytest.mark.row("APR-I1")
    def test_a_matrix_that_lets_a_discount_pass_stays_a_draft(self, company_id: CompanyId, cxo: Actor) -> None:
        """No setting removes the CxO from a discount: activation says which discount would have passed."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        lax = [a_row(None, {"discount": {"up_to": "0.1%"}}), a_row(Role.CXO, {"discount": {"above": "0.1%"}})]
        matrix_id = draft_matrix(company_id=company_id, rows=lax, by=maker, at=NOW)
        with pytest.raises(MatrixUnsound, match=r"Discount 0% < x ≤ 0\.1%"):
            activate_matrix(matrix_id=matrix_id, effective_from=TODAY, on=TODAY, by=cxo, at=NOW)
        assert [found.rule for found in check_matrix(matrix_id, cxo)] == ["approvals.discount-without-cxo"]
        assert Matrix.objects.get(pk=matrix_id).state == MatrixState.DRAFTED

    def test_the_version_before_is_in_force_until_then(self, company_id: CompanyId) -> None:
        """A matrix activated for July leaves June to the one before."""
        first = an_active_matrix(company_id)
        second = an_active_matrix(company_id, effective_from=date(2026, 7, 1))
        assert rows_in_force(company_id, date(2026, 6, 30))[0] == first
        assert rows_in_force(company_id, date(2026, 7, 1))[0] == second
        with pytest.raises(NoMatrixInForce):
            rows_in_force(company_id, date(2026, 3, 31))

    def test_the_past_is_not_rewritten(self, company_id: CompanyId, cxo: Actor) -> None:
        """A matrix is in force from today or later, and not before the one it replaces."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
        with pytest.raises(ActivatedTooEarly):
            activate_matrix(matrix_id=matrix_id, effective_from=date(2026, 3, 31), on=TODAY, by=cxo, at=NOW)

    def test_an_active_matrix_takes_no_more_rows(self, company_id: CompanyId) -> None:
        """Rows are added to drafts only; the table itself holds the line."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        matrix_id = an_active_matrix(company_id)
        with pytest.raises(MatrixNotDrafted):
            add_rows(matrix_id=matrix_id, rows=STANDARD_ROWS, by=maker, at=NOW)
        row = MatrixRow.objects.filter(matrix_id=matrix_id).first()
        assert row is not None
        row.pk, row.position = None, 99
        with pytest.raises(DatabaseError, match="is no draft"), transaction.atomic():
            row.save(force_insert=True)

    def test_a_withdrawn_draft_is_never_activated(self, company_id: CompanyId, cxo: Actor) -> None:
        """What was put aside stays aside."""
        maker = an_actor(Role.APPROVER, companies=[company_id])
        matrix_id = draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=maker, at=NOW)
        withdraw_matrix(matrix_id=matrix_id, because="wrong limits", by=maker, at=NOW)
        with pytest.raises(MatrixNotDrafted):
            activate_matrix(matrix_id=matrix_id, effective_from=TODAY, on=TODAY, by=cxo, at=NOW)

    def test_the_matrix_reads_as_it_was_written(self, company_id: CompanyId, cxo: Actor) -> None:
        """Rows come back with their conditions, roles and reasons."""
        view, written = get_matrix(cxo, an_active_matrix(company_id))
        assert (view.state, view.effective_from, view.until) == (MatrixState.ACTIVE, TODAY, None)
        assert tuple(row.draft for row in written) == STANDARD_ROWS


class TestOpenRequest:
    def test_a_deal_that_needs_nobody_is_approved_at_once(self, company_id: CompanyId, rep: Actor) -> None:
        """At list, in standard terms, the request is its own approval: positive, with the rows that said so."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep)
        detail = get_request(rep, request_id)
        assert detail.row.state is RequestState.APPROVED
        assert [(step.item, step.role) for step in detail.path] == [
            ("discount", None),
            ("payment-terms", None),
            ("term", None),
        ]
        assert outcomes(request_id) == ["approved"]

    def test_the_path_is_the_one_that_was_previewed(self, company_id: CompanyId, rep: Actor) -> None:
        """What the seller saw before submitting is what happens: same roles, same reasons, same rows."""
        an_active_matrix(company_id)
        facts = replace(PLAIN, company_id=company_id, discount=TENTH, payment_days=92)
        preview = preview_path(facts, company_id, TODAY)
        request_id = open_request(facts=facts, makers=[facts.subject], on=TODAY, by=rep, at=NOW)
        detail = get_request(rep, request_id)
        assert [step for step in detail.path if step.role] == preview
        assert [(item.item, item.role, item.reason) for item in detail.items] == [
            (step.item, step.role, step.reason) for step in preview
        ]

    def test_approvers_find_it_in_their_queue(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """The CxO's queue says why the item came."""
        an_active_matrix(company_id)
        a_request(company_id, rep, discount=TENTH)
        assert [row.why.en for row in list_queue(cxo)] == ["Any discount needs a CxO."]
        assert list_queue(rep) == []

    def test_asked_twice_it_is_one_request(self, company_id: CompanyId, rep: Actor) -> None:
        """The same version of the same terms is asked about once, however often it is handed in."""
        an_active_matrix(company_id)
        assert a_request(company_id, rep, discount=TENTH) == a_request(company_id, rep, discount=TENTH)
        assert count_requests(rep) == 1
        with pytest.raises(AlreadyAsked):
            a_request(company_id, rep, discount=TENTH, digest="b" * 64)

    def test_without_a_matrix_nothing_passes(self, company_id: CompanyId, rep: Actor) -> None:
        """A company without a matrix in force cannot approve anything."""
        with pytest.raises(NoMatrixInForce):
            a_request(company_id, rep)
        assert not ApprovalRequest.objects.exists()

    def test_other_companies_are_out_of_reach(self, company_id: CompanyId, rep: Actor) -> None:
        """A rep asks for, and sees, its own companies only."""
        other = a_company("other")
        an_active_matrix(other)
        with pytest.raises(NotFound):
            a_request(other, rep)
        request_id = a_request(other, house())
        assert list_requests(rep) == []
        with pytest.raises(NotFound):
            get_request(rep, request_id)

    def test_a_later_matrix_changes_no_open_request(self, company_id: CompanyId, rep: Actor) -> None:
        """A request keeps the matrix it was opened under."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH)
        stricter = [*STANDARD_ROWS, a_row(Role.CFO, item="everything")]
        an_active_matrix(company_id, stricter)
        assert get_request(rep, request_id).row.matrix_version == 1
        assert len(items_of(request_id)) == 1


@pytest.mark.row("APR-5")
class TestDecideItem:
    def test_approve(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """The CxO says yes: the request is approved, the fact is recorded, the queue is empty."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH)
        (item_id,) = items_of(request_id)
        decided = decide_item(item_id=item_id, decision=Decision.APPROVE, comment="可", on=TODAY, by=cxo, at=NOW)
        assert decided is RequestState.APPROVED
        assert outcomes(request_id) == ["approved"]
        assert list_queue(cxo) == []
        (item,) = get_request(rep, request_id).items
        assert (item.decision, item.decided_by, item.decided_on, item.comment) == (
            Decision.APPROVE,
            "役員 一郎",
            TODAY,
            "可",
        )

    def test_one_no_ends_it(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """A rejection concludes the request at once; whoever was not asked yet is not bothered any more."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH, payment_days=92)
        discount, _payment = items_of(request_id)
        rejected = decide_item(item_id=discount, decision=Decision.REJECT, comment="too low", on=TODAY, by=cxo, at=NOW)
        assert rejected is RequestState.REJECTED
        assert outcomes(request_id) == ["rejected"]
        assert [item.state for item in get_request(rep, request_id).items] == [ItemState.REJECTED, ItemState.LAPSED]
        assert waiting("approvals.decide") == []

    def test_all_items_have_to_agree(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """With a CxO's yes and the CFO still to answer, the request stays open."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH, payment_days=92)
        discount, payment = items_of(request_id)
        cfo = an_actor(Role.CFO, companies=[company_id])
        first = decide_item(item_id=discount, decision=Decision.APPROVE, on=TODAY, by=cxo, at=NOW)
        assert (first, outcomes(request_id)) == (RequestState.OPEN, [])
        second = decide_item(item_id=payment, decision=Decision.APPROVE, on=TODAY, by=cfo, at=NOW)
        assert (second, outcomes(request_id)) == (RequestState.APPROVED, ["approved"])

    def test_stages_follow_one_another(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """The CFO of the second stage is asked only when the first has agreed."""
        an_active_matrix(company_id, [a_row(Role.CXO), a_row(Role.CFO, stage=2)])
        request_id = a_request(company_id, rep)
        first, second = items_of(request_id)
        cfo = an_actor(Role.CFO, companies=[company_id])
        assert waiting("approvals.decide") == ["cxo"]
        with pytest.raises(ItemNotOpen):
            decide_item(item_id=second, decision=Decision.APPROVE, on=TODAY, by=cfo, at=NOW)
        decide_item(item_id=first, decision=Decision.APPROVE, on=TODAY, by=cxo, at=NOW)
        assert waiting("approvals.decide") == ["cfo"]
        assert decide_item(item_id=second, decision=Decision.APPROVE, on=TODAY, by=cfo, at=NOW) is RequestState.APPROVED

    def test_a_second_answer_is_refused(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """What was decided is decided."""
        an_active_matrix(company_id)
        (item_id,) = items_of(a_request(company_id, rep, discount=TENTH))
        decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=cxo, at=NOW)
        with pytest.raises(ItemNotOpen):
            decide_item(item_id=item_id, decision=Decision.REJECT, comment="no", on=TODAY, by=cxo, at=NOW)
        assert [row.outcome for row in ApprovalDecision.objects.all()] == ["approve"]

    @pytest.mark.row("A4")
    def test_only_the_asked_role_decides(self, company_id: CompanyId, rep: Actor) -> None:
        """A CFO does not answer for a CxO, a rep answers nothing, and the house is no person."""
        an_active_matrix(company_id)
        (item_id,) = items_of(a_request(company_id, rep, discount=TENTH))
        cfo = an_actor(Role.CFO, companies=[company_id])
        for who, refusal in ((cfo, NotYourItem), (rep, NotYourRole), (house(), PersonNeeded)):
            with pytest.raises(refusal):
                decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=who, at=NOW)
        assert not ApprovalDecision.objects.exists()

    @pytest.mark.row("A4")
    def test_the_requester_cannot_decide_with_a_role_granted_later(self, company_id: CompanyId, rep: Actor) -> None:
        """A rep who becomes a CxO after submitting is refused: what counts is what was done, not today's role."""
        an_active_matrix(company_id)
        (item_id,) = items_of(a_request(company_id, rep, discount=TENTH))
        grant_role(person_id=rep.id, role=Role.CXO, by=house(), at=NOW)
        promoted = get_actor(rep.id)
        assert promoted.holds(Role.CXO)
        with pytest.raises(DutiesConflict):
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=promoted, at=NOW)
        assert ApprovalItem.objects.get(pk=item_id).state == ItemState.OPEN

    @pytest.mark.row("A4")
    def test_who_benefits_cannot_decide(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """A CxO who owns the opportunity does not approve its discount."""
        an_active_matrix(company_id)
        facts = replace(PLAIN, company_id=company_id, discount=TENTH)
        request_id = open_request(facts=facts, makers=[], beneficiaries=[cxo.id], on=TODAY, by=rep, at=NOW)
        (item_id,) = items_of(request_id)
        with pytest.raises(Beneficiary):
            decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=cxo, at=NOW)

    def test_incomplete_answers_are_refused(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """A no has a reason, a condition is written out, and a plain yes has none."""
        an_active_matrix(company_id)
        (item_id,) = items_of(a_request(company_id, rep, discount=TENTH))
        with pytest.raises(CommentMissing):
            decide_item(item_id=item_id, decision=Decision.REJECT, on=TODAY, by=cxo, at=NOW)
        with pytest.raises(ConditionsMissing):
            decide_item(item_id=item_id, decision=Decision.CONDITION, on=TODAY, by=cxo, at=NOW)
        with pytest.raises(ConditionsUnasked):
            decide_item(item_id=item_id, decision=Decision.APPROVE, conditions=[REFERENCE], on=TODAY, by=cxo, at=NOW)
        assert not ApprovalDecision.objects.exists()

    def test_decisions_are_never_changed(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """The application cannot even try to rewrite a decision."""
        an_active_matrix(company_id)
        (item_id,) = items_of(a_request(company_id, rep, discount=TENTH))
        decide_item(item_id=item_id, decision=Decision.APPROVE, on=TODAY, by=cxo, at=NOW)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            ApprovalDecision.objects.update(outcome=Decision.REJECT)


@pytest.mark.row("APR-5")
class TestMeetCondition:
    @pytest.fixture
    def request_id(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> ApprovalRequestId:
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH)
        (item_id,) = items_of(request_id)
        decided = decide_item(
            item_id=item_id, decision=Decision.CONDITION, conditions=[REFERENCE], on=TODAY, by=cxo, at=NOW
        )
        assert decided is RequestState.CONDITIONAL
        return request_id

    def test_a_condition_becomes_work(self, request_id: ApprovalRequestId, desk: Actor) -> None:
        """Deal Management finds the condition with its due date; the request is not approved yet."""
        (work,) = list_queue(desk)
        assert (work.why, work.due_on) == (REFERENCE.text, date(2026, 4, 30))
        assert outcomes(request_id) == ["conditional"]

    def test_met_with_proof_it_is_an_approval(self, request_id: ApprovalRequestId, desk: Actor) -> None:
        """The last condition met turns the conditional answer into an approval."""
        (condition,) = ApprovalCondition.objects.all()
        later = date(2026, 4, 20)
        met = meet_condition(condition_id=condition.pk, proof="入金 4/20 確認", on=later, by=desk, at=NOW)
        assert met is RequestState.APPROVED
        assert outcomes(request_id) == ["conditional", "approved"]
        assert list_queue(desk) == []
        (view,) = get_request(desk, request_id).items[0].conditions
        assert (view.met_on, view.proof) == (later, "入金 4/20 確認")
        with pytest.raises(RequestConcluded):
            meet_condition(condition_id=condition.pk, proof="again", on=later, by=desk, at=NOW)

    def test_without_proof_it_stays_open(self, request_id: ApprovalRequestId, desk: Actor) -> None:
        """A condition is met by something that can be shown."""
        (condition,) = ApprovalCondition.objects.all()
        with pytest.raises(ProofMissing):
            meet_condition(condition_id=condition.pk, proof=" ", on=TODAY, by=desk, at=NOW)
        assert outcomes(request_id) == ["conditional"]

    @pytest.mark.row("A4")
    def test_the_requester_cannot_declare_it_met(self, request_id: ApprovalRequestId, rep: Actor) -> None:
        """Whoever asked for the discount does not vouch for its conditions."""
        (condition,) = ApprovalCondition.objects.all()
        grant_role(person_id=rep.id, role=Role.DEAL_MANAGEMENT, by=house(), at=NOW)
        with pytest.raises(DutiesConflict):
            meet_condition(condition_id=condition.pk, proof="x", on=TODAY, by=get_actor(rep.id), at=NOW)

    def test_two_conditions_are_both_needed(self, company_id: CompanyId, rep: Actor, cxo: Actor, desk: Actor) -> None:
        """With one of two conditions met the request is still conditional, and one is not met twice."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH)
        (item_id,) = items_of(request_id)
        decide_item(item_id=item_id, decision=Decision.CONDITION, conditions=[REFERENCE] * 2, on=TODAY, by=cxo, at=NOW)
        first, second = ApprovalCondition.objects.order_by("id")
        met = meet_condition(condition_id=first.pk, proof="a", on=TODAY, by=desk, at=NOW)
        assert met is RequestState.CONDITIONAL
        with pytest.raises(ConditionMet):
            meet_condition(condition_id=first.pk, proof="a", on=TODAY, by=desk, at=NOW)
        assert meet_condition(condition_id=second.pk, proof="b", on=TODAY, by=desk, at=NOW) is RequestState.APPROVED


class TestRecallRequest:
    def test_a_recalled_request_asks_nobody(self, company_id: CompanyId, rep: Actor, cxo: Actor) -> None:
        """Taken back, it leaves the queues, and the version may be asked about anew."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep, discount=TENTH)
        recall_request(request_id=request_id, because="wrong price", on=TODAY, by=rep, at=NOW)
        assert list_queue(cxo) == []
        with pytest.raises(ItemNotOpen):
            decide_item(item_id=items_of(request_id)[0], decision=Decision.APPROVE, on=TODAY, by=cxo, at=NOW)
        assert find_request(subject=PLAIN.subject, version_id=1) is None
        assert a_request(company_id, rep, discount=TENTH) != request_id

    def test_an_answer_is_not_taken_back(self, company_id: CompanyId, rep: Actor) -> None:
        """An approval stands; a new version is the way on."""
        an_active_matrix(company_id)
        request_id = a_request(company_id, rep)
        with pytest.raises(RequestConcluded):
            recall_request(request_id=request_id, because="changed my mind", on=TODAY, by=rep, at=NOW)


class TestQueries:
    def test_reads_do_not_grow_with_what_is_there(self, company_id: CompanyId, rep: Actor) -> None:
        """Twenty requests are listed, and one with two items read, by a constant number of queries."""
        an_active_matrix(company_id)
        ids = [a_request(company_id, rep, version_id=n, discount=TENTH, payment_days=92) for n in range(1, 21)]
        assert [row.id for row in list_requests(rep, limit=3)] == ids[:-4:-1]
        for read, most in ((lambda: list_requests(rep), 2), (lambda: get_request(rep, ids[0]), 3)):
            with CaptureQueriesContext(connection) as sent:
                read()
            assert len(sent) == most
