"""Billing that waits: set, ended by its day, released."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Held, HoldCondition
from kanjo.foundation.ids import HoldId
from kanjo.foundation.refusals import Refusal
from tests.harness.lives.living import Lived, Lives
from tests.harness.office import morning


def hold(lives: Lives, lived: Lived, on: date) -> None:
    """A contract waits for its purchase order, some weeks or until released."""
    hold_id = billing.hold_billing(
        company_id=lives.office.company_id,
        held=Held(contract_id=lived.contract_id),
        condition=HoldCondition.PO_NUMBER,
        because="注文番号待ち",
        owner_id=lives.office.receivables.id,
        on=on,
        expires_on=lives.chance.choice([None, on + timedelta(days=45)]),
        by=lives.office.receivables,
        at=morning(on),
    )
    lives.holds.append(hold_id)


def release(lives: Lives, lived: Lived, on: date) -> None:
    """A hold ends."""
    if lives.holds:
        _release(lives, lives.chance.choice(lives.holds), on)


def settle(lives: Lives, on: date) -> None:
    """Release what is still held."""
    for hold_id in lives.holds:
        try:
            with transaction.atomic():
                _release(lives, hold_id, on)
        except Refusal:
            continue


def _release(lives: Lives, hold_id: HoldId, on: date) -> None:
    billing.release_billing(hold_id=hold_id, on=on, because="届いたため", by=lives.office.receivables, at=morning(on))
