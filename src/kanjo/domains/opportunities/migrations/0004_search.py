"""Opportunities are found by pieces of their names."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.search.indexes import Searchable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("opportunities", "0003_one_company"), ("search", "0001_functions")]
    operations: ClassVar = [
        Searchable("opportunities_opportunity", "name", "external_key"),
    ]
