"""An order line may be a part of another one that was split."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0007_interval_days")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="orderline",
            name="part_of",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="parts",
                to="orders.orderline",
            ),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(("part_of__isnull", True), ("changes__isnull", True), _connector="OR"),
                name="order_line_part",
            ),
        ),
        Together("orders_orderline", "part_of_id", "orders_orderline"),
    ]
