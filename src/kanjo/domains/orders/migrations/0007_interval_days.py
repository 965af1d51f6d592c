"""An ordered product may be billed every so many days."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0004_interval_days"),
        ("companies", "0002_letterhead"),
        ("orders", "0006_po_numbers"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="orderline",
            name="order_line_recurs",
        ),
        migrations.AddField(
            model_name="orderline",
            name="interval_days",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="orderline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("charge", "one_time"),
                        ("interval_days", 0),
                        ("interval_months", 0),
                        ("total_minor", models.F("net_minor")),
                    ),
                    models.Q(
                        ("changes__isnull", False), ("charge", "one_time"), ("interval_days", 0), ("interval_months", 0)
                    ),
                    models.Q(
                        ("charge", "recurring"),
                        ("interval_days", 0),
                        ("interval_months__gt", 0),
                        ("service_start__isnull", False),
                    ),
                    models.Q(
                        ("charge", "recurring"),
                        ("interval_days__gt", 0),
                        ("interval_months", 0),
                        ("service_start__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="order_line_recurs",
            ),
        ),
    ]
