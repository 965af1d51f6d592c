"""Postings from before are of entries of the same run too."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import SiblingsChecked


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0004_siblings")]
    operations: ClassVar = [
        SiblingsChecked("ledger_posting"),
    ]
