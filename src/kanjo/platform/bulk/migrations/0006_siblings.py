"""What a row refers to in another table that runs load into is of the same run."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0005_close")]
    operations: ClassVar = [Script(__file__, "siblings.sql")]
