"""Policies are chosen for a company or a customer, and say from which day periods are counted."""

import datetime as dt
from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0014_sendings"),
        ("companies", "0001_initial"),
        ("customers", "0002_search"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PolicyChoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "choice of a billing policy",
            },
        ),
        migrations.AddField(
            model_name="policy",
            name="anchor",
            field=models.CharField(
                choices=[
                    ("service_start", "service_start"),
                    ("calendar", "calendar"),
                    ("account", "account"),
                    ("contract", "contract"),
                ],
                db_default="service_start",
                max_length=20,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="audited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            PERFORM audit_change_of(\n                TG_TABLE_NAME::text,\n                CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - ARRAY[]::text[] END,\n                CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - ARRAY[]::text[] END);\n            RETURN NULL;\n            ",
                    hash="b415fa5a02bd471040d8bc5967cc3780b91a8e14",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audited_7048c",
                    table="billing_policy",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="policychoice",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.sellingcompany",
            ),
        ),
        migrations.AddField(
            model_name="policychoice",
            name="customer",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
            ),
        ),
        migrations.AddField(
            model_name="policychoice",
            name="policy",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.policy"),
        ),
        migrations.AddIndex(
            model_name="policychoice",
            index=models.Index(fields=["company", "customer", "-effective_on", "-id"], name="policy_chosen_last"),
        ),
        migrations.AddConstraint(
            model_name="policychoice",
            constraint=models.CheckConstraint(
                condition=models.Q(("effective_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31)))),
                name="policy_chosen_from_a_day",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policychoice",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="2adbeb68eea963763fa91f2092fc9ec7ff384ae4",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3f8e6",
                    table="billing_policychoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policychoice",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="60cecd805c04fc730928a87c754cb1d26969a3b4",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_c2d4d",
                    table="billing_policychoice",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policychoice",
            trigger=pgtrigger.compiler.Trigger(
                name="audited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            PERFORM audit_change_of(\n                TG_TABLE_NAME::text,\n                CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - ARRAY[]::text[] END,\n                CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - ARRAY[]::text[] END);\n            RETURN NULL;\n            ",
                    hash="ca7c23b4c373dd4f5ba30cc20c0d6b0caf800ef3",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audited_9e4eb",
                    table="billing_policychoice",
                    when="AFTER",
                ),
            ),
        ),
        AppendOnly("billing_policychoice"),
    ]
