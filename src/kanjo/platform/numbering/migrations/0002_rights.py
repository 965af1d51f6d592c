"""A number given is given for ever."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("numbering", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("numbering_issued"),
    ]
