"""A quoted line says how its usage is priced, and how much of it is expected."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("quotes", "0005_interval_days"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="quoteline",
            name="expected_units",
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="quoteline",
            name="usage",
            field=models.JSONField(null=True),
        ),
    ]
