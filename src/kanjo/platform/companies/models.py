"""The selling companies of the installation."""

from __future__ import annotations

from django.db import models

from kanjo.foundation.actors import Actor
from kanjo.foundation.eras import Calendar
from kanjo.platform.tables import CompanyRow, Rows, append_only, audited, recorded_at


class CompanyRows(Rows["SellingCompany"]):
    """The companies a person is assigned to."""

    def visible_to(self, actor: Actor) -> CompanyRows:
        """Keep the companies that *actor* is assigned to."""
        return self.filter(pk__in=actor.companies)


class SellingCompany(models.Model):
    """A legal entity that sells: one currency, one fiscal calendar, one ledger, one set of numbers.

    `calendar` is how its Japanese papers write days.
    """

    code = models.SlugField(max_length=32, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=2, default="ja")
    time_zone = models.CharField(max_length=64, default="Asia/Tokyo")
    fiscal_first_month = models.PositiveSmallIntegerField(default=4)
    registration_number = models.CharField(max_length=14, blank=True)
    tax_rounding = models.CharField(max_length=16, default="floor")
    bank_account = models.CharField(max_length=200, blank=True)
    corporate_number = models.CharField(max_length=13, blank=True)
    calendar = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in Calendar], default=Calendar.WESTERN
    )

    objects = CompanyRows.as_manager()

    class Meta:
        verbose_name = "selling company"
        constraints = [
            models.CheckConstraint(name="fiscal_month", condition=models.Q(fiscal_first_month__range=(1, 12))),
            models.CheckConstraint(
                name="registration_number_form",
                condition=models.Q(registration_number="") | models.Q(registration_number__regex=r"^T[0-9]{13}$"),
            ),
            models.CheckConstraint(
                name="corporate_number_form",
                condition=models.Q(corporate_number="") | models.Q(corporate_number__regex=r"^[1-9][0-9]{12}$"),
            ),
        ]
        triggers = audited()

    def __str__(self) -> str:
        return self.name


class Seal(CompanyRow):
    """The picture (PNG) that papers issued on a day or later bear as the company's seal; without a file they bear none.

    Of one day the last holds.
    """

    file = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    recorded_at = recorded_at()

    class Meta:
        verbose_name = "company seal"
        indexes = [models.Index(fields=["company", "-effective_on", "-id"], name="seal_of_company")]
        triggers = [*append_only(), audited()[0]]
