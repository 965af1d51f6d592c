"""What a run has loaded is checked before it is attached."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0005_close"), ("receivables", "0004_search")]
    operations: ClassVar = [Script(__file__, "ready.sql")]
