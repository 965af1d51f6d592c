"""Why an invoice was issued by hand, which approval a hold waits for, and which corrected invoice was sent."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import kanjo.domains.billing.facts.changes
from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("approvals", "0003_one_company"),
        ("billing", "0019_sharing"),
        ("companies", "0002_letterhead"),
        ("contracts", "0007_termination"),
        ("orders", "0007_interval_days"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="IssuedByHand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("because", models.TextField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "issue by hand",
            },
        ),
        migrations.AddField(
            model_name="hold",
            name="approval_request",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.approvalrequest"
            ),
        ),
        migrations.AddField(
            model_name="sending",
            name="corrected",
            field=models.CharField(blank=True, db_default="", max_length=48),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approval_request__isnull", True),
                    ("condition", kanjo.domains.billing.facts.changes.HoldCondition["APPROVAL"]),
                    _connector="OR",
                ),
                name="hold_names_request",
            ),
        ),
        migrations.AddField(
            model_name="issuedbyhand",
            name="invoice",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="by_hand", to="billing.invoice"
            ),
        ),
        migrations.AddField(
            model_name="issuedbyhand",
            name="issued_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="issuedbyhand",
            constraint=models.CheckConstraint(
                condition=models.Q(("because__regex", "\\S")), name="issued_by_hand_with_cause"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuedbyhand",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="d352687f4719b4cd2965bb649ccb8c368241eae6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_61f93",
                    table="billing_issuedbyhand",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuedbyhand",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="15d54c00e4b1fa14965734af73e425487cd7658c",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_e8aa6",
                    table="billing_issuedbyhand",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="issuedbyhand",
            trigger=pgtrigger.compiler.Trigger(
                name="audited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            PERFORM audit_change_of(\n                TG_TABLE_NAME::text,\n                CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - ARRAY[]::text[] END,\n                CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - ARRAY[]::text[] END);\n            RETURN NULL;\n            ",
                    hash="822e1a954f2d520b54de23bc40f3ce9e25cd3f19",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audited_f817a",
                    table="billing_issuedbyhand",
                    when="AFTER",
                ),
            ),
        ),
        AppendOnly("billing_issuedbyhand"),
        Together("billing_hold", "approval_request_id", "approvals_approvalrequest"),
    ]
