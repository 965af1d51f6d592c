"""What a run has loaded is closed, then checked side by side, then attached."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0004_ready")]
    operations: ClassVar = [Script(__file__, "close.sql")]
