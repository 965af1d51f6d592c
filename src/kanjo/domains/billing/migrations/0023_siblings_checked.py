"""Lines and taxes from before are of invoices of the same run too."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import SiblingsChecked


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0022_siblings")]
    operations: ClassVar = [
        SiblingsChecked("billing_invoiceline"),
        SiblingsChecked("billing_invoicetax"),
    ]
