"""Which ids a run loads into."""

from __future__ import annotations

from django.db import models

from kanjo.platform.tables import no_truncate


class Block(models.Model):
    """The ids that one run's staged tables use: `first` up to but not including `until`, in every table alike."""

    run = models.OneToOneField("runs.Run", on_delete=models.PROTECT, related_name="block")
    first = models.BigIntegerField()
    until = models.BigIntegerField()

    class Meta:
        triggers = [no_truncate()]
