"""Customers and departments are found by pieces of their names."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.search.indexes import Searchable


class Migration(migrations.Migration):
    dependencies: ClassVar = [("customers", "0001_initial"), ("search", "0001_functions")]
    operations: ClassVar = [
        Searchable("customers_customer", "name", "name_kana", "name_en", "matching_key"),
        Searchable("customers_department", "name"),
    ]
