"""One story that leaves something on every page: deals at every stage, money that fits and money that does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from kanjo.domains.customers.operations import amend_customer
from kanjo.domains.customers.queries import details_of
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Text
from kanjo.platform.bookmarks.models import Bookmark
from kanjo.platform.identity.queries import house
from kanjo.platform.ledger.models import Period
from kanjo.platform.notices.kinds import Kind
from kanjo.platform.notices.operations import tell
from kanjo.platform.outbox.models import Delivery, FactRow
from kanjo.platform.outbox.operations import MOST_ATTEMPTS, deliver
from kanjo.platform.webhooks.models import Sending
from kanjo.processes.find_renewals import find_renewals
from kanjo.surfaces.access import ENTRANCE
from kanjo.surfaces.web.addresses import urlpatterns
from tests.builders import NOW, TODAY
from tests.web.office import CONDITION, Deal, Desk, Office, a_bank_file, a_usage_file, opened, paid, priced, quoted
from tests.worker import let_work

AMENDED = (
    *("change-line", "add-line", "swap-line", "split-line", "end-line", "suspend-contract", "resume-contract"),
    *("change-billing-day", "withdraw-amendment"),
)
CUSTOMERS = (
    *("customer", "open-opportunity", "license-position", "amend-customer", "place-under", "add-department"),
    *("state-month", "choose-grouping", "choose-tax-rounding", "share-account", "bill-to-account"),
)
MATRIX = ("matrix", "add-matrix-row", "activate-matrix", "withdraw-matrix")
WEBHOOK = (
    "webhook", "amend-webhook", "rotate-secret", "ping-webhook", "pause-webhook", "resume-webhook",
    "send-again-since", "end-webhook",
)  # fmt: skip
PEOPLE = (
    *("person", "invite-again", "withdraw-invitation", "grant-role", "withdraw-role", "assign-company"),
    *("unassign-company", "end-sessions-of", "remove-factors", "leave", "readmit-person"),
)
PROSPECT = ("engage-opportunity", "expect-close", "lose-opportunity", "draft-quote", "hand-over")
PERSONAL = ("open-notice", "deputation", "end-deputation", "stand-in", "stand-back")
"""Pages about what is one person's own, which the address names beside the way, or which only lead on."""
ROUTES = tuple(str(route.name) for route in urlpatterns if route.name not in ENTRANCE)
KEYED = frozenset(str(route.name) for route in urlpatterns if "<" in str(route.pattern))


@dataclass(frozen=True)
class Told:
    """The office after the story, and the key of one thing for every route that takes one."""

    office: Office
    keys: Mapping[str, object]

    def address(self, name: str, key: object = None) -> str:
        """Return the address of a route: for *key*, or for the thing that the story has for it."""
        return reverse(name, args=[key or self.keys[name]] if name in KEYED else [])


