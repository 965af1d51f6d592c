"""A line that is split in two: what goes from one to the other, and what the second stands above; so far none was."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0030_links")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="change", name="parted", field=models.BooleanField(db_default=False, default=False)
        ),
        migrations.AddField(
            model_name="plan", name="above_minor", field=models.BigIntegerField(db_default=0, default=0)
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(("above_minor__range", (-1000000000000000, 1000000000000000))),
                name="plan_above_in_bounds",
            ),
        ),
    ]
