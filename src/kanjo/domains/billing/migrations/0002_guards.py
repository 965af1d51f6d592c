"""Issued things are partitioned, add up, and are only appended."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Partitioned, Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("billing", "0001_initial"), ("bulk", "0001_partition")]
    operations: ClassVar = [
        Partitioned("billing_invoice"),
        Partitioned("billing_invoiceline"),
        Partitioned("billing_invoicetax"),
        Script(__file__, "guards.sql"),
        AppendOnly("billing_plan"),
        AppendOnly("billing_acceptance"),
        AppendOnly("billing_invoice"),
        AppendOnly("billing_invoiceline"),
        AppendOnly("billing_invoicetax"),
        AppendOnly("billing_charge"),
        AppendOnly("billing_sending"),
    ]