def told(office: Office) -> Told:
    """Tell the story in an office; afterwards every list holds something and every act has something to act on."""
    webhook = a_webhook(office)
    _reachable(office)
    news = Text(en="A story was told.", ja="物語が語られました。")
    subject = ("customers_customer", office.customer_id)
    tell(persons=[office.people[Role.AUDITOR].id], kind=Kind.DEAL, subject=subject, says=news, key="story")
    rep, receivables, cxo = office.desk(Role.SALES_REP), office.desk(Role.RECEIVABLES), office.desk(Role.CXO)
    done, drafted, asked, conditional = paid(office), quoted(office), _asked(office, "9,500"), _asked(office, "9,000")
    cxo.do("decide-item", cxo.key("decide-item", "approval", conditional.request), on=TODAY, **CONDITION)
    strange = receivables.do("take-bank-file", statement=a_bank_file("不明", 777), on="2026-05-30")
    receivables.do("match-receipts", on="2026-05-30")
    receivables.do("execute-run", _approved(office, "2026-05-31"))
    let_work()
    line = priced(office, done.order)
    usage = receivables.do("take-usage", usage=a_usage_file(number_of(receivables.see("metered-line", line))))
    hold = receivables.do("place-hold", contract_of(receivables, done.order), **a_hold(office))
    previewed = receivables.do("preview-billing", because="月次請求", on="2026-06-30")
    with transaction.atomic():
        find_renewals(company_id=office.company_id, on=date(2027, 1, 15), by=house(), at=NOW)
    delivery = given_up()
    rep.do("keep-view", name="2026-11", **{"for": "all"})
    prospect = rep.do("open-opportunity", office.customer_id, **opened(office, engaged_on=""))
    invoice = receivables.key("invoice", "order", done.order)
    receipt = receivables.key("receipt", "bank-file", done.bank_file)
    acknowledgement = receivables.do("acknowledge", receipt, on="2026-06-01")
    stated = receivables.do("state-month", office.customer_id, month="2026-04-30", on="2026-05-31")
    contract = contract_of(receivables, done.order)
    item = cxo.key("decide-item", "approval", asked.request)
    condition = cxo.key("meet-condition", "approval", conditional.request)
    order, run, bank_file = done.order, done.billing_run, done.bank_file
    return Told(
        office,
        {
            **dict.fromkeys(CUSTOMERS, office.customer_id),
            **dict.fromkeys(PROSPECT, prospect),
            **dict.fromkeys(("quote", "quote-draft-pdf", "send-quote", "accept-quote"), done.quote),
            **dict.fromkeys(("revise-quote", "submit-quote", "withdraw-quote"), drafted.quote),
            **dict.fromkeys(("approval-item", "decide-item"), item),
            **dict.fromkeys(("approval-condition", "meet-condition"), condition),
            **dict.fromkeys(("order", "accept-delivery", "note-po-number", "issue-invoice"), order),
            **dict.fromkeys(("rate-usage", "plan-instalments", "reach-milestone"), order),
            **dict.fromkeys(("metered-line", "correct-usage"), line),
            "usage-delivery": usage,
            **dict.fromkeys(
                (
                    "invoice",
                    "invoice-pdf",
                    "invoice-xml",
                    "send-invoice",
                    "withdraw-link",
                    "credit-invoice",
                    "split-invoice",
                ),
                invoice,
            ),
            "open-item": invoice,
            **dict.fromkeys(("write-off-fee", "set-off"), receivables.key("open-item", "open-items")),
            "reverse-recognition": done.revenue_run,
            **dict.fromkeys(("run", "run-progress", "reverse-run", "send-run"), run),
            **dict.fromkeys(("approve-run", "execute-run", "withdraw-run"), previewed),
            **dict.fromkeys(
                ("period", "lock-period"), Period.objects.filter(company_id=office.company_id).earliest("start").pk
            ),
            **dict.fromkeys(("delivery", "deliver-again"), delivery),
            **dict.fromkeys(WEBHOOK, webhook),
            **dict.fromkeys(
                ("webhook-delivery", "send-again"), Sending.objects.filter(endpoint_id=webhook).earliest("id").pk
            ),
            **dict.fromkeys(("product", "set-list-price", "set-usage-price", "withdraw-product"), office.cloud),
            "opportunity": done.opportunity,
            **dict.fromkeys(("approval", "recall-request"), conditional.request),
            **dict.fromkeys(
                ("contract", "end-contract", "terminate-contract", "confirm-end-of-use", *AMENDED), contract
            ),
            "invoice-line": receivables.key("invoice-line", "invoice", invoice),
            **dict.fromkeys(("hold", "release-hold"), hold),
            **dict.fromkeys(
                ("what-next", "place-hold", "move-billing-day", "share-contract", "bill-to-contract"), contract
            ),
            "receipt": receipt,
            **dict.fromkeys(("allocate", "return-transfer"), receivables.key("receipt", "bank-file", strange)),
            "reverse-allocation": receivables.key("reverse-allocation", "receipt", receipt),
            **dict.fromkeys(("bank-file", "bank-file-original"), bank_file),
            "obligation": receivables.key("obligation", "order", order),
            **dict.fromkeys(("renewal", "quote-renewal", "renew", "let-lapse"), rep.key("renewal", "renewals")),
            "drop-view": Bookmark.objects.latest("id").pk,
            "postings": "1310",
            **dict.fromkeys(MATRIX, rep.key("matrix", "company")),
            **dict.fromkeys(PEOPLE, office.people[Role.HR].id),
            "file": receivables.key("file", "contract", contract),
            "acknowledge": receipt,
            **dict.fromkeys(("acknowledgement", "acknowledge-again"), acknowledgement),
            "statement": stated,
            "reveal": f"invoice.{invoice}",
        },
    )


def number_of(page: str) -> str:
    """Return the number of the order line that a page is about."""
    return str(re.findall(r"[A-Z]+-\d{4}-\d+-\d+", page)[0])


@transaction.atomic
def _reachable(office: Office) -> None:
    """Register the corporate number of the customer, by which electronic invoices reach it."""
    given = replace(details_of(office.customer_id), corporate_number="7000012050002")
    by = office.people[Role.SALES_OPERATIONS]
    amend_customer(customer_id=office.customer_id, given=given, because="法人番号公表サイト", by=by, at=NOW)


def contract_of(desk: Desk, order: int) -> int:
    """Return the contract of an order."""
    return desk.key("contract", "order", order)


def a_hold(office: Office) -> dict[str, object]:
    """Return a hold of a line as it is typed: of one day, so that nothing of the story waits for it."""
    return {
        "what": f"payer_id:{office.customer_id}",
        "condition": "po_number",
        "because": "注文番号の確認待ち",
        "owner": office.people[Role.RECEIVABLES].id,
        "on": TODAY.isoformat(),
        "expires_on": "2026-04-02",
    }


def a_webhook(office: Office) -> int:
    """Let somebody outside hear of orders and invoices; return the webhook, at which nothing is called."""
    desk = office.desk(Role.ADMINISTRATOR)
    typed = {"name": "基幹連携", "url": "https://hooks.example.com/kanjo", "kinds": ["orders.booked", INVOICED]}
    status, page = desk.refused("register-webhook", **typed)
    assert (status, "whsec_" in page) == (200, True)
    return desk.key("webhook", "webhooks")


INVOICED = "billing.invoice-issued"


def given_up() -> int:
    """Let a reaction that there is no more answer a booked order until it is given up; return its delivery."""
    fact = FactRow.objects.filter(kind="orders.booked").latest("id")
    delivery = Delivery.objects.create(fact=fact, reaction="kanjo.processes.ask_for_invoice.ask_once")
    for hours in range(MOST_ATTEMPTS):
        deliver(by=house(), at=timezone.now() + timedelta(hours=hours + 1))
    return int(delivery.pk)


def _approved(office: Office, on: str) -> int:
    run = office.desk(Role.RECEIVABLES).do("preview-billing", because="月次請求", on=on)
    office.desk(Role.SALES_OPERATIONS).do("approve-run", run)
    return run


def _asked(office: Office, net: str) -> Deal:
    deal = quoted(office, net=net)
    deal.request = office.desk(Role.SALES_REP).do("submit-quote", deal.quote, on=TODAY)
    return deal
