"""Products are found by pieces of their codes and names."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.search.indexes import Searchable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("catalog", "0002_rates"), ("search", "0001_functions")]
    operations: ClassVar = [
        Searchable("catalog_product", "code", "name_en", "name_ja", "family"),
    ]
