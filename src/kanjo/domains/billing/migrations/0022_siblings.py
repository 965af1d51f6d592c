"""Lines and taxes are of an invoice of the same run."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kanjo.platform.database.scripts import Siblings


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0006_siblings"), ("billing", "0021_sharing_checked")]
    operations: ClassVar = [
        Siblings("billing_invoiceline", "invoice_id", "billing_invoice"),
        Siblings("billing_invoicetax", "invoice_id", "billing_invoice"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "invoiceline",
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="billing.invoice",
                    ),
                ),
                migrations.AlterField(
                    "invoicetax",
                    "invoice",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="billing.invoice",
                    ),
                ),
            ]
        ),
    ]
