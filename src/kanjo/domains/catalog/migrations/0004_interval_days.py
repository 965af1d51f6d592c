"""A product may be billed every so many days."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0003_search"),
        ("companies", "0002_letterhead"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="product",
            name="product_interval",
        ),
        migrations.AddField(
            model_name="product",
            name="interval_days",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge", "one_time"), ("interval_days", 0), ("interval_months", 0)),
                    models.Q(("charge", "recurring"), ("interval_days", 0), ("interval_months__range", (1, 120))),
                    models.Q(("charge", "recurring"), ("interval_days__range", (1, 3660)), ("interval_months", 0)),
                    _connector="OR",
                ),
                name="product_interval",
            ),
        ),
    ]
