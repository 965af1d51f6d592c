"""What belongs together is of one company and one currency."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("imports", "0002_rights")]
    operations: ClassVar = [
        Together("imports_quarantinedrow", "found_in_id", "imports_import"),
        Together("imports_quarantinedrow", "mended_in_id", "imports_import"),
    ]
