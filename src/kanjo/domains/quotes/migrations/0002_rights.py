"""Versions, lines and sendings are only appended."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("quotes", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("quotes_quoteversion"),
        AppendOnly("quotes_quoteline"),
        AppendOnly("quotes_sending"),
    ]
