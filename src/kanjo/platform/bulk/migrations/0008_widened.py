"""What a stopped run loaded also gets columns that may not be null."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0007_whole")]
    operations: ClassVar = [Script(__file__, "widened.sql")]
