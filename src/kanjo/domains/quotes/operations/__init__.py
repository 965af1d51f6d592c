"""Verbs of quotes: draft and revise, submit and answer, send and accept, withdraw and expire."""

from kanjo.domains.quotes.operations.approving import note_approval, submit_quote
from kanjo.domains.quotes.operations.closing import expire_quotes, withdraw_quote
from kanjo.domains.quotes.operations.drafting import draft_quote, revise_quote
from kanjo.domains.quotes.operations.offering import accept_quote, preview_quotation, send_quote

__all__ = [
    "accept_quote",
    "draft_quote",
    "expire_quotes",
    "note_approval",
    "preview_quotation",
    "revise_quote",
    "send_quote",
    "submit_quote",
    "withdraw_quote",
]
