"""Items are found by number and amount, receipts by amount and by pieces of what the bank wrote."""

from typing import ClassVar

from django.db import migrations, models

from kanjo.platform.search.indexes import Searchable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receivables", "0003_one_company"), ("search", "0001_functions")]
    operations: ClassVar = [
        migrations.AddIndex("openitem", models.Index(fields=["number"], name="item_by_number")),
        migrations.AddIndex("openitem", models.Index(fields=["amount_minor"], name="item_by_amount")),
        migrations.AddIndex("receipt", models.Index(fields=["amount_minor"], name="receipt_by_amount")),
        Searchable("receivables_receipt", "payer_name", "text", "reference"),
    ]
