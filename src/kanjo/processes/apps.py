"""Connects the reactions and the announcements when the program starts."""

from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    """The Django side of `kanjo.processes`: no tables, one wiring."""

    name = "kanjo.processes"
    label = "processes"

    def ready(self) -> None:
        """Connect the one table of reactions to the outbox, and the one of announcements to the webhooks."""
        from kanjo.platform.outbox.operations import WIRING
        from kanjo.platform.webhooks.offer import OFFER
        from kanjo.processes.announced import ANNOUNCED, FIELDS
        from kanjo.processes.reactions import REACTIONS

        WIRING.connect(REACTIONS)
        OFFER.connect({fact.kind: name for fact, name in ANNOUNCED.items()}, FIELDS)
