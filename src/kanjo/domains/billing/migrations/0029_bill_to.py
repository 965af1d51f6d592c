"""To which department and person of a payer invoices go, and by what way; what an invoice says of it is a copy."""

from datetime import date
from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Widened
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0028_roundings_agreed"),
        ("bulk", "0008_widened"),
        ("companies", "0002_letterhead"),
        ("contracts", "0007_termination"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="invoice",
            name="department",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="invoice",
            name="attention",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        Widened("billing_invoice"),
        migrations.CreateModel(
            name="BillTo",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("department_ja", models.CharField(blank=True, max_length=200)),
                ("department_en", models.CharField(blank=True, max_length=200)),
                ("attention", models.CharField(blank=True, max_length=200)),
                (
                    "channel",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("by_hand", "by_hand"),
                            ("download", "download"),
                            ("mail", "mail"),
                            ("folder", "folder"),
                        ],
                        max_length=16,
                    ),
                ),
                ("recipient", models.CharField(blank=True, max_length=254)),
                ("effective_on", models.DateField()),
                ("because", models.TextField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.account"
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
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
            ],
            options={
                "verbose_name": "addressee of invoices",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("effective_on__range", (date.min, date.max))),
                        name="bill_to_from_a_day",
                    ),
                    models.CheckConstraint(condition=models.Q(("because__regex", "\\S")), name="bill_to_has_cause"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "mail"), _negated=True),
                            models.Q(("recipient", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="bill_to_by_mail",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", ""), _negated=True),
                            models.Q(
                                ("attention", ""), ("department_en", ""), ("department_ja", ""), ("recipient", "")
                            ),
                            _connector="OR",
                        ),
                        name="bill_to_ended",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="billto",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="024fc1dab38999b63942226a0721c1cd9508b471",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_2362d",
                    table="billing_billto",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="billto",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="3303185d0c8e04abbb71a97912ca11b0973b1728",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_3fc90",
                    table="billing_billto",
                    when="BEFORE",
                ),
            ),
        ),
        Together("billing_billto", "account_id", "billing_account"),
        Together("billing_billto", "contract_id", "contracts_contract"),
        AppendOnly("billing_billto"),
    ]
