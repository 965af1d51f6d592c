"""Lines and facts of record are only added."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("renewals", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("renewals_outcome"),
    ]
