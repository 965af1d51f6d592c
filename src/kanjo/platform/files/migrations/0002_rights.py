"""Files are only appended."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("files", "0001_initial")]
    operations: ClassVar = [
        AppendOnly("files_storedfile"),
    ]
