"""The books defend themselves."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Partitioned, Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_initial"), ("bulk", "0001_partition")]
    operations: ClassVar = [
        Partitioned("ledger_entry"),
        Partitioned("ledger_posting"),
        Script(__file__, "guards.sql"),
        AppendOnly("ledger_entry"),
        AppendOnly("ledger_posting"),
    ]
