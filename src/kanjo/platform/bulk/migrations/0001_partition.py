"""How a table is partitioned by id."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = []
    operations: ClassVar = [Script(__file__, "partition.sql", "DROP FUNCTION bulk_partition(regclass)")]
