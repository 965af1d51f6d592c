"""A person leaves: what is open in its hands goes to another, and all its doors are shut, in one act."""

from __future__ import annotations

from datetime import datetime

from kanjo.domains.contracts.operations import hand_over_contracts
from kanjo.domains.opportunities.operations import hand_over_opportunities
from kanjo.domains.renewals.operations import hand_over_renewals
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import PersonId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.deputies.operations import hand_on_deputations
from kanjo.platform.identity.operations import dismiss_person
from kanjo.platform.identity.queries import get_actor, is_active
from kanjo.platform.worklist.operations import hand_over_work
from kanjo.reports.leaving import Kind, work_of


class NobodyTakesOver(Refusal):
    """Deals without an owner: somebody has to take them."""

    rule = "identity.nobody-takes-over"
    kind = RefusalKind.CONFLICT
    says = Text(en="{count} deals are in the hands of {name}.", ja="{name} さんが担当する案件が{count}件あります。")
    remedy = Text(en="Name who takes them over.", ja="引継ぎ先を指定してください。")


class CanNotTakeOver(Refusal):
    """A successor who could not see what it takes over."""

    rule = "identity.can-not-take-over"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="{name} does not work in: {companies}.", ja="{name} さんは次の販売会社に割り当てられていません: {companies}"
    )
    remedy = Text(
        en="Assign the company first, or name somebody who works there.",
        ja="先に販売会社を割り当てるか、別の引継ぎ先を指定してください。",
    )


class GoneToo(Refusal):
    """A successor who has left, or is the person itself."""

    rule = "identity.gone-too"
    kind = RefusalKind.CONFLICT
    says = Text(en="{name} cannot take anything over.", ja="{name} さんに引き継ぐことはできません。")
    remedy = Text(en="Name somebody who stays.", ja="在籍中の利用者を指定してください。")


def leave(*, person_id: PersonId, to: PersonId | None, by: Actor, at: datetime) -> int:
    """Hand over what is open in a person's hands and shut the person out; return how much was handed over.

    Without a successor the waiting work goes to whoever holds its role, and the person may own no deal. Whom it stood
    in for, the successor stands in for, where it can; all other deputations of the person end. Refuses
    `NobodyTakesOver`, `CanNotTakeOver`, `GoneToo`, and as `dismiss_person` does.
    """
    work = work_of(person_id)
    deals = [one for one in work if one.kind is not Kind.WORK]
    if to is None and deals:
        raise NobodyTakesOver(at="to", count=len(deals), name=get_actor(person_id).name)
    if to is not None:
        successor = get_actor(to)
        if to == person_id or not is_active(to):
            raise GoneToo(at="to", name=successor.name)
        missing = sorted({one.company for one in work if not successor.sees(one.company_id)})
        if missing:
            raise CanNotTakeOver(at="to", name=successor.name, companies=", ".join(missing))
        hand_over_opportunities(owner_id=person_id, to=to, by=by, at=at)
        hand_over_contracts(owner_id=person_id, to=to, by=by, at=at)
        hand_over_renewals(owner_id=person_id, to=to, by=by, at=at)
        hand_on_deputations(deputy_id=person_id, to=to, by=by, at=at)
    hand_over_work(owner_id=person_id, to=to, by=by, at=at)
    dismiss_person(person_id=person_id, by=by, at=at)
    return len(work)
