"""Balances from before are of items of the same run too."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import SiblingsChecked


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receivables", "0008_siblings")]
    operations: ClassVar = [
        SiblingsChecked("receivables_itembalance"),
    ]
