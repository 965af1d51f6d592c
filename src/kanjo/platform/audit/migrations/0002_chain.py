"""The chain, and the rights: the application reads the trail and cannot write it."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import ReadOnly
from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial")]
    operations: ClassVar = [
        Script(__file__, "chain.sql"),
        *(ReadOnly(table) for table in ("audit_change", "audit_link", "audit_head")),
    ]
