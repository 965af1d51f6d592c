"""Kept views."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import CompanyRow, audited


class Bookmark(CompanyRow):
    """A view of the list `page` under a name: `query` is what the address says of filters, order and columns.

    A shared one is seen by everybody of the company; only its owner changes it.
    """

    owner = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2_000)
    shared = models.BooleanField(default=False)

    class Meta:
        verbose_name = "kept view"
        constraints = [
            models.UniqueConstraint(fields=["company", "page", "owner", "name"], name="one_bookmark_per_name")
        ]
        triggers = audited()
