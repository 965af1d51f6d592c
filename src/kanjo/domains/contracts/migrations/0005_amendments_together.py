"""Amendments are only added, and take back only amendments of their own contract."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.together import Together


class Migration(migrations.Migration):
    dependencies: ClassVar = [("contracts", "0004_amendments")]
    operations: ClassVar = [
        AppendOnly("contracts_amendment"),
        Together("contracts_amendment", "contract_id", "contracts_contract"),
        Together("contracts_amendment", "withdraws_id", "contracts_amendment", "contract_id"),
    ]
