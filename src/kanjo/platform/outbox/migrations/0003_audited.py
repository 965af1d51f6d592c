"""A delivery that was given up, and one that is tried again, stand in the audit trail."""

from typing import ClassVar

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("outbox", "0002_partition"),
    ]

    operations: ClassVar = [
        pgtrigger.migrations.AddTrigger(
            model_name="delivery",
            trigger=pgtrigger.compiler.Trigger(
                name="audited",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"state\" = 'dead' OR NEW.\"state\" = 'dead')",
                    func="PERFORM audit_change_of(TG_TABLE_NAME::text, to_jsonb(OLD), to_jsonb(NEW)); RETURN NULL;",
                    hash="90001789b1691e16b95f1e787aa6623042055d74",
                    operation="UPDATE",
                    pgid="pgtrigger_audited_d75d2",
                    table="outbox_delivery",
                    when="AFTER",
                ),
            ),
        ),
    ]
