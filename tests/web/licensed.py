"""Contracts that grant ten users."""

from __future__ import annotations

from django.db import transaction

from kanjo.domains.licenses.facts import LineToGrant
from kanjo.domains.licenses.operations import write_grants
from kanjo.foundation.ids import ContractId, CustomerId, ProductId
from kanjo.foundation.periods import Period
from kanjo.platform.identity.queries import house
from tests.builders import NOW, a_line
from tests.deals import a_deal
from tests.web.office import Office


@transaction.atomic
def a_right(
    office: Office, customer_id: CustomerId, product_id: ProductId, *, term: Period, valid: Period | None
) -> ContractId:
    """Let a customer use a product for that time, or for ever, under a contract of its own."""
    deal = a_deal(office.company_id, customer_id, [a_line(product_id, service=term)], term=term)
    line = deal.order.lines[0]
    write_grants(
        company_id=office.company_id,
        customer_id=customer_id,
        contract_id=deal.contract_id,
        order_id=deal.order.order_id,
        lines=[LineToGrant(line.order_line_id, product_id, line.terms.license_metric, 10, valid)],
        on=term.start,
        by=house(),
        at=NOW,
    )
    return deal.contract_id
