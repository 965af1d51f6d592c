"""Why a line is billed in instalments is kept with the change that puts them in its place."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0024_joined")]
    operations: ClassVar = [
        migrations.AddField(model_name="change", name="because", field=models.TextField(blank=True, db_default="")),
    ]
