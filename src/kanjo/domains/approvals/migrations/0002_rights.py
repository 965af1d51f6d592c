"""Matrix rows and decisions are only appended."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("approvals", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("approvals_matrixrow"),
        AppendOnly("approvals_approvaldecision"),
    ]
