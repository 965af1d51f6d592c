"""A line that takes the place of another is billed with what that one gives back; those of before stay as they were."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0025_why_cut")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="plan", name="swapped", field=models.BooleanField(db_default=False, default=False)
        ),
    ]
