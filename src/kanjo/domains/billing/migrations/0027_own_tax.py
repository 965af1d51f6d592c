"""What of the tax of a document that charges and gives back is the tax on what it charges."""

from typing import ClassVar

from django.db import migrations, models

from kanjo.platform.database.scripts import Widened


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0026_swapped")]
    operations: ClassVar = [
        migrations.AddField(model_name="invoicetax", name="own_minor", field=models.BigIntegerField(null=True)),
        Widened("billing_invoicetax"),
    ]
