"""A part of a table is reached through the table only, also where it stood before."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0002_block")]
    operations: ClassVar = [Script(__file__, "parts.sql")]
