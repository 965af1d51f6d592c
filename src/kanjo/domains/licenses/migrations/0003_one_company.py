"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("licenses", "0002_rights"),
        ("catalog", "0002_rates"),
        ("contracts", "0002_rights"),
        ("orders", "0002_rights"),
    ]
    operations: ClassVar = [
        Together("licenses_grant", "contract_id", "contracts_contract"),
        Together("licenses_grant", "order_line_id", "orders_orderline"),
        Together("licenses_grant", "product_id", "catalog_product"),
    ]
