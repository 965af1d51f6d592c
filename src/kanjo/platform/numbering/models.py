"""Series and the numbers they gave."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import CompanyRow, append_only, no_truncate


class Series(CompanyRow):
    """A counter: the next number of one kind of document in one year of one company."""

    kind = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    prefix = models.CharField(max_length=16)
    next_number = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "kind", "year"], name="one_series_per_year")]
        triggers = [no_truncate()]


class Issued(models.Model):
    """A number that was given to a document, for ever. `guards.sql` looks at its series, once a statement."""

    pk = models.CompositePrimaryKey("series_id", "number")
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="issued", db_index=False, db_constraint=False
    )
    number = models.BigIntegerField()
    subject_id = models.BigIntegerField()

    class Meta:
        triggers = append_only()
