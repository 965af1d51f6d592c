"""Stored files."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import CompanyRow, append_only, recorded_at


class StoredFile(CompanyRow):
    """A file of a company: the name it came with (data only), its type, its size and the SHA-256 it is kept under."""

    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    recorded_at = recorded_at()
    stored_by = models.ForeignKey("identity.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "file"
        indexes = [models.Index(fields=["company", "digest"], name="file_by_digest")]
        triggers = append_only()
