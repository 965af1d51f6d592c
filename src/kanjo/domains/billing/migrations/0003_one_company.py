"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0002_guards"), ("contracts", "0002_rights"), ("orders", "0002_rights")]
    operations: ClassVar = [
        Together("billing_plan", "account_id", "billing_account"),
        Together("billing_plan", "contract_id", "contracts_contract", "currency"),
        Together("billing_plan", "order_id", "orders_order", "currency"),
        Together("billing_plan", "order_line_id", "orders_orderline"),
        Script(__file__, "one_company.sql"),
    ]
