"""An offered product may be billed every so many days."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("quotes", "0004_policies"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="quoteline",
            name="interval_days",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
