from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_calendar")]

    operations = [
        migrations.AddField(model_name="person", name="factors_removed_at", field=models.DateTimeField(null=True)),
    ]
