"""Matrices, and what was asked and answered under them."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kanjo.domains.approvals.facts import ConditionKind, Decision, ItemState, MatrixState, RequestState
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.tables import CompanyRow, append_only, audited, frozen, kept, recorded_at, steps

MATRIX_STEPS = (("drafted", "active"), ("drafted", "withdrawn"), ("active", "retired"))
REQUEST_STEPS = (
    ("open", "approved"),
    ("open", "conditional"),
    ("open", "rejected"),
    ("open", "recalled"),
    ("conditional", "approved"),
    ("conditional", "recalled"),
)
ITEM_STEPS = (
    ("waiting", "open"),
    ("waiting", "lapsed"),
    ("open", "approved"),
    ("open", "conditional"),
    ("open", "rejected"),
    ("open", "lapsed"),
)
ASKED = [
    "company_id", "subject", "subject_id", "version_id", "digest", "matrix_id", "facts", "path", "makers",
    "beneficiaries", "opened_by_id", "opened_on", "recorded_at",
]  # fmt: skip
"""What was asked: nobody changes it once it waits for an answer."""


def _rows_only_while_drafted() -> pgtrigger.Trigger:
    """Return the trigger that keeps rows out of a matrix that is no draft any more."""
    return pgtrigger.Trigger(
        name="drafted_only",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
        IF (SELECT state FROM approvals_matrix WHERE id = NEW.matrix_id FOR SHARE) IS DISTINCT FROM 'drafted' THEN
            RAISE EXCEPTION 'matrix % is no draft: amend it by a new version', NEW.matrix_id USING ERRCODE = 'KJ002';
        END IF;
        RETURN NEW;
        """,
    )


class Matrix(CompanyRow):
    """A version of a company's approval matrix; in force from `effective_from` up to but not including `until`."""

    version = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in MatrixState])
    row_count = models.PositiveIntegerField(default=0)
    effective_from = models.DateField(null=True)
    until = models.DateField(null=True)
    made_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    activated_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "approval matrix"
        constraints = [
            models.UniqueConstraint(fields=["company", "version"], name="one_matrix_per_version"),
            models.UniqueConstraint(fields=["company"], condition=Q(state="active"), name="one_active_matrix"),
            models.CheckConstraint(
                name="matrix_maker_does_not_activate",
                condition=Q(activated_by__isnull=True) | ~Q(activated_by=F("made_by")),
            ),
            models.CheckConstraint(
                name="matrix_in_force",
                condition=Q(state__in=["drafted", "withdrawn"], effective_from__isnull=True, activated_by__isnull=True)
                | Q(state__in=["active", "retired"], effective_from__isnull=False, activated_by__isnull=False),
            ),
            models.CheckConstraint(
                name="matrix_retired",
                condition=Q(state="retired", until__gte=F("effective_from"))
                | (~Q(state="retired") & Q(until__isnull=True)),
            ),
        ]
        triggers = [
            *audited(),
            kept(),
            steps("state", MATRIX_STEPS),
            frozen(
                ["company_id", "version", "row_count", "effective_from", "made_by_id", "activated_by_id"],
                once="OLD.state <> 'drafted'",
            ),
        ]


class MatrixRow(CompanyRow):
    """A row of a matrix: for which deals, who must agree (nobody where `role` is empty), and why."""

    matrix = models.ForeignKey(Matrix, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField()
    item = models.SlugField(max_length=40)
    item_en = models.CharField(max_length=80)
    item_ja = models.CharField(max_length=80)
    stage = models.PositiveSmallIntegerField()
    conditions = models.JSONField()
    role = models.CharField(max_length=32, blank=True, choices=[(role.value, role.value) for role in Role])
    reason_en = models.TextField()
    reason_ja = models.TextField()

    class Meta:
        verbose_name = "matrix row"
        constraints = [models.UniqueConstraint(fields=["matrix", "position"], name="one_matrix_row_per_position")]
        triggers = [*append_only(), _rows_only_while_drafted()]

    @property
    def item_name(self) -> Text:
        """What the item is called."""
        return Text(en=self.item_en, ja=self.item_ja)

    @property
    def reason(self) -> Text:
        """Why the row asks, or need not ask."""
        return Text(en=self.reason_en, ja=self.reason_ja)


class ApprovalRequest(CompanyRow):
    """A question put to the approvers of one version of a deal, with the path the matrix gave and the asked terms.

    `makers` are the rows whose doers may not decide, `beneficiaries` the persons who may not.
    """

    subject = models.CharField(max_length=63)
    subject_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    matrix = models.ForeignKey(Matrix, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    path = models.JSONField()
    makers = models.JSONField()
    beneficiaries = models.JSONField()
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in RequestState])
    opened_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    opened_on = models.DateField()
    concluded_on = models.DateField(null=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "approval request"
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id", "version_id"],
                condition=~Q(state="recalled"),
                name="one_request_per_version",
            ),
            models.CheckConstraint(
                name="request_concluded",
                condition=Q(state="open", concluded_on__isnull=True)
                | (~Q(state="open") & Q(concluded_on__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "-id"], name="requests_by_state")]
        triggers = [*audited(), kept(), steps("state", REQUEST_STEPS), frozen(ASKED, once="TRUE")]


class ApprovalItem(CompanyRow):
    """One thing a request asks of one role. Items of a stage wait until the stage before is agreed."""

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    row = models.ForeignKey(MatrixRow, on_delete=models.PROTECT, related_name="+")
    item = models.SlugField(max_length=40)
    item_en = models.CharField(max_length=80)
    item_ja = models.CharField(max_length=80)
    stage = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=32, choices=[(role.value, role.value) for role in Role])
    reason_en = models.TextField()
    reason_ja = models.TextField()
    state = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ItemState])

    class Meta:
        verbose_name = "approval item"
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="one_item_per_position")]
        triggers = [
            *audited(),
            kept(),
            steps("state", ITEM_STEPS),
            frozen(
                ["request_id", "position", "row_id", "item", "stage", "role", "reason_en", "reason_ja"], once="TRUE"
            ),
        ]

    @property
    def item_name(self) -> Text:
        """What the item is called."""
        return Text(en=self.item_en, ja=self.item_ja)

    @property
    def reason(self) -> Text:
        """Why this role is asked."""
        return Text(en=self.reason_en, ja=self.reason_ja)


class ApprovalDecision(CompanyRow):
    """The one answer to an item."""

    item = models.OneToOneField(ApprovalItem, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Decision])
    comment = models.TextField(blank=True)
    decided_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "decision"
        triggers = append_only()


class ApprovalCondition(CompanyRow):
    """What an approver wants brought before the agreement counts, and the proof that it was."""

    item = models.ForeignKey(ApprovalItem, on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=16, choices=[(one.value, one.value) for one in ConditionKind])
    text_en = models.TextField()
    text_ja = models.TextField()
    due_on = models.DateField(null=True)
    proof = models.TextField(blank=True)
    met_on = models.DateField(null=True)
    met_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "approval condition"
        constraints = [
            models.CheckConstraint(
                name="condition_met_with_proof",
                condition=Q(met_on__isnull=True, met_by__isnull=True, proof="")
                | (Q(met_on__isnull=False, met_by__isnull=False) & ~Q(proof="")),
            ),
        ]
        triggers = [
            *audited(),
            kept(),
            frozen(["company_id", "item_id", "kind", "text_en", "text_ja", "due_on", "recorded_at"], once="TRUE"),
        ]
