"""The days of plans and acceptances can be computed with: infinity is none."""

from datetime import date
from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

_DAYS = (date.min, date.max)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0004_issued")]
    operations: ClassVar = [
        migrations.AddConstraint(
            "acceptance",
            models.CheckConstraint(name="acceptance_day_exists", condition=Q(accepted_on__range=_DAYS)),
        ),
        migrations.AddConstraint(
            "plan",
            models.CheckConstraint(
                name="plan_days_exist",
                condition=Q(
                    anchor_on__range=_DAYS,
                    due_from__range=_DAYS,
                    service_start__range=_DAYS,
                    service_until__range=_DAYS,
                ),
            ),
        ),
    ]
