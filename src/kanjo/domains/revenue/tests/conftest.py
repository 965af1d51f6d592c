from __future__ import annotations

import pytest

from kanjo.domains.revenue.tests.desk import Desk
from tests.builders import a_company


@pytest.fixture
def desk(db: None) -> Desk:
    """A yen company's Rev/Rec desk, in a transaction that is rolled back."""
    return Desk(a_company("kanjo-jp"))
