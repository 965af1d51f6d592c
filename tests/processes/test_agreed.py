"""An amendment that says what its kind does not change is told what the kind takes, in the reader's words."""

from __future__ import annotations

from typing import cast

import pytest

from kanjo.domains.contracts.facts import AmendmentKind
from kanjo.domains.contracts.queries import ContractRow
from kanjo.foundation.actors import Actor
from kanjo.processes.agreed import Agreed, Misfit, meant
from tests.builders import TODAY


@pytest.mark.parametrize("kind", [kind for kind in AmendmentKind if kind is not AmendmentKind.BILLING_DAY])
def test_no_name_of_a_field_is_told(kind: AmendmentKind) -> None:
    """Moved billing days belong to no other kind: the refusal names what does in both languages, never a column."""
    agreed = Agreed(kind=kind, effective_on=TODAY, concluded_on=TODAY, because="変更", anchor_on=TODAY)
    with pytest.raises(Misfit) as refused:
        meant(agreed, cast("ContractRow", None), cast("Actor", None))
    said = refused.value.sentence
    for name in ("more,", "added,", "ends", "withdraws", "anchor_on", "until", "effective_on"):
        assert name not in said.ja
    assert "_" not in said.en
    assert "“" in said.en and "、" not in said.en
