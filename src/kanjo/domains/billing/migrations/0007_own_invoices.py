"""A run loads lines and taxes of its own invoices only."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0006_search"), ("bulk", "0003_parts")]
    operations: ClassVar = [Script(__file__, "own_invoices.sql")]
