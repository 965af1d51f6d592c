"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0002_rights"),
        ("catalog", "0002_rates"),
        ("contracts", "0002_rights"),
        ("quotes", "0002_rights"),
    ]
    operations: ClassVar = [
        Together("orders_acceptance", "order_line_id", "orders_orderline"),
        Together("orders_order", "contract_id", "contracts_contract", "currency"),
        Together("orders_order", "quote_version_id", "quotes_quoteversion"),
        Together("orders_orderline", "order_id", "orders_order"),
        Together("orders_orderline", "product_id", "catalog_product"),
    ]
