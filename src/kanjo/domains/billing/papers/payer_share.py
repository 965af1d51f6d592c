"""Which part of a line a payer bears, in the words of a paper."""

from __future__ import annotations

from kanjo.domains.billing.facts import Derivation
from kanjo.foundation.texts import Language, Text

SHARE_OF = Text(en="(share {share} of {of})", ja="（負担割合 {share}/{of}）")


def share_words(derivation: Derivation, language: Language) -> str:
    """Return which part of all that several payers bear an amount is; nothing where one bears all."""
    if not derivation.is_shared:
        return ""
    begins, ends, of = derivation.share
    return SHARE_OF.filled(share=f"{ends - begins:,}", of=f"{of:,}").said_in(language)
