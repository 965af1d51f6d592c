"""A deal that another system counts as won says so itself: an open one may have an expected day and value too."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("opportunities", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="opportunity",
            name="won_elsewhere",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("won_elsewhere", False),
                    models.Q(("expected_close_on__isnull", False), ("expected_minor__isnull", False)),
                    _connector="OR",
                ),
                name="opportunity_won_elsewhere",
            ),
        ),
    ]
