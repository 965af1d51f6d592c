"""How somebody reads days."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("identity", "0002_signing_in")]
    operations: ClassVar = [
        migrations.AddField("person", "calendar", models.CharField(default="western", max_length=8)),
    ]
