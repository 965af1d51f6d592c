"""The identities: what must be equal if the books are right, from quote to cash and revenue.

Each is one set-based comparison of two sides that were written independently of each other. `kanjo verify` prints them
all and fails on any break; the tests break each of them on purpose.
"""

from kanjo.reports.identities.catalogue import IDENTITIES
from kanjo.reports.identities.checking import Checked, Identity, Side

__all__ = ["IDENTITIES", "Checked", "Identity", "Side"]
