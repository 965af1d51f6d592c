"""How names are folded and cut into pieces."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = []
    operations: ClassVar = [Script(__file__, "search.sql")]
