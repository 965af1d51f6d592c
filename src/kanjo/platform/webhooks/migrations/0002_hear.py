"""Whoever hears a fact gets it from the transaction that writes it."""

from typing import ClassVar

from django.db import migrations

from kanjo.platform.database.scripts import Script


class Migration(migrations.Migration):
    dependencies: ClassVar = [("webhooks", "0001_initial"), ("outbox", "0004_delivery_kept")]
    operations: ClassVar = [
        Script(__file__, "hear.sql", "DROP TRIGGER webhooks_hear ON outbox_fact; DROP FUNCTION webhooks_hear()")
    ]
