"""Connects the reactions when the program starts."""

from django.apps import AppConfig


class ProcessesConfig(AppConfig):
    """The Django side of `kanjo.processes`: no tables, one wiring."""

    name = "kanjo.processes"
    label = "processes"

    def ready(self) -> None:
        """Connect the one table of reactions to the outbox."""
        from kanjo.platform.outbox.operations import WIRING
        from kanjo.processes.reactions import REACTIONS

        WIRING.connect(REACTIONS)
