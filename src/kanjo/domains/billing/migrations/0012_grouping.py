"""How lines are put together on invoices is a choice, by company and payer."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0011_usage"),
        ("companies", "0001_initial"),
        ("contracts", "0005_amendments_together"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Grouping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("keys", models.CharField(blank=True, max_length=60)),
                ("effective_on", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.account"
                    ),
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
                "verbose_name": "grouping of invoices",
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tag", models.CharField(blank=True, max_length=40)),
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
                    "contract",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.contract"
                    ),
                ),
            ],
            options={
                "verbose_name": "billing tag",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grouping",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="bbc63e8b2e6ed39192a0ef1add5700ccddff2831",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_372a9",
                    table="billing_grouping",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="grouping",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="3ad8b1d730695e68b7c502510963492b4b227734",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_daec4",
                    table="billing_grouping",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tag",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="b401873dc19baa644f7b580caa23b46439bacd64",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_70d6a",
                    table="billing_tag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tag",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="93b342f95ab2e240a2303174fdc0062a3d9d8303",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_ef6ac",
                    table="billing_tag",
                    when="BEFORE",
                ),
            ),
        ),
        Together("billing_grouping", "account_id", "billing_account"),
        Together("billing_tag", "contract_id", "contracts_contract"),
        AppendOnly("billing_grouping"),
        AppendOnly("billing_tag"),
    ]
