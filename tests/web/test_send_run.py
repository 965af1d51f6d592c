"""A billing run's page sends all that the run issued, tells how far that is, and leads to what could not go."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from kanjo.domains.billing import operations as billing
from kanjo.domains.billing.facts import Channel
from kanjo.domains.billing.models import Invoice, Sending
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import CustomerId, RunId
from kanjo.platform.runs.models import Run
from tests.api.programs import program_of
from tests.builders import NOW, TODAY
from tests.web.office import Office, billed
from tests.worker import let_work

pytestmark = pytest.mark.row("AR-3", "SCL-3")


def choose(office: Office, channel: Channel | None) -> None:
    """Choose by what way the customer is invoiced."""
    billing.choose_bill_to(
        company_id=office.company_id, payer_id=CustomerId(office.customer_id), channel=channel, on=TODAY,
        because="依頼", by=office.people[Role.RECEIVABLES], at=NOW,
    )  # fmt: skip


class TestSendRun:
    def test_the_page_sends_and_tells_how_far_it_is(self, office: Office) -> None:
        """Pressed, the run's own page shows the sending under way; at its end what was sent, and nothing is left."""
        run_id, desk = billed(office).billing_run, office.desk(Role.RECEIVABLES)
        choose(office, Channel.FOLDER)
        count = Invoice.objects.filter(run_id=run_id).count()
        assert f"{count}件中0件" in desk.see("run", run_id)
        assert desk.do("send-run", run_id, on="2026-05-01") == run_id
        page = desk.see("run", run_id)
        sending = Run.objects.get(kind="billing.sending")
        assert f'href="{reverse("run", args=[sending.pk])}"' in page
        assert reverse("run-progress", args=[sending.pk]) in page
        let_work()
        page = desk.see("run", run_id)
        assert (f"{count}件中{count}件" in page, "未送付の請求書はありません。" in page) == (True, True)
        assert re.search(rf'<a [^>]*href="{reverse("run", args=[run_id])}"', desk.see("run", sending.pk))
        status, refused = desk.refused("send-run", run_id, on="2026-05-02")
        assert (status, "billing.nothing-to-send" in refused) == (409, True)
        assert Sending.objects.count() == count

    def test_what_could_not_go_is_told_with_its_invoice(self, office: Office) -> None:
        """No way is chosen: the sending names each invoice, and the queue of the receivables has it."""
        run_id, desk = billed(office).billing_run, office.desk(Role.RECEIVABLES)
        choose(office, None)
        desk.do("send-run", run_id, on="2026-05-01")
        let_work()
        invoice = Invoice.objects.filter(run_id=run_id).earliest("pk")
        page = desk.see("run", Run.objects.get(kind="billing.sending").pk)
        assert reverse("invoice", args=[invoice.pk]) in page
        assert f"請求書 {invoice.number} の宛先・送付方法が設定されていません。" in page
        assert "送付できなかった請求書を確認する" in desk.see("home")
        assert not Sending.objects.exists()

    def test_who_sends_none_sends_no_run(self, office: Office) -> None:
        """Rev Rec sees the run and not the button; a program of Accounts Receivable sends as its person does."""
        run_id = RunId(billed(office).billing_run)
        choose(office, Channel.FOLDER)
        other = office.desk(Role.REV_REC)
        assert f'href="{reverse("send-run", args=[run_id])}"' not in other.see("run", run_id)
        assert other.client.post(reverse("send-run", args=[run_id]), {"on": "2026-05-01"}).status_code == 403
        program_of(office, Role.RECEIVABLES).does(f"runs/{run_id}/send", on="2026-05-01")
        let_work()
        assert Sending.objects.count() == Invoice.objects.filter(run_id=run_id).count()
