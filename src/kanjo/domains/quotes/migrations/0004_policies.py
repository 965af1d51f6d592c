"""A version of a quote says by which policy it will be billed, and from which day periods are counted."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("quotes", "0003_one_company"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="quoteversion",
            name="billing_anchor_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="quoteversion",
            name="billing_policy",
            field=models.PositiveSmallIntegerField(db_default=1),
        ),
    ]
