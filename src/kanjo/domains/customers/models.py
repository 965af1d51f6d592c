"""Customers and their departments."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from kanjo.foundation.money import Rounding
from kanjo.foundation.personal import Kind
from kanjo.foundation.texts import Language
from kanjo.platform.tables import CompanyRow, SharedRows, append_only, audited, kept, recorded_at


class Customer(models.Model):
    """A legal entity that buys, shared by all selling companies.

    `country` is its ISO 3166 code, `payment_terms` the code of `foundation.terms`, `annual_revenue_minor` its own
    yearly turnover. `external_key` names it in the system it came from.
    """

    PERSONAL: ClassVar = {"address": Kind.ADDRESS}

    class Honorific(models.TextChoices):
        ENTITY = "onchu", "御中"
        PERSON = "sama", "様"

    name = models.CharField(max_length=200)
    name_kana = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    matching_key = models.CharField(max_length=400, db_index=True)
    corporate_number = models.CharField(max_length=13, blank=True)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=2, choices=[(one.value, one.value) for one in Language])
    honorific = models.CharField(max_length=8, choices=Honorific.choices, default=Honorific.ENTITY)
    address = models.TextField(blank=True)
    sector = models.CharField(max_length=50, blank=True)
    payment_terms = models.CharField(max_length=40, default="net:30:none")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    established_year = models.PositiveSmallIntegerField(null=True)
    employees = models.PositiveIntegerField(null=True)
    annual_revenue_minor = models.BigIntegerField(null=True)
    revenue_currency = models.CharField(max_length=3, blank=True)
    external_key = models.CharField(max_length=255, blank=True)
    recorded_at = recorded_at()

    objects = SharedRows.as_manager()

    class Meta:
        verbose_name = "customer"
        constraints = [
            models.UniqueConstraint(
                fields=["external_key"], condition=~models.Q(external_key=""), name="customer_external_key"
            ),
            models.UniqueConstraint(
                fields=["corporate_number"], condition=~models.Q(corporate_number=""), name="customer_corporate_number"
            ),
            models.CheckConstraint(name="customer_named", condition=~models.Q(name="")),
            models.CheckConstraint(name="customer_country", condition=models.Q(country__regex=r"^[A-Z]{2}$")),
            models.CheckConstraint(
                name="customer_corporate_number_form",
                condition=models.Q(corporate_number="") | models.Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
            ),
            models.CheckConstraint(
                name="customer_revenue_currency",
                condition=models.Q(annual_revenue_minor__isnull=True, revenue_currency="")
                | models.Q(annual_revenue_minor__isnull=False, revenue_currency__regex=r"^[A-Z]{3}$"),
            ),
            models.CheckConstraint(
                name="customer_not_own_parent",
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
            ),
        ]
        indexes = [models.Index(fields=["name", "id"], name="customers_by_name")]
        triggers = [*audited(), kept()]

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """An ordering point of a customer: departments of one legal entity order separately and are summed for it."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="departments")
    name = models.CharField(max_length=200)

    objects = SharedRows.as_manager()

    class Meta:
        verbose_name = "department"
        constraints = [
            models.UniqueConstraint(fields=["customer", "name"], name="department_once"),
            models.CheckConstraint(name="department_named", condition=~models.Q(name="")),
        ]
        triggers = [*audited(), kept()]

    def __str__(self) -> str:
        return self.name


class TaxRounding(CompanyRow):
    """How a company rounds the tax of what it issues to a payer from a day on; the latest word counts.

    A blank one is the company's own way again.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    rounding = models.CharField(max_length=16, blank=True, choices=[(one.value, one.value) for one in Rounding])
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "tax rounding"
        triggers = append_only()
