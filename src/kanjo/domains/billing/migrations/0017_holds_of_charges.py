"""Holds may be of one kind of charge only."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0016_metered")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="hold",
            name="charge",
            field=models.CharField(
                blank=True,
                choices=[("one_time", "one_time"), ("recurring", "recurring"), ("usage", "usage")],
                db_default="",
                max_length=20,
            ),
        ),
    ]
