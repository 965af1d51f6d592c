"""Periods of a plan may be so many days long."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0017_holds_of_charges"),
        ("companies", "0002_letterhead"),
        ("contracts", "0007_termination"),
        ("customers", "0002_search"),
        ("orders", "0007_interval_days"),
    ]

    operations: ClassVar = [
        migrations.RemoveConstraint(
            model_name="plan",
            name="plan_recurs",
        ),
        migrations.AddField(
            model_name="plan",
            name="interval_days",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge", "one_time"), ("interval_days", 0), ("interval_months", 0)),
                    models.Q(
                        models.Q(
                            models.Q(("interval_days", 0), ("interval_months__range", (1, 120))),
                            models.Q(("interval_days__range", (1, 3660)), ("interval_months", 0)),
                            _connector="OR",
                        ),
                        ("charge__in", ("recurring", "usage")),
                        ("service_start__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="plan_recurs",
            ),
        ),
    ]
