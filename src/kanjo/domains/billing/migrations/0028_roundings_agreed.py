"""A policy may say how tax is rounded, and which of equal instalments takes what does not divide."""

from typing import ClassVar

from django.db import migrations, models

_ROUNDINGS = ("as_chosen", "floor", "ceiling", "half_up")
_REMAINDERS = ("first", "last", "spread")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0027_own_tax")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="policy",
            name=name,
            field=models.CharField(choices=[(one, one) for one in values], db_default=default, max_length=20),
        )
        for name, values, default in (
            ("tax_rounding", _ROUNDINGS, "as_chosen"),
            ("remainder", _REMAINDERS, "last"),
        )
    ]
