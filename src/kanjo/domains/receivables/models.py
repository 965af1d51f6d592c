"""What is owed, what arrived, and what settled what.

Items, receipts and allocations are only appended. What is still open stands on small balance rows beside them, which
the database itself keeps in the statement that writes the allocations (`balances.sql`), never below zero.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kanjo.domains.receivables.facts import AllocationKind, Confidence, MatchRule
from kanjo.foundation.personal import Kind
from kanjo.platform.tables import CompanyRow, append_only, audited, kept, no_truncate, recorded_at


def follows_allocations() -> list[pgtrigger.Trigger]:
    """Return the triggers of a balance: it moves only by an allocation, and is never removed."""
    return [
        pgtrigger.Trigger(
            name="follows_allocations",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func="""
            IF pg_trigger_depth() < 2 THEN
                RAISE EXCEPTION '% moves only by an allocation', TG_TABLE_NAME USING ERRCODE = 'KJ001';
            END IF;
            RETURN NULL;
            """,
        ),
        no_truncate(),
    ]


def within(left: str) -> Q:
    """Return the condition that *left* lies between zero and `amount_minor`, which may be a credit."""
    owed = Q(amount_minor__gte=0, **{f"{left}__gte": 0, f"{left}__lte": F("amount_minor")})
    credit = Q(amount_minor__lt=0, **{f"{left}__lte": 0, f"{left}__gte": F("amount_minor")})
    return owed | credit


class OpenItem(CompanyRow):
    """What an issued invoice makes a customer owe; its id is the invoice's. Partitioned by id; a credit is negative."""

    id = models.BigIntegerField(primary_key=True)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    issued_on = models.DateField()
    due_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "open item"
        indexes = [
            models.Index(fields=["customer", "due_on"], name="item_of_customer"),
            models.Index(fields=["company", "due_on", "id"], name="item_by_due_day"),
            models.Index(fields=["number"], name="item_by_number"),
            models.Index(fields=["amount_minor"], name="item_by_amount"),
        ]
        triggers = append_only()


class ItemBalance(CompanyRow):
    """What of an open item is still open. Partitioned by id."""

    item = models.OneToOneField(
        OpenItem,
        primary_key=True,
        db_column="id",
        on_delete=models.PROTECT,
        related_name="balance",
        db_constraint=False,
    )
    amount_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="open_within_item", condition=within("open_minor"))]
        indexes = [models.Index(fields=["company"], name="items_open", condition=~Q(open_minor=0))]
        triggers = follows_allocations()


class BankFile(CompanyRow):
    """A bank statement that was taken in whole. The same bytes are taken once."""

    PERSONAL: ClassVar = {"account": Kind.ACCOUNT}

    name = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    account = models.CharField(max_length=500)
    currency = models.CharField(max_length=3)
    receipts_count = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    recorded_at = recorded_at()
    taken_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "bank file"
        constraints = [models.UniqueConstraint(fields=["company", "digest"], name="bank_file_taken_once")]
        triggers = [append_only()[0], *audited()]


class Receipt(CompanyRow):
    """One line of a bank statement: money that arrived, or (negative) a transfer that the bank took back.

    `identity` names the movement on its account, since the bank's own `reference` may come again or be missing.
    """

    PERSONAL: ClassVar = {"account": Kind.ACCOUNT, "payer_name": Kind.PAYER, "text": Kind.PAYER}

    bank_file = models.ForeignKey(BankFile, on_delete=models.PROTECT, related_name="receipts")
    account = models.CharField(max_length=500)
    identity = models.CharField(max_length=64)
    reference = models.CharField(max_length=500, blank=True)
    value_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    payer_name = models.CharField(max_length=500, blank=True)
    text = models.CharField(max_length=500, blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "receipt"
        constraints = [
            models.UniqueConstraint(fields=["company", "account", "identity"], name="receipt_known_once"),
            models.CheckConstraint(name="receipt_moves_money", condition=~Q(amount_minor=0)),
        ]
        indexes = [
            models.Index(fields=["company", "value_on", "id"], name="receipt_by_day"),
            models.Index(fields=["amount_minor"], name="receipt_by_amount"),
        ]
        triggers = append_only()


class ReceiptBalance(CompanyRow):
    """What of a receipt is not yet allocated."""

    receipt = models.OneToOneField(
        Receipt, primary_key=True, db_column="id", on_delete=models.PROTECT, related_name="balance"
    )
    amount_minor = models.BigIntegerField()
    left_minor = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="left_within_receipt", condition=within("left_minor"))]
        indexes = [models.Index(fields=["company"], name="receipts_left", condition=~Q(left_minor=0))]
        triggers = follows_allocations()


class Matching(CompanyRow):
    """One act of allocating: by rule over many receipts, or by hand."""

    by_rule = models.BooleanField()
    effective_on = models.DateField()
    recorded_at = recorded_at()
    made_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    because = models.TextField(blank=True)

    class Meta:
        verbose_name = "matching"
        triggers = [append_only()[0], *audited()]


