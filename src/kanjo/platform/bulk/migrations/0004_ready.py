"""Loaded tables are made ready side by side before they are attached."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0003_parts")]
    operations: ClassVar = [Script(__file__, "ready.sql")]
