"""What makes an offer sound, what it is worth against the list, and that its digest covers all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.domains.quotes.facts import STEPS, Offer, OfferLine, QuoteState
from kanjo.domains.quotes.rules import pricing
from kanjo.domains.quotes.rules.offering import (
    AmountNotWhole,
    NoLines,
    QuantityNotPositive,
    ServiceMissing,
    ServiceOutsideTerm,
    TermReversed,
    TotalNotOfTerm,
    ValidityPast,
    refuse_unsound,
)
from kanjo.domains.quotes.rules.stages import WrongState, digest_of, refuse_unless_step
from kanjo.foundation.money import UnknownCurrency
from kanjo.foundation.periods import Period
from kanjo.foundation.refusals import Refusal
from kanjo.foundation.terms import TermsUnreadable
from tests.quoting import CLOUD, TERMS, YEAR, a_box_line, a_cloud_line, an_offer

TODAY = date(2026, 4, 1)
GOOD = a_cloud_line()


def refused(offer: Offer) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        refuse_unsound(offer, on=TODAY)
    return refusal.value


def _untyped(value: object) -> int:
    """Pass a value on as a caller without types would."""
    return value  # type: ignore[return-value]  # the point of it


class TestSoundOffer:
    def test_a_sound_offer_passes(self) -> None:
        """A year of cloud and a single delivery may be offered."""
        refuse_unsound(an_offer(a_cloud_line(), a_box_line()), on=TODAY)

    @pytest.mark.parametrize(
        ("line", "refusal", "place"),
        [
            (replace(GOOD, quantity=0), QuantityNotPositive, "lines[2].quantity"),
            (replace(GOOD, quantity=-1), QuantityNotPositive, "lines[2].quantity"),
            (replace(GOOD, quantity=_untyped(1.5)), QuantityNotPositive, "lines[2].quantity"),
            (replace(GOOD, net_minor=_untyped(Decimal("9000.50"))), AmountNotWhole, "lines[2].net_minor"),
            (replace(GOOD, net_minor=_untyped(9000.0)), AmountNotWhole, "lines[2].net_minor"),
            (replace(GOOD, list_minor=-1), AmountNotWhole, "lines[2].list_minor"),
            (replace(GOOD, service=None), ServiceMissing, "lines[2].service"),
            (replace(GOOD, service=Period(YEAR.start, YEAR.start)), ServiceMissing, "lines[2].service"),
            (a_cloud_line(service=Period(date(2026, 3, 1), date(2027, 3, 1))), ServiceOutsideTerm, "lines[2].service"),
            (replace(GOOD, total_minor=107_999), TotalNotOfTerm, "lines[2].total_minor"),
            (replace(GOOD, total_minor=0), TotalNotOfTerm, "lines[2].total_minor"),
            (replace(a_box_line(), total_minor=90_000), TotalNotOfTerm, "lines[2].total_minor"),
        ],
    )
    def test_an_unsound_line_is_named(self, line: OfferLine, refusal: type[Refusal], place: str) -> None:
        """The refusal says which line it is, in both languages, and which field."""
        found = refused(an_offer(GOOD, line))
        assert (type(found), found.at) == (refusal, place)
        assert ("ine 2" in found.said_in("en"), "明細2行目" in found.said_in("ja")) == (True, True)

    @pytest.mark.parametrize(
        ("offer", "refusal"),
        [
            (replace(an_offer(), lines=()), NoLines),
            (replace(an_offer(), currency="YEN"), UnknownCurrency),
            (replace(an_offer(), payment_terms="when convenient"), TermsUnreadable),
            (an_offer(until=date(2026, 4, 1)), TermReversed),
            (an_offer(until=date(2026, 3, 31)), TermReversed),
            (replace(an_offer(), valid_until=TODAY), ValidityPast),
        ],
    )
    def test_unsound_terms_are_refused(self, offer: Offer, refusal: type[Refusal]) -> None:
        """No lines, a currency or terms nobody knows, a term without a day, a validity that has passed."""
        assert type(refused(offer)) is refusal

    def test_a_broken_month_may_be_prorated_either_way(self) -> None:
        """Of a term of a month and a half, anything between one and two months' price is a fair total."""
        service = Period(date(2026, 4, 1), date(2026, 5, 16))
        for total in (9_000, 13_500, 18_000):
            line = OfferLine(CLOUD, 10, 1_000, 9_000, total, service)
            refuse_unsound(an_offer(line), on=TODAY)
        assert type(refused(an_offer(OfferLine(CLOUD, 10, 1_000, 9_000, 18_001, service)))) is TotalNotOfTerm

    def test_thirty_days_of_a_longer_month_are_a_broken_month(self) -> None:
        """From 2 May to 31 May are 30 days of a month that has 31: less than the whole is a fair total."""
        service = Period(date(2026, 5, 2), date(2026, 6, 1))
        refuse_unsound(an_offer(OfferLine(CLOUD, 10, 1_000, 9_000, 8_710, service)), on=TODAY)

    def test_a_total_too_large_to_keep_is_refused(self) -> None:
        """Amounts stay within what the books can hold."""
        huge = a_box_line(2**62, quantity=1, list_minor=2**62)
        assert refused(an_offer(huge, huge)).rule == "money.out-of-range"