class Allocation(CompanyRow):
    """What of a receipt settles what of an open item, by which rule and how sure.

    `amount_minor` is the effect on the item, `received_minor` on the receipt: equal for a payment, a fee touches only
    the item. A set-off is two rows that sum to zero. A reversal is the negative of the row it points to, once.
    """

    matching = models.ForeignKey(Matching, on_delete=models.PROTECT, related_name="allocations")
    item = models.ForeignKey(OpenItem, null=True, on_delete=models.PROTECT, related_name="allocations")
    receipt = models.ForeignKey(Receipt, null=True, on_delete=models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in AllocationKind])
    amount_minor = models.BigIntegerField()
    received_minor = models.BigIntegerField()
    rule = models.CharField(max_length=24, choices=[(rule.value, rule.value) for rule in MatchRule])
    confidence = models.CharField(max_length=16, choices=[(one.value, one.value) for one in Confidence])
    reverses = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="reversal")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "allocation"
        constraints = [
            models.CheckConstraint(name="allocation_moves_money", condition=~Q(amount_minor=0) | ~Q(received_minor=0)),
            models.CheckConstraint(
                name="payment_on_both_sides",
                condition=~Q(kind=AllocationKind.PAYMENT)
                | Q(item__isnull=False, receipt__isnull=False, received_minor=F("amount_minor")),
            ),
            models.CheckConstraint(
                name="settles_what_it_names",
                condition=(Q(item__isnull=False) | Q(amount_minor=0))
                & (Q(receipt__isnull=False) | Q(received_minor=0)),
            ),
            models.CheckConstraint(
                name="reversal_points_back",
                condition=Q(kind=AllocationKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=AllocationKind.REVERSAL) & Q(reverses__isnull=True)),
            ),
        ]
        triggers = append_only()


class KnownFee(CompanyRow):
    """A bank fee that payers are known to deduct from a transfer (振込手数料)."""

    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        verbose_name = "known bank fee"
        constraints = [
            models.UniqueConstraint(fields=["company", "currency", "amount_minor"], name="one_row_per_fee"),
            models.CheckConstraint(name="fee_above_zero", condition=Q(amount_minor__gt=0)),
        ]
        triggers = [*audited(), kept()]


class PayerAlias(CompanyRow):
    """A payer's name that a person once told to belong to a customer: the next receipt of that payer is recognised."""

    PERSONAL: ClassVar = {"name": Kind.PAYER}

    name = models.CharField(max_length=500)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "payer name"
        constraints = [models.UniqueConstraint(fields=["company", "name", "customer"], name="one_alias_per_customer")]
        triggers = [*audited(), kept()]


class Paper(CompanyRow):
    """A numbered paper about invoices: copies of what they say, and the file that went out."""

    number = models.CharField(max_length=40)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    issued_on = models.DateField()
    addressee = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    language = models.CharField(max_length=2)
    issuer_name = models.CharField(max_length=200)
    issuer_address = models.TextField(blank=True)
    registration_number = models.CharField(max_length=14, blank=True)
    invoices = models.JSONField()
    rates = models.JSONField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    issued_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        abstract = True


class Acknowledgement(Paper):
    """A receipt in writing (領収書) for money that arrived; one issued again points to its first."""

    PERSONAL: ClassVar = {"address": Kind.ADDRESS}

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="acknowledgements")
    first = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="again")
    received_on = models.DateField()
    amount_minor = models.BigIntegerField()
    because = models.TextField(blank=True)

    class Meta:
        verbose_name = "acknowledgement"
        constraints = [
            models.UniqueConstraint(fields=["receipt"], condition=Q(first__isnull=True), name="acknowledged_once"),
            models.UniqueConstraint(fields=["company", "number"], name="acknowledgement_number"),
            models.CheckConstraint(name="acknowledges_money", condition=Q(amount_minor__gt=0)),
        ]
        indexes = [models.Index(fields=["company", "-issued_on", "-id"], name="acknowledgement_newest")]
        triggers = [append_only()[0], *audited()]


class MonthlyStatement(Paper):
    """The statement of a month (月締め請求書): what was owed, what came in, what was invoiced, what is owed now."""

    PERSONAL: ClassVar = {"address": Kind.ADDRESS}

    start = models.DateField()
    until = models.DateField()
    previous_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()

    class Meta:
        verbose_name = "monthly statement"
        constraints = [
            models.UniqueConstraint(fields=["company", "customer", "currency", "until"], name="month_stated_once"),
            models.UniqueConstraint(fields=["company", "number"], name="statement_number"),
            models.CheckConstraint(
                name="statement_adds_up",
                condition=Q(total_minor=F("previous_minor") - F("paid_minor") + F("net_minor") + F("tax_minor")),
            ),
            models.CheckConstraint(name="statement_has_days", condition=Q(until__gt=F("start"))),
        ]
        indexes = [models.Index(fields=["company", "-until", "-id"], name="statement_newest")]
        triggers = [append_only()[0], *audited()]
