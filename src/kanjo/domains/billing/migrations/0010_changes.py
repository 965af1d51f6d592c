"""What is told of plans after they were made: changes, days without service, moved billing days, holds."""

import datetime as dt
from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0009_parts"),
        ("companies", "0001_initial"),
        ("contracts", "0005_amendments_together"),
        ("orders", "0003_one_company"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField()),
                ("net_minor", models.BigIntegerField()),
                ("quantity", models.BigIntegerField()),
                ("anchor_on", models.DateField(null=True)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.amendment"
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
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.plan"),
                ),
            ],
            options={
                "verbose_name": "change of a plan",
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("po_number", "po_number"),
                            ("acceptance", "acceptance"),
                            ("approval", "approval"),
                            ("revenue", "revenue"),
                            ("other", "other"),
                        ],
                        max_length=20,
                    ),
                ),
                ("because", models.TextField()),
                ("effective_on", models.DateField()),
                ("expires_on", models.DateField(null=True)),
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
                (
                    "contract",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="contracts.contract",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "billing hold",
            },
        ),
        migrations.CreateModel(
            name="MovedDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bill_on", models.DateField()),
                ("moved_to", models.DateField()),
                ("because", models.TextField()),
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
                "verbose_name": "moved billing day",
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("because", models.TextField()),
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
                    "hold",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="release", to="billing.hold"
                    ),
                ),
            ],
            options={
                "verbose_name": "release of a billing hold",
            },
        ),
        migrations.CreateModel(
            name="Away",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.DateField()),
                ("until", models.DateField(null=True)),
                ("for_good", models.BooleanField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.amendment"
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
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.plan"),
                ),
            ],
            options={
                "verbose_name": "days without service",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("start__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                            ("until__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                            models.Q(
                                ("until__isnull", True),
                                models.Q(("for_good", False), ("until__gte", models.F("start"))),
                                _connector="OR",
                            ),
                        ),
                        name="away_days",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="away",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="510310c96eea9f557f1dc0934136420d2918416c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_acf0e",
                    table="billing_away",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="away",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="38b9dd4b37c7e4845cea3c7c07b7c55b1a43db9f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_50363",
                    table="billing_away",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="change",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("anchor_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                    ("effective_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                    ("net_minor__range", (-1000000000000000, 1000000000000000)),
                ),
                name="change_in_bounds",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="change",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="63f493decf1e98027517cd43447f3c210ad8cb85",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_14537",
                    table="billing_change",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="change",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="5b6aa4bddf45a88b6be11c4a3f34d69b4862aa57",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_00e0a",
                    table="billing_change",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("account__isnull", False),
                        ("contract__isnull", True),
                        ("order__isnull", True),
                        ("plan__isnull", True),
                    ),
                    models.Q(
                        ("account__isnull", True),
                        ("contract__isnull", False),
                        ("order__isnull", True),
                        ("plan__isnull", True),
                    ),
                    models.Q(
                        ("account__isnull", True),
                        ("contract__isnull", True),
                        ("order__isnull", False),
                        ("plan__isnull", True),
                    ),
                    models.Q(
                        ("account__isnull", True),
                        ("contract__isnull", True),
                        ("order__isnull", True),
                        ("plan__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="hold_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(condition=models.Q(("because__regex", "\\S")), name="hold_has_cause"),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_on__isnull", True), ("expires_on__gt", models.F("effective_on")), _connector="OR"
                ),
                name="hold_forward",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hold",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="14ade75396eeee01d992c10f3c2b9014a305abcb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_1b8ad",
                    table="billing_hold",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="hold",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="26664c327264da9fd15081784ded4df92f1cce25",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_d75ce",
                    table="billing_hold",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="movedday",
            constraint=models.UniqueConstraint(fields=("contract", "bill_on"), name="one_move_per_day"),
        ),
        migrations.AddConstraint(
            model_name="movedday",
            constraint=models.CheckConstraint(condition=models.Q(("because__regex", "\\S")), name="move_has_cause"),
        ),
        migrations.AddConstraint(
            model_name="movedday",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bill_on__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                    ("moved_to__range", (dt.date(1, 1, 1), dt.date(9999, 12, 31))),
                    models.Q(("moved_to", models.F("bill_on")), _negated=True),
                ),
                name="move_moves",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="movedday",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="826affab344e55625442e5ef277a16cca9c8c618",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e2276",
                    table="billing_movedday",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="movedday",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="59630fb63858c05e395670b51bfaa7be2bd60e1a",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_f6275",
                    table="billing_movedday",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="release",
            constraint=models.CheckConstraint(condition=models.Q(("because__regex", "\\S")), name="release_has_cause"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="fca7a5a0bec264f6dc7e128b58886c2de26408fa",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_eeebd",
                    table="billing_release",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="release",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="90b5cf7af235c5ac98fbc510ca0b2107b7a92938",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_9a3f9",
                    table="billing_release",
                    when="BEFORE",
                ),
            ),
        ),
        Together("billing_change", "plan_id", "billing_plan"),
        Together("billing_change", "amendment_id", "contracts_amendment"),
        Together("billing_away", "plan_id", "billing_plan"),
        Together("billing_away", "amendment_id", "contracts_amendment"),
        Together("billing_movedday", "contract_id", "contracts_contract"),
        Together("billing_hold", "account_id", "billing_account"),
        Together("billing_hold", "contract_id", "contracts_contract"),
        Together("billing_hold", "order_id", "orders_order"),
        Together("billing_hold", "plan_id", "billing_plan"),
        Together("billing_release", "hold_id", "billing_hold"),
        AppendOnly("billing_change"),
        AppendOnly("billing_away"),
        AppendOnly("billing_movedday"),
        AppendOnly("billing_hold"),
        AppendOnly("billing_release"),
    ]
