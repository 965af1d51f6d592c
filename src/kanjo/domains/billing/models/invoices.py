"""Invoices with their lines and taxes, charges and sendings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from kanjo.domains.billing.facts import (
    Channel,
)
from kanjo.domains.billing.models.plans import Plan
from kanjo.foundation.personal import Kind
from kanjo.platform.tables import CompanyRow, append_only, audited, recorded_at


class Invoice(CompanyRow):
    """An issued invoice, or with `original` the credit note of one (amounts negative). Partitioned by id.

    Names, department, person, address, registration number and rounding are copies of the day of issue. Whether it is
    paid or credited is derived, never stored here.
    """

    PERSONAL: ClassVar = {"payer_address": Kind.ADDRESS, "attention": Kind.ADDRESS}

    number = models.CharField(max_length=40)
    payer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="credit_notes", db_index=False
    )
    run = models.ForeignKey("runs.Run", null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    payment_terms = models.CharField(max_length=40)
    issued_on = models.DateField()
    due_on = models.DateField()
    supplied_from = models.DateField()
    supplied_until = models.DateField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    tax_rounding = models.CharField(max_length=16)
    payer_name = models.CharField(max_length=200)
    payer_address = models.TextField(blank=True)
    department = models.CharField(max_length=200, blank=True, db_default="")
    attention = models.CharField(max_length=200, blank=True, db_default="")
    language = models.CharField(max_length=2)
    issuer_name = models.CharField(max_length=200)
    issuer_address = models.TextField(blank=True)
    registration_number = models.CharField(max_length=14, blank=True)
    bank_account = models.CharField(max_length=200, blank=True)
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "invoice"
        constraints = [
            models.CheckConstraint(name="invoice_total", condition=Q(total_minor=F("net_minor") + F("tax_minor"))),
        ]
        indexes = [
            models.Index(fields=["company", "-issued_on", "-id"], name="invoice_newest"),
            models.Index(fields=["number"], name="invoice_by_number"),
            models.Index(fields=["total_minor"], name="invoice_by_amount"),
            models.Index(fields=["original"], name="invoice_given_back", condition=Q(original__isnull=False)),
        ]
        triggers = append_only()


class IssuedByHand(models.Model):
    """That a person issued an invoice apart from a run, and why."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="by_hand")
    because = models.TextField()
    issued_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "issue by hand"
        constraints = [models.CheckConstraint(name="issued_by_hand_with_cause", condition=Q(because__regex=r"\S"))]
        triggers = [*append_only(), audited()[0]]


class InvoiceLine(models.Model):
    """One charge as invoiced. Its amount is what `period_days` give up to `day_until` less up to `day_from`.

    Both are rounded once by `policy`; the rate is exact: numerator over denominator. Where several payers share, the
    line is what `share_of` parts give up to `share_until` less up to `share_from`, rounded down. Partitioned by id.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines", db_constraint=False)
    position = models.PositiveIntegerField()
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+", db_index=False)
    description = models.CharField(max_length=200)
    quantity = models.BigIntegerField()
    service_start = models.DateField()
    service_until = models.DateField()
    price_minor = models.BigIntegerField()
    day_from = models.PositiveIntegerField()
    day_until = models.PositiveIntegerField()
    period_days = models.PositiveIntegerField()
    net_minor = models.BigIntegerField()
    tax_class = models.CharField(max_length=16)
    rate_numerator = models.BigIntegerField()
    rate_denominator = models.BigIntegerField()
    policy = models.PositiveSmallIntegerField()
    share_from = models.BigIntegerField(null=True)
    share_until = models.BigIntegerField(null=True)
    share_of = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "invoice line"
        constraints = [
            models.CheckConstraint(
                name="line_share",
                condition=Q(share_of__isnull=True)
                | Q(share_from__gte=0, share_from__lt=F("share_until"), share_until__lte=F("share_of")),
            ),
        ]
        triggers = append_only()


class InvoiceTax(models.Model):
    """The total of one tax class and rate on an invoice, its tax rounded once. Partitioned by id.

    Where the invoice charges and gives back at that rate, `own_minor` is the part of the tax on what it charges; the
    rest closes the tax of what it gives back.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes", db_constraint=False)
    tax_class = models.CharField(max_length=16)
    rate_numerator = models.BigIntegerField()
    rate_denominator = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    tax_minor = models.BigIntegerField()
    own_minor = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "invoice tax"
        triggers = append_only()


class Charge(models.Model):
    """Days of a plan as posted, charged or given back: the guard against billing them twice.

    `whole_start`, `whole_until` and `price_minor` are the whole period and its price that the days are a share of.
    Sequence counts what begins on one day; a credit names the line it gives back and has its price negated. No day of
    a line is given back twice, and never more than the line charged (`given_back.sql`). The lines are not foreign
    keys: a large run attaches them when it ends, and a charge must be seen at once.

    What several payers bear stands in a row for each: days, whole and price are those of all of them, the amount is the
    payer's. `shared_line_id` is the first line of the charge, on all rows but that line's own; of a row that stands
    *beside*, the days are counted by another.
    """

    pk = models.CompositePrimaryKey("plan_id", "service_start", "sequence")
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="charges", db_index=False, db_constraint=False
    )
    service_start = models.DateField()
    sequence = models.PositiveSmallIntegerField()
    service_until = models.DateField()
    whole_start = models.DateField()
    whole_until = models.DateField()
    price_minor = models.BigIntegerField()
    quantity = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    invoice_line_id = models.BigIntegerField()
    credited_line_id = models.BigIntegerField(null=True)
    shared_line_id = models.BigIntegerField(null=True)
    beside = models.BooleanField(default=False, db_default=False)
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "charge"
        constraints = [
            models.CheckConstraint(name="beside_another", condition=Q(beside=False) | Q(shared_line_id__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["shared_line_id"], condition=Q(shared_line_id__isnull=False), name="charge_shared"),
            models.Index(
                fields=["credited_line_id"], condition=Q(credited_line_id__isnull=False), name="charge_given_back"
            ),
        ]
        triggers = append_only()


class Sending(models.Model):
    """An invoice as it was sent: the file, the day, by what way and to whom. One sent again points to its first.

    Of a corrected invoice (修正請求書) that took its place, `corrected` is the number.
    """

    PERSONAL: ClassVar = {"recipient": Kind.ADDRESS}

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="sendings")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField()
    channel = models.CharField(
        max_length=16, choices=[(one.value, one.value) for one in Channel], default=Channel.BY_HAND
    )
    recipient = models.CharField(max_length=254, blank=True)
    corrected = models.CharField(max_length=48, blank=True, db_default="")
    first = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="again")
    sent_by = models.ForeignKey("identity.Person", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "sending"
        constraints = [
            models.CheckConstraint(name="mail_has_recipient", condition=~Q(channel=Channel.MAIL) | ~Q(recipient="")),
        ]
        triggers = append_only()
