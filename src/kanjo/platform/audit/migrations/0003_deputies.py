"""Whom a deputy stood in for."""

from typing import ClassVar

from django.db import migrations, models

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0002_chain")]
    operations: ClassVar = [
        migrations.AddField("change", "for_id", models.BigIntegerField(null=True)),
        migrations.AddField("change", "for_name", models.CharField(max_length=120, null=True)),
        Script(__file__, "deputies.sql"),
    ]
