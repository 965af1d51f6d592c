"""A posting is of an entry of the same run."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kanjo.platform.database.scripts import Siblings


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0006_siblings"), ("ledger", "0003_ready")]
    operations: ClassVar = [
        Siblings("ledger_posting", "entry_id", "ledger_entry"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "posting",
                    "entry",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="postings",
                        to="ledger.entry",
                    ),
                ),
            ]
        ),
    ]
