"""Usage is charged by plans of its own, and each charge keeps the steps that add up to it."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# What was priced before has its plans too.
PLANNED = """
INSERT INTO billing_plan (company_id, account_id, order_line_id, part, order_id, contract_id, customer_id, currency,
    payment_terms, description_en, description_ja, charge, timing, interval_months, anchor_on, quantity, net_minor,
    tax_class, service_start, service_until, due_from, policy_id, effective_on)
SELECT p.company_id, p.account_id, p.order_line_id, 1, p.order_id, p.contract_id, p.customer_id, p.currency,
    p.payment_terms, left(p.description_en || ': usage (' || r.unit_en || ')', 200),
    left(p.description_ja || '　従量分（' || r.unit_ja || '）', 200), 'usage', 'in_arrears', p.interval_months, p.anchor_on,
    0, 0, p.tax_class, p.service_start, p.service_until, p.due_from, p.policy_id, p.effective_on
FROM billing_plan p JOIN billing_usagerating r ON r.id = (
    SELECT min(o.id) FROM billing_usagerating o WHERE o.plan_id = p.id)
WHERE p.part = 0"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0015_policies"),
        ("companies", "0002_letterhead"),
        ("contracts", "0007_termination"),
        ("customers", "0002_search"),
        ("orders", "0005_amendments_together"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="ChargeStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service_start", models.DateField()),
                ("sequence", models.PositiveSmallIntegerField()),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("included", "included"),
                            ("prepaid", "prepaid"),
                            ("tier", "tier"),
                            ("minimum", "minimum"),
                            ("commitment", "commitment"),
                            ("drawn", "drawn"),
                        ],
                        max_length=16,
                    ),
                ),
                ("units", models.BigIntegerField()),
                ("from_units", models.BigIntegerField()),
                ("price_minor", models.BigIntegerField()),
                ("per_units", models.BigIntegerField()),
                ("flat_minor", models.BigIntegerField()),
                ("amount_minor", models.BigIntegerField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "step of charged usage",
            },
        ),
        migrations.RemoveConstraint(
            model_name="plan",
            name="plan_recurs",
        ),
        migrations.AlterField(
            model_name="plan",
            name="charge",
            field=models.CharField(
                choices=[("one_time", "one_time"), ("recurring", "recurring"), ("usage", "usage")], max_length=16
            ),
        ),
        migrations.AddConstraint(
            model_name="plan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("charge", "one_time"), ("interval_months", 0)),
                    models.Q(
                        ("charge__in", ("recurring", "usage")),
                        ("interval_months__range", (1, 120)),
                        ("service_start__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="plan_recurs",
            ),
        ),
        migrations.AddField(
            model_name="chargestep",
            name="plan",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.plan"
            ),
        ),
        migrations.AddConstraint(
            model_name="chargestep",
            constraint=models.UniqueConstraint(
                fields=("plan", "service_start", "sequence", "position"), name="one_charge_step_per_position"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chargestep",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="8745d0ab2c1952182bb94c8e81bb3a5b069847ff",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_79be9",
                    table="billing_chargestep",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="chargestep",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="91535825eb04ba290e45a756309c2b367be50be5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_bfdb4",
                    table="billing_chargestep",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(PLANNED, migrations.RunSQL.noop),
    ]
