"""Invoices are found by their amount."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0005_days_exist")]
    operations: ClassVar = [
        migrations.AddIndex("invoice", models.Index(fields=["total_minor"], name="invoice_by_amount")),
    ]
