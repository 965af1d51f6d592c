"""Charges keep the whole they are a part of, credits may be of parts, and the policy of a plan is a row."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Script

STANDARD = """
INSERT INTO billing_policy (code, version, name_en, name_ja, day_count, month_days, first_stub, last_stub, first_billed,
                            changes_billed, change_day, restart, decrease)
VALUES ('standard', 1, 'Standard', '標準', 'actual', 30, 'anchored', 'anchored', 'at_once', 'at_once', 'new', 'keep', 'now')
"""
WHOLES = """
ALTER TABLE billing_charge DISABLE TRIGGER USER;
UPDATE billing_charge c SET
    whole_start = c.service_start - CASE p.charge WHEN 'recurring' THEN l.day_from ELSE 0 END,
    whole_until = CASE p.charge WHEN 'recurring' THEN c.service_start - l.day_from + l.period_days ELSE c.service_until END,
    price_minor = l.price_minor, quantity = l.quantity
FROM billing_plan p, billing_invoiceline l WHERE p.id = c.plan_id AND l.id = c.invoice_line_id;
ALTER TABLE billing_charge ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0008_ready"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.SmallAutoField(primary_key=True, serialize=False)),
                ("code", models.SlugField(max_length=40)),
                ("version", models.PositiveSmallIntegerField()),
                ("name_en", models.CharField(max_length=120)),
                ("name_ja", models.CharField(max_length=120)),
                (
                    "day_count",
                    models.CharField(
                        choices=[
                            ("actual", "actual"),
                            ("actual_30", "actual_30"),
                            ("thirty_360", "thirty_360"),
                            ("fixed_month", "fixed_month"),
                            ("months_then_days", "months_then_days"),
                        ],
                        max_length=20,
                    ),
                ),
                ("month_days", models.PositiveSmallIntegerField()),
                ("first_stub", models.CharField(choices=[("anchored", "anchored"), ("own", "own")], max_length=20)),
                ("last_stub", models.CharField(choices=[("anchored", "anchored"), ("own", "own")], max_length=20)),
                (
                    "first_billed",
                    models.CharField(choices=[("at_once", "at_once"), ("with_next", "with_next")], max_length=20),
                ),
                (
                    "changes_billed",
                    models.CharField(choices=[("at_once", "at_once"), ("with_next", "with_next")], max_length=20),
                ),
                ("change_day", models.CharField(choices=[("new", "new"), ("old", "old")], max_length=20)),
                ("restart", models.CharField(choices=[("keep", "keep"), ("anew", "anew")], max_length=20)),
                (
                    "decrease",
                    models.CharField(
                        choices=[("now", "now"), ("next_period", "next_period"), ("at_renewal", "at_renewal")],
                        max_length=20,
                    ),
                ),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "billing policy",
            },
        ),
        migrations.RemoveConstraint(
            model_name="charge",
            name="line_given_back_once",
        ),
        migrations.AddField("charge", "price_minor", models.BigIntegerField(null=True)),
        migrations.AddField("charge", "quantity", models.BigIntegerField(null=True)),
        migrations.AddField("charge", "whole_start", models.DateField(null=True)),
        migrations.AddField("charge", "whole_until", models.DateField(null=True)),
        migrations.RunSQL(WHOLES, migrations.RunSQL.noop),
        migrations.AlterField("charge", "price_minor", models.BigIntegerField()),
        migrations.AlterField("charge", "quantity", models.BigIntegerField()),
        migrations.AlterField("charge", "whole_start", models.DateField()),
        migrations.AlterField("charge", "whole_until", models.DateField()),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("credited_line_id__isnull", False)),
                fields=["credited_line_id"],
                name="charge_given_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.UniqueConstraint(fields=("code", "version"), name="one_policy_per_version"),
        ),
        migrations.AddConstraint(
            model_name="policy",
            constraint=models.CheckConstraint(
                condition=models.Q(("month_days__range", (1, 31))), name="policy_month_has_days"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="e9b9840354a04c3750b3bea3e42acce32aa1dd82",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e5a7a",
                    table="billing_policy",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="2ab9f677a61a18cab6971634584a0cc9f0d23ac2",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_88fa0",
                    table="billing_policy",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(STANDARD, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="plan",
            name="policy",
            field=models.ForeignKey(
                db_default=1,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="billing.policy",
            ),
        ),
        Script(__file__, "given_back.sql"),
        AppendOnly("billing_policy"),
    ]
