"""Verbs of revenue: open obligations, note deliveries, recognise by runs and take runs back."""

from kanjo.domains.revenue.operations.promises import note_delivery, open_obligations
from kanjo.domains.revenue.operations.recognition import execute_recognition, preview_recognition
from kanjo.domains.revenue.operations.reversal import reverse_recognition

__all__ = [
    "execute_recognition",
    "note_delivery",
    "open_obligations",
    "preview_recognition",
    "reverse_recognition",
]
