"""Prices and rates are only appended; the statutory tax rates of Japan."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from kanjo.platform.database.append_only import AppendOnly

# National and local consumption tax together: Consumption Tax Act, article 29, and Local Tax Act, article 72-83, as in
# force from each day. The reduced rate: Consumption Tax Act, article 29 (2), from 2019-10-01.
STATUTORY = [
    ("standard", "0.03", date(1989, 4, 1)),
    ("standard", "0.05", date(1997, 4, 1)),
    ("standard", "0.08", date(2014, 4, 1)),
    ("standard", "0.10", date(2019, 10, 1)),
    ("reduced", "0.08", date(2019, 10, 1)),
]


def write_rates(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    rates = apps.get_model("catalog", "TaxRate")
    rates.objects.using(schema_editor.connection.alias).bulk_create(
        rates(tax_class=tax_class, rate=Decimal(rate), effective_on=day) for tax_class, rate, day in STATUTORY
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("catalog", "0001_initial")]

    operations: ClassVar = [
        migrations.RunPython(write_rates, migrations.RunPython.noop),
        AppendOnly("catalog_price"),
        AppendOnly("catalog_taxrate"),
    ]
