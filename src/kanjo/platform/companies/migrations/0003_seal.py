"""The seal that papers of a company bear, from a day on."""

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
        ("companies", "0002_letterhead"),
        ("files", "0002_rights"),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                    "file",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.storedfile"
                    ),
                ),
            ],
            options={
                "verbose_name": "company seal",
                "indexes": [models.Index(fields=["company", "-effective_on", "-id"], name="seal_of_company")],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is append-only: correct it by a new row', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="d77f7b7ddcc22a69e03d50cee4f1d904a6b7b05a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_43d70",
                    table="companies_seal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION '% is never truncated', TG_TABLE_NAME USING ERRCODE = 'KJ001';",
                    hash="a8f2feb82c85333f7a832bb3c3cb1ff3237e10da",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_d35ca",
                    table="companies_seal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="audited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            PERFORM audit_change_of(\n                TG_TABLE_NAME::text,\n                CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - ARRAY[]::text[] END,\n                CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - ARRAY[]::text[] END);\n            RETURN NULL;\n            ",
                    hash="0a47837fec0128816fd0f2a620ca7974df6644a0",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_audited_04fdb",
                    table="companies_seal",
                    when="AFTER",
                ),
            ),
        ),
        AppendOnly("companies_seal"),
        Together("companies_seal", "file_id", "files_storedfile"),
    ]
