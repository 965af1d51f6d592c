"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("opportunities", "0002_won_elsewhere"), ("catalog", "0002_rates")]
    operations: ClassVar = [
        Together("opportunities_opportunity", "product_id", "catalog_product"),
    ]
