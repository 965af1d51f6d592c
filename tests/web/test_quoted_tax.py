"""The tax on a quotation is rounded as the invoices will be."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from kanjo.domains.billing.facts import BillingPolicy, TaxRounding
from kanjo.domains.billing.models import Policy
from kanjo.foundation.actors import Role
from tests.api.programs import program_of
from tests.builders import TODAY
from tests.web.office import Office, quoted
from tests.web.test_papers_in_eras import shown


@pytest.mark.row("BIL-11", "BIL-13")
@pytest.mark.parametrize(("rounding", "tax"), [(TaxRounding.AS_CHOSEN, "125,001"), (TaxRounding.CEILING, "125,002")])
def test_the_policy_says_how_tax_is_rounded(office: Office, rounding: TaxRounding, tax: str) -> None:
    """Twelve times 100,001 yen and an appliance: 125,001.2 yen of tax, rounded down by the company, up if agreed."""
    choices = asdict(BillingPolicy(tax_rounding=rounding))
    policy = {"code": "up", "name_ja": "切上げ", "name_en": "Round up", **choices}
    office.desk(Role.SALES_OPERATIONS).do("define-policy", **policy)
    office.desk(Role.RECEIVABLES).do(
        "choose-policy", policy=str(Policy.objects.latest("id").pk), effective_on="2026-04-01"
    )
    rep, program = office.desk(Role.SALES_REP), program_of(office, Role.SALES_REP)
    quotes = [quoted(office, net="100,001").quote for _ in range(2)]
    assert tax in shown(rep, "quote-draft-pdf", quotes[0])
    for quote in quotes:
        rep.do("submit-quote", quote, on=TODAY)
    rep.do("send-quote", quotes[0], on=TODAY, recipient="購買部")
    program.does(f"quotes/{quotes[1]}/send", on=TODAY.isoformat(), recipient="購買部")
    for quote in quotes:
        assert tax in shown(rep, "file", rep.key("file", "quote", quote))
