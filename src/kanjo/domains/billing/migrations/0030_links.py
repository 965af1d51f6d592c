"""Links by which papers are downloaded, which of them were taken back, and each download."""

from typing import ClassVar

import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("billing", "0029_bill_to"),
        ("files", "0002_rights"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="PaperLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("salt", models.CharField(max_length=64)),
                ("until", models.DateTimeField()),
                ("total_minor", models.BigIntegerField()),
                ("due_on", models.DateField(null=True)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "electronic",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
                (
                    "sending",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="link", to="billing.sending"
                    ),
                ),
            ],
            options={
                "verbose_name": "download link",
            },
        ),
        migrations.CreateModel(
            name="LinkWithdrawal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("because", models.TextField()),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "link",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="withdrawal", to="billing.paperlink"
                    ),
                ),
            ],
            options={
                "verbose_name": "withdrawal of a link",
            },
        ),
        migrations.CreateModel(
            name="Download",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(choices=[("pdf", "pdf"), ("xml", "xml")], max_length=3)),
                (
                    "recorded_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "link",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="downloads", to="billing.paperlink"
                    ),
                ),
            ],
            options={
                "verbose_name": "download",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paperlink",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="b557a267c98e42ec612357fe5aac0d33a3f03ca9",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d70c6",
                    table="billing_paperlink",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paperlink",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="d309bd935c8e6800cba5022ba4a420922e9357f8",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_08010",
                    table="billing_paperlink",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="linkwithdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("because__regex", "\\S")), name="link_withdrawn_with_cause"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="linkwithdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="7a6cf68903ce22feaf96edf55cdf0ac79fe350b5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f865c",
                    table="billing_linkwithdrawal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="linkwithdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="f1be85eee9bad80140193d8c071910adf97ceddf",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_49a7f",
                    table="billing_linkwithdrawal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="linkwithdrawal",
            trigger=pgtrigger.compiler.Trigger(
                name="audited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            PERFORM audit_change_of(\n                TG_TABLE_NAME::text,\n                CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - ARRAY[]::text[] END,\n                CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - ARRAY[]::text[] END);\n            RETURN NULL;\n            ",
                    hash="7e48f337f2f431765b2a4491009031d82f3d6dd8",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audited_16f71",
                    table="billing_linkwithdrawal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="download",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="3cab90e7a4db2ea9cea511aa601749bcd8def869",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_bd27a",
                    table="billing_download",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="download",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="e39cc4db6e7ea828c1f7a3e108cd93ba1f1e6860",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_92494",
                    table="billing_download",
                    when="BEFORE",
                ),
            ),
        ),
        AppendOnly("billing_paperlink"),
        AppendOnly("billing_linkwithdrawal"),
        AppendOnly("billing_download"),
    ]
