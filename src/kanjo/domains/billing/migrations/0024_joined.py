"""What invoices of a run join is looked at one thing after the other."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0023_siblings_checked")]
    operations: ClassVar = [Script(__file__, "joined.sql")]
