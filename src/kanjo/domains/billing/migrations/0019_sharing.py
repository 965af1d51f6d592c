"""Several payers share what is billed, from a day on or of an invoice that was issued."""

from datetime import date
from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Script
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0018_interval_days"),
        ("companies", "0002_letterhead"),
        ("contracts", "0007_termination"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PayerShare",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("weight", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "share of a payer",
            },
        ),
        migrations.CreateModel(
            name="Sharing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField()),
                ("because", models.TextField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "sharing of invoices",
            },
        ),
        migrations.CreateModel(
            name="Split",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("effective_on", models.DateField()),
                ("because", models.TextField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "split of an invoice",
            },
        ),
        migrations.CreateModel(
            name="SplitPart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("weight", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "part of a split invoice",
            },
        ),
        migrations.AddField(
            model_name="charge",
            name="beside",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="charge",
            name="shared_line_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="share_from",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="share_of",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="invoiceline",
            name="share_until",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="charge",
            index=models.Index(
                condition=models.Q(("shared_line_id__isnull", False)), fields=["shared_line_id"], name="charge_shared"
            ),
        ),
        AddConstraintNotValid(
            model_name="charge",
            constraint=models.CheckConstraint(
                condition=models.Q(("beside", False), ("shared_line_id__isnull", False), _connector="OR"),
                name="beside_another",
            ),
        ),
        AddConstraintNotValid(
            model_name="invoiceline",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share_of__isnull", True),
                    models.Q(
                        ("share_from__gte", 0),
                        ("share_from__lt", models.F("share_until")),
                        ("share_until__lte", models.F("share_of")),
                    ),
                    _connector="OR",
                ),
                name="line_share",
            ),
        ),
        migrations.AddField(
            model_name="payershare",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.account"
            ),
        ),
        migrations.AddField(
            model_name="payershare",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.sellingcompany",
            ),
        ),
        migrations.AddField(
            model_name="sharing",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="billing.account"
            ),
        ),
        migrations.AddField(
            model_name="sharing",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.sellingcompany",
            ),
        ),
        migrations.AddField(
            model_name="sharing",
            name="contract",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="contracts.contract"
            ),
        ),
        migrations.AddField(
            model_name="payershare",
            name="sharing",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payers", to="billing.sharing"
            ),
        ),
        migrations.AddField(
            model_name="split",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.sellingcompany",
            ),
        ),
        migrations.AddField(
            model_name="split",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="split", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="splitpart",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="companies.sellingcompany",
            ),
        ),
        migrations.AddField(
            model_name="splitpart",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="part_of", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="splitpart",
            name="split",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="billing.split"
            ),
        ),
        migrations.AddConstraint(
            model_name="sharing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("account__isnull", True), ("contract__isnull", False)),
                    models.Q(("account__isnull", False), ("contract__isnull", True)),
                    _connector="OR",
                ),
                name="sharing_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharing",
            constraint=models.CheckConstraint(
                condition=models.Q(("effective_on__range", (date(1, 1, 1), date(9999, 12, 31)))),
                name="sharing_from_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="sharing",
            constraint=models.CheckConstraint(condition=models.Q(("because__regex", "\\S")), name="sharing_has_cause"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="56e965d5e62e409cf081373b6e137a3587e09bcc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_20e54",
                    table="billing_sharing",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="sharing",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="bfc1ca3feb9362b452663ffc50cdd821114c793c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_d683f",
                    table="billing_sharing",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="payershare",
            constraint=models.UniqueConstraint(fields=("sharing", "position"), name="one_share_per_position"),
        ),
        migrations.AddConstraint(
            model_name="payershare",
            constraint=models.UniqueConstraint(fields=("sharing", "account"), name="one_share_per_payer"),
        ),
        migrations.AddConstraint(
            model_name="payershare",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__range", (1, 10000))), name="share_of_something"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payershare",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="35df2170268030830b7de04d2fe8b59fa2713cdd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ea0e7",
                    table="billing_payershare",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payershare",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="e98d4618a4a68a9394b83ed82dface56acdce325",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_d93ba",
                    table="billing_payershare",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="split",
            constraint=models.CheckConstraint(condition=models.Q(("because__regex", "\\S")), name="split_has_cause"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="split",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="dd0d1399a0ab7f247a6b31bfac38e9662bffb3b9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_848f8",
                    table="billing_split",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="split",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="0c22eeeed7ba9c355393c0d4d08d1ea072bd45c7",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_93a63",
                    table="billing_split",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="splitpart",
            constraint=models.UniqueConstraint(fields=("split", "position"), name="one_part_per_position"),
        ),
        migrations.AddConstraint(
            model_name="splitpart",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight__range", (1, 10000))), name="part_of_something"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="splitpart",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="e55cc344dd7f9c89688bf566e45f2676b7aefd9e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_144e7",
                    table="billing_splitpart",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="splitpart",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="feaf03d22637c9c31be2896d192a4238f5b0bf61",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_668c5",
                    table="billing_splitpart",
                    when="BEFORE",
                ),
            ),
        ),
        Together("billing_sharing", "contract_id", "contracts_contract"),
        Together("billing_sharing", "account_id", "billing_account"),
        Together("billing_payershare", "sharing_id", "billing_sharing"),
        Together("billing_payershare", "account_id", "billing_account"),
        Together("billing_splitpart", "split_id", "billing_split"),
        Script(__file__, "sharing.sql"),
        Script(__file__, "sharing_staged.sql"),
        AppendOnly("billing_sharing"),
        AppendOnly("billing_payershare"),
        AppendOnly("billing_split"),
        AppendOnly("billing_splitpart"),
    ]
