"""Lines and facts of record are only added."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("licenses", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("licenses_grant"),
    ]
