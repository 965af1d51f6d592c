"""A balance is of an item of the same run."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kanjo.platform.database.scripts import Siblings


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0006_siblings"), ("receivables", "0007_papers_kept")]
    operations: ClassVar = [
        Siblings("receivables_itembalance", "id", "receivables_openitem"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "itembalance",
                    "item",
                    models.OneToOneField(
                        db_constraint=False,
                        db_column="id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="balance",
                        serialize=False,
                        to="receivables.openitem",
                    ),
                ),
            ]
        ),
    ]
