"""How tax is rounded is a choice, by company and payer."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("companies", "0002_letterhead"),
        ("customers", "0002_search"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="TaxRounding",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "rounding",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("floor", "floor"),
                            ("ceiling", "ceiling"),
                            ("half_up", "half_up"),
                            ("half_even", "half_even"),
                        ],
                        max_length=16,
                    ),
                ),
                ("effective_on", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="companies.sellingcompany",
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
                    ),
                ),
            ],
            options={
                "verbose_name": "tax rounding",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taxrounding",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="477c2258f22fe4d3867a8283b3022bd1581e16cd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ec77b",
                    table="customers_taxrounding",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="taxrounding",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="c415915dc6c2a231cc507d0327c198da44d6ac9b",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_a60bb",
                    table="customers_taxrounding",
                    when="BEFORE",
                ),
            ),
        ),
        AppendOnly("customers_taxrounding"),
    ]
