"""A corrected invoice: what stands after something was given back and charged anew, by line and by rate."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.models import Invoice
from kanjo.domains.billing.operations.send import corrected_paper_of, paper_of
from kanjo.domains.billing.queries import (
    CorrectedInvoice,
    find_secret,
    get_corrected,
    get_invoice,
    get_linked,
    is_corrected,
    list_invoices,
    list_sendings,
)
from kanjo.domains.billing.rules.corrections import NothingCorrected, PostedDays, standing
from kanjo.domains.billing.tests.conftest import Planned, an_order, run_billing
from kanjo.domains.billing.tests.test_changes import amend, away, more
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId, CustomerId, FileId, InvoiceId
from kanjo.foundation.periods import Period
from kanjo.foundation.texts import Language
from kanjo.platform.companies.models import Seal
from kanjo.platform.files.operations import store
from kanjo.platform.identity.queries import house
from kanjo.platform.outbox.operations import deliver
from tests.builders import NOW, TODAY, a_line, a_product
from tests.web.test_seal import a_png, pictures

APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
LATER = date(2026, 4, 21)


@pytest.fixture
def planned(company: CompanyId, customer: CustomerId) -> Planned:
    """Ten users at ¥1,000 a month for a year from 1 April, the first month invoiced."""
    planned = an_order(company, customer, [a_line(a_product(company))])
    run_billing(company, TODAY)
    return planned


def first(by: Actor) -> InvoiceId:
    """Return the invoice that is corrected."""
    return next(row.id for row in list_invoices(by) if row.number == "INV-2026-000001")


def lines(corrected: CorrectedInvoice) -> list[tuple[Period, int, int]]:
    return [(line.service, line.quantity, line.net.minor) for line in corrected.lines]


def page(corrected: CorrectedInvoice, language: Language) -> str:
    """Return what the paper shows, without blanks."""
    view = replace(corrected.original, language=language)
    content = corrected_paper_of(replace(corrected, original=view)).as_pdf()
    return "".join(re.sub(r"[\s\u200b]+", "", one.extract_text()) for one in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.django_db
class TestCorrectedInvoice:
    @pytest.mark.row("AR-2", "SFS-5")
    def test_a_part_is_charged_anew(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Three more users from the 21st: twenty days stand, ten are charged for thirteen; tax is rounded once."""
        amend(planned, more(planned, LATER, 3_000, 3))
        run_billing(company, LATER)
        told = get_corrected(first(accountant), accountant)
        assert lines(told) == [
            (Period(APRIL.start, LATER), 10, 6_667),
            (Period(LATER, APRIL.until), 13, 4_333),
        ]
        assert [(tax.net.minor, tax.tax.minor) for tax in told.taxes] == [(11_000, 1_100)]
        assert (told.documents, told.total.minor) == ((("INV-2026-000002", LATER),), 12_100)

    def test_the_whole_is_charged_anew(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Given back by a credit note and billed again at another price, what stands is the new charge alone."""
        key = first(accountant)
        billing.credit_invoice(invoice_id=key, on=LATER, because="誤請求", by=accountant, at=NOW)
        with pytest.raises(NothingCorrected, match="INV-2026-000001"):
            get_corrected(key, accountant)
        amend(planned, more(planned, APRIL.start, -2_000, -2))
        run_billing(company, LATER)
        told = get_corrected(key, accountant)
        assert lines(told) == [(APRIL, 8, 8_000)]
        assert [number for number, _ in told.documents] == ["CN-2026-000001", "INV-2026-000002"]
        assert is_corrected(told.original)

    def test_what_was_corrected_is_corrected_again(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """A second change of the same days is followed through the first, and the books say the same sum."""
        for day, net in ((11, 3_000), (16, -1_000)):
            amend(planned, more(planned, date(2026, 4, day), net, net // 1_000))
            run_billing(company, LATER)
        told = get_corrected(first(accountant), accountant)
        assert len(told.documents) == 2
        assert told.total.minor == sum(Invoice.objects.values_list("total_minor", flat=True))
        assert sum(tax.net.minor for tax in told.taxes) == sum(Invoice.objects.values_list("net_minor", flat=True))

    def test_what_was_only_given_back_is_not_corrected(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """Days away are returned by a credit note; neither it nor the invoice has a corrected one."""
        amend(planned, away(planned, LATER, APRIL.until))
        run_billing(company, LATER)
        for key in Invoice.objects.values_list("pk", flat=True):
            assert not is_corrected(get_invoice(InvoiceId(key), accountant))
            with pytest.raises(NothingCorrected):
                get_corrected(InvoiceId(key), accountant)

    @pytest.mark.row("AR-2", "SFS-5")
    @pytest.mark.parametrize(
        ("language", "shown"),
        [
            (
                Language.JAPANESE,
                (
                    "修正請求書",
                    "修正請求書番号INV-2026-000001-R1",
                    "修正対象の請求書番号INV-2026-000001",
                    "修正対象の発行日2026年4月1日",
                    "修正日2026年4月21日",
                    "INV-2026-0000022026年4月21日",
                    "10%対象¥10,000¥1,000¥11,000¥1,100¥1,100",
                    "ご請求金額¥12,100",
                ),
            ),
            (
                Language.ENGLISH,
                (
                    "CorrectedTaxInvoice",
                    "CorrectsinvoiceNo.INV-2026-000001",
                    "Whichwasissuedon1April2026",
                    "INV-2026-000002of21April2026",
                    "JPY10,000JPY1,000JPY11,000JPY1,100JPY1,100",
                    "isnotowedagain",
                ),
            ),
        ],
    )
    def test_the_paper_tells_both_sides(
        self, planned: Planned, company: CompanyId, accountant: Actor, language: Language, shown: tuple[str, ...]
    ) -> None:
        """Act art. 57-4(4): all items anew, the original and its day, both amounts by rate, the difference."""
        amend(planned, more(planned, LATER, 3_000, 3))
        run_billing(company, LATER)
        told = page(get_corrected(first(accountant), accountant), language)
        assert [one for one in shown if one not in told] == [], told
        assert "お振込先" not in told


@pytest.mark.django_db
@pytest.mark.row("AR-3", "AR-7")
class TestSent:
    def test_it_is_sent_under_its_own_number(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """By mail with its paper alone, apart from what was sent of the first; sent again it names its own first."""
        key = first(accountant)
        send(key, accountant, LATER, corrected=False)
        with pytest.raises(NothingCorrected):
            send(key, accountant, LATER, corrected=True)
        amend(planned, more(planned, LATER, 3_000, 3))
        run_billing(company, LATER)
        send(key, accountant, LATER, corrected=True)
        again = send(key, accountant, LATER + timedelta(days=1), corrected=True)
        last, before, original = list_sendings(key, accountant)
        assert [row.corrected for row in (last, before, original)] == ["INV-2026-000001-R1"] * 2 + [""]
        assert (last.first_id, before.first_id, original.first_id) == (before.id, None, None)
        assert last.file_id == again != before.file_id
        deliver(by=house(), at=timezone.now())
        message = mail.outbox[-1]
        assert message.subject.endswith("修正請求書 INV-2026-000001-R1 のご送付")
        assert "お支払いは不要" in message.body
        ((name, content, _),) = message.attachments
        told = "".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
        assert (name, "INV-2026-000001-R1" in re.sub(r"\s|\u200b", "", told)) == ("INV-2026-000001-R1.pdf", True)

    def test_its_link_leads_to_it(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """To the corrected invoice and its own total, not to the first; it asks for no payment, so no day is told."""
        key = first(accountant)
        amend(planned, more(planned, LATER, 3_000, 3))
        run_billing(company, LATER)
        asked: dict[str, Any] = {
            "invoice_id": key,
            "on": LATER,
            "by": accountant,
            "at": timezone.now(),
            "channel": Channel.DOWNLOAD,
        }
        for corrected in (False, True):
            billing.send_invoice(**asked, recipient="keiri@aoba.example", corrected=corrected)
        last, before = list_sendings(key, accountant)
        told = []
        for sending in (last, before):
            found = find_secret(sending.id, timezone.now())
            assert found is not None
            paper = get_linked(found[0], timezone.now())
            assert paper.file_id == sending.file_id
            told.append((paper.number, paper.is_corrected, paper.total.minor, paper.due_on is None))
            page = Client().get(f"/papers/{found[0]}").content.decode()
            assert ("修正請求書" in page, paper.number in page) == (paper.is_corrected, True)
        assert told == [("INV-2026-000001-R1", True, 12_100, True), ("INV-2026-000001", False, 11_000, False)]

    def test_it_bears_the_seal_of_the_day_it_was_corrected(
        self, planned: Planned, company: CompanyId, accountant: Actor
    ) -> None:
        """The company has a seal from then on: the first invoice keeps none."""
        amend(planned, more(planned, LATER, 3_000, 3))
        run_billing(company, LATER)
        seal = store(content=a_png(), name="seal.png", media_type="image/png", company_id=company, by=house())
        Seal.objects.create(company_id=company, file_id=seal, effective_on=LATER)
        key = first(accountant)
        papers = (paper_of(get_invoice(key, accountant)), corrected_paper_of(get_corrected(key, accountant)))
        assert [pictures(paper.as_pdf()) for paper in papers] == [0, 1]

    def test_each_correction_has_its_number(self, planned: Planned, company: CompanyId, accountant: Actor) -> None:
        """Given back and charged anew is one correction, by one document or two; each one after it is the next."""
        key = first(accountant)
        billing.credit_invoice(invoice_id=key, on=LATER, because="誤請求", by=accountant, at=NOW)
        numbers = []
        for day, units in ((1, -2), (11, 3), (16, -1)):
            amend(planned, more(planned, date(2026, 4, day), units * 1_000, units))
            run_billing(company, LATER)
            numbers.append(get_corrected(key, accountant).number[-2:])
        assert numbers == ["R1", "R2", "R3"]


def send(key: InvoiceId, by: Actor, on: date, *, corrected: bool) -> FileId:
    to = "keiri@aoba.example"
    return billing.send_invoice(
        invoice_id=key, on=on, by=by, at=NOW, channel=Channel.MAIL, recipient=to, corrected=corrected
    )


class TestStanding:
    @given(st.lists(st.integers(0, 29), max_size=6))
    def test_every_day_is_charged_once(self, changes: list[int]) -> None:
        """However often days are given back and charged anew, what stands covers each day of the original once."""
        charged, posted = _played(changes)
        rows, anew = standing([1], posted)
        days = [row.left.start + timedelta(n) for row in rows if row.line_id in charged for n in range(row.left.days)]
        assert sorted(days) == [APRIL.start + timedelta(n) for n in range(30)]
        assert anew == (len(posted) > 1)


def _played(changes: list[int]) -> tuple[set[int], list[PostedDays]]:
    """Charge April, then for each change give back the rest of it from a day on, and charge that anew."""
    moment, number = datetime(2026, 4, 1, tzinfo=UTC), 1
    posted = [PostedDays(7, APRIL.start, APRIL.until, 1, None, moment)]
    left = {1: (APRIL.start, APRIL.until)}
    for first_day in changes:
        start, moment = APRIL.start + timedelta(first_day), moment + timedelta(days=1)
        for line, (since, until) in list(left.items()):
            if until > start:
                number += 1
                posted.append(PostedDays(7, max(since, start), until, number, line, moment))
                left[line] = (since, max(since, start))
        number += 1
        posted.append(PostedDays(7, start, APRIL.until, number, None, moment))
        left[number] = (start, APRIL.until)
    return {line for line, (since, until) in left.items() if since < until}, posted
