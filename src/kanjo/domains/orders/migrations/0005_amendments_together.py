"""An order of an amendment, and a line that changes another, stay with their contract and company."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0004_amendments"), ("contracts", "0005_amendments_together")]
    operations: ClassVar = [
        Together("orders_order", "amendment_id", "contracts_amendment", "contract_id"),
        Together("orders_orderline", "changes_id", "orders_orderline"),
    ]