class TestDiscount:
    @pytest.mark.row("APR-I1")
    @pytest.mark.parametrize(
        ("lines", "whole", "asked"),
        [
            ([a_cloud_line(10_000)], Fraction(0), Fraction(0)),
            ([a_cloud_line(9_990)], Fraction(1, 1000), Fraction(1, 1000)),
            ([a_cloud_line(12_000)], Fraction(-1, 5), Fraction(-1, 5)),
            ([a_cloud_line(0)], Fraction(1), Fraction(1)),
            ([a_box_line(66_667)], Fraction(33_333, 100_000), Fraction(33_333, 100_000)),
            ([a_cloud_line(9_000), a_cloud_line(11_000)], Fraction(0), Fraction(1, 10)),
            ([a_cloud_line(9_000), a_box_line(200_000)], Fraction(-22, 55), Fraction(1, 10)),
        ],
    )
    def test_it_is_exact_and_an_uplift_hides_nothing(
        self, lines: list[OfferLine], whole: Fraction, asked: Fraction
    ) -> None:
        """1 - net / list; approval is asked for the largest of the whole and any line."""
        assert pricing.discount(lines) == whole
        assert pricing.discount_asked_for(lines) == asked

    @given(
        quantity=st.integers(1, 10_000),
        price=st.integers(1, 10**9),
        total=st.integers(1, 10**12),
        days=st.integers(1, 900),
    )
    def test_at_list_it_is_exactly_zero(self, quantity: int, price: int, total: int, days: int) -> None:
        """A line at list has no discount, however the broken month at its end was rounded."""
        service = Period(YEAR.start, date.fromordinal(YEAR.start.toordinal() + days))
        line = OfferLine(CLOUD, quantity, price, quantity * price, total, service)
        assert pricing.discount([line]) == 0
        assert pricing.list_total_minor([line]) == total

    def test_a_free_line_counts_at_list(self) -> None:
        """What is given away for a year and ten days would have cost twelve and a third months."""
        service = Period(date(2026, 4, 1), date(2027, 4, 11))
        assert pricing.list_total_minor([OfferLine(CLOUD, 10, 1_000, 0, 0, service)]) == 123_333


class TestWaterfall:
    def test_every_step_has_its_rule(self) -> None:
        """From 10,000 a month at list, 10 % off, twelve times."""
        steps = pricing.waterfall(a_cloud_line(9_000))
        assert [(step.rule, step.change_minor, step.result_minor, step.share) for step in steps] == [
            ("quotes.list-price", 10_000, 10_000, None),
            ("quotes.discount", -1_000, 9_000, Fraction(-1, 10)),
            ("quotes.term", 99_000, 108_000, None),
        ]

    def test_an_uplift_is_called_one(self) -> None:
        """A single delivery above list shows an uplift, and no term."""
        steps = pricing.waterfall(a_box_line(110_000))
        assert [(step.rule, step.result_minor) for step in steps] == [
            ("quotes.list-price", 100_000),
            ("quotes.uplift", 110_000),
        ]

    @given(net=st.integers(0, 10**12), quantity=st.integers(1, 1000), listed=st.integers(0, 10**9), once=st.booleans())
    def test_the_steps_add_up(self, net: int, quantity: int, listed: int, once: bool) -> None:
        """The changes of all steps together are what the customer pays."""
        line = (
            a_box_line(net, quantity=quantity, list_minor=listed)
            if once
            else replace(a_cloud_line(net), quantity=quantity, list_minor=listed)
        )
        steps = pricing.waterfall(line)
        assert sum(step.change_minor for step in steps) == line.total_minor == steps[-1].result_minor


class TestApprovalFacts:
    @pytest.mark.parametrize(
        ("terms", "days"), [("net:30:none", 30), (TERMS, 61), ("close:20:2:20:none", 91), ("net:0:none", 0)]
    )
    def test_the_longest_wait_is_the_worst_case(self, terms: str, days: int) -> None:
        """月末締め翌月末払い can mean 61 days: an invoice of 1 July is due on 31 August."""
        assert pricing.longest_wait(terms) == days

    @pytest.mark.parametrize(
        ("until", "months"), [(None, 0), (date(2026, 5, 1), 1), (date(2026, 5, 2), 2), (date(2029, 4, 1), 36)]
    )
    def test_begun_months_count(self, until: date | None, months: int) -> None:
        """A term of a month and a day is two months long for the approver."""
        assert pricing.term_months(date(2026, 4, 1), until) == months


class TestDigest:
    def test_every_term_changes_it(self) -> None:
        """Change anything that was offered, and the digest is another."""
        offer = an_offer()
        line = offer.lines[0]
        changed = [
            replace(offer, currency="USD"),
            replace(offer, payment_terms="net:30:none"),
            replace(offer, starts_on=date(2026, 4, 2)),
            replace(offer, until=None),
            replace(offer, valid_until=date(2026, 5, 2)),
            replace(offer, lines=(line, line)),
            replace(offer, lines=(replace(line, quantity=11),)),
            replace(offer, lines=(replace(line, total_minor=1),)),
            replace(offer, lines=(replace(line, service=None),)),
            replace(offer, lines=(replace(line, terms=replace(line.terms, license_metric="core")),)),
        ]
        assert len({digest_of(one) for one in [offer, *changed]}) == len(changed) + 1
        assert digest_of(an_offer()) == digest_of(offer)


class TestSteps:
    def test_a_quote_goes_only_where_it_may(self) -> None:
        """A draft is not sent, and nothing leads out of an accepted or withdrawn quote."""
        with pytest.raises(WrongState, match=r"cannot become “Sent”\. Possible from here: Waiting for approval, Withd"):
            refuse_unless_step("Q-1", QuoteState.DRAFTED, QuoteState.SENT)
        assert not [step for step in STEPS if step[0] in {QuoteState.ACCEPTED, QuoteState.WITHDRAWN}]
        assert [before for before, after in STEPS if after is QuoteState.SENT] == [QuoteState.APPROVED]
        assert [before for before, after in STEPS if after is QuoteState.ACCEPTED] == [QuoteState.SENT]
