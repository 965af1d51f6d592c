"""Facts are partitioned by id and only appended."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.append_only import AppendOnly
from kanjo.platform.database.scripts import Partitioned


class Migration(migrations.Migration):
    dependencies: ClassVar = [("outbox", "0001_initial"), ("bulk", "0001_partition")]
    operations: ClassVar = [
        Partitioned("outbox_fact"),
        AppendOnly("outbox_fact"),
    ]
