"""Looks are only appended; a trigger says when they are old enough to be forgotten."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import KeptForLong


class Migration(migrations.Migration):
    dependencies: ClassVar = [("privacy", "0001_initial")]
    operations: ClassVar = [KeptForLong("privacy_look")]
