"""The series of numbers is looked at once a statement, not once a number."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbering", "0002_rights")]
    operations: ClassVar = [
        Script(__file__, "guards.sql"),
        migrations.AlterField(
            "issued",
            "series",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="issued",
                to="numbering.series",
            ),
        ),
    ]
