"""A contract may be amended by splitting a line."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contracts", "0007_termination")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="amendment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("change", "change"),
                    ("add_on", "add_on"),
                    ("swap", "swap"),
                    ("split", "split"),
                    ("end_of_lines", "end_of_lines"),
                    ("suspension", "suspension"),
                    ("resumption", "resumption"),
                    ("billing_day", "billing_day"),
                    ("withdrawal", "withdrawal"),
                    ("termination", "termination"),
                ],
                max_length=16,
            ),
        ),
    ]
