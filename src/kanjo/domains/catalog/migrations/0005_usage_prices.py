"""How the usage of a product is priced, from a day on."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("catalog", "0004_interval_days"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="UsagePrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("terms", models.JSONField()),
                ("effective_on", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="usage_prices",
                        to="catalog.product",
                    ),
                ),
            ],
            options={
                "verbose_name": "usage price",
                "indexes": [
                    models.Index(fields=["product", "currency", "-effective_on", "-id"], name="usage_price_in_force")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usageprice",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="296f0d076a9a6783ff9a4abee1a334d6e6dcbb98",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_efcc7",
                    table="catalog_usageprice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="usageprice",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="194326571550cc8d3aa1bc308f5f690f177f867c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_39875",
                    table="catalog_usageprice",
                    when="BEFORE",
                ),
            ),
        ),
        AppendOnly("catalog_usageprice"),
    ]
