"""A one-time line may be billed in parts, each a plan of its own."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0012_grouping"),
        ("companies", "0001_initial"),
        ("contracts", "0006_suspended_until"),
        ("customers", "0002_search"),
        ("orders", "0005_amendments_together"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="plan",
            name="part",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name="change",
            name="amendment",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.amendment"
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="order_line",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.orderline"
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.UniqueConstraint(fields=("order_line", "part"), name="one_plan_per_part"),
        ),
    ]
