"""What was promised, delivered and recognised is only appended."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("revenue", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("revenue_obligation"),
        AppendOnly("revenue_delivery"),
        AppendOnly("revenue_slice"),
    ]
