"""What is issued takes no more lines."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0003_one_company")]
    operations: ClassVar = [Script(__file__, "issued.sql")]
