"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("revenue", "0002_rights")]
    operations: ClassVar = [
        Together("revenue_delivery", "obligation_id", "revenue_obligation"),
        Script(__file__, "one_company.sql"),
    ]
