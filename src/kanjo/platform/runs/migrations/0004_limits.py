"""Above a limit a run is approved by the CFO."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("companies", "0001_initial"),
        ("runs", "0003_started"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=40)),
                ("currency", models.CharField(max_length=3)),
                ("amount_minor", models.BigIntegerField()),
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
            ],
            options={
                "verbose_name": "limit of runs",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="limit_above_zero")
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="limit",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="0607d8133caa37490c7a3d543aa12237f2780496",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7517f",
                    table="runs_limit",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="limit",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="7a3743b81f2acfd3af753f2e8b5aa4ff9912ceb4",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_a9dfc",
                    table="runs_limit",
                    when="BEFORE",
                ),
            ),
        ),
        AppendOnly("runs_limit"),
    ]
