"""A key to a table of many parts is checked as a whole."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bulk", "0006_siblings")]
    operations: ClassVar = [Script(__file__, "whole.sql")]
