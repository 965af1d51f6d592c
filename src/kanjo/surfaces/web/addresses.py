"""Every address of the pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from kanjo.surfaces.web.approvals import pages as approvals
from kanjo.surfaces.web.billing import arranging, bill_to, coming, electronic, explained, gaps, holds, links, sharing
from kanjo.surfaces.web.billing import pages as billing
from kanjo.surfaces.web.bookmarks import pages as bookmarks
from kanjo.surfaces.web.catalog import pages as catalog
from kanjo.surfaces.web.companies import letterhead, matrices
from kanjo.surfaces.web.companies import pages as companies
from kanjo.surfaces.web.company_sign_in import pages as company_sign_in
from kanjo.surfaces.web.contracts import amending
from kanjo.surfaces.web.contracts import pages as contracts
from kanjo.surfaces.web.customers import pages as customers
from kanjo.surfaces.web.customers import registering
from kanjo.surfaces.web.deputies import pages as deputies
from kanjo.surfaces.web.duties.pages import held_pairs
from kanjo.surfaces.web.files import pages as files
from kanjo.surfaces.web.health import health
from kanjo.surfaces.web.home import pages as home
from kanjo.surfaces.web.invitations import pages as invitations
from kanjo.surfaces.web.ledger import pages as ledger
from kanjo.surfaces.web.licenses import ending
from kanjo.surfaces.web.licenses import pages as licenses
from kanjo.surfaces.web.notices import choosing
from kanjo.surfaces.web.notices import pages as notices
from kanjo.surfaces.web.opportunities import handing_over
from kanjo.surfaces.web.opportunities import pages as opportunities
from kanjo.surfaces.web.orders import instalments, issuing
from kanjo.surfaces.web.orders import pages as orders
from kanjo.surfaces.web.outbox import pages as outbox
from kanjo.surfaces.web.paper_links import pages as paper_links
from kanjo.surfaces.web.people import acts as people_acts
from kanjo.surfaces.web.people import pages as people
from kanjo.surfaces.web.policies import pages as policies
from kanjo.surfaces.web.privacy import pages as privacy
from kanjo.surfaces.web.processes.pages import process_map
from kanjo.surfaces.web.quotes import drafting
from kanjo.surfaces.web.quotes import pages as quotes
from kanjo.surfaces.web.receivables import acts as settling
from kanjo.surfaces.web.receivables import pages as receivables
from kanjo.surfaces.web.receivables import papers as payment_papers
from kanjo.surfaces.web.receivables import set_offs
from kanjo.surfaces.web.receivables.reports import ageing_report
from kanjo.surfaces.web.renewals import pages as renewals
from kanjo.surfaces.web.revenue import pages as revenue
from kanjo.surfaces.web.runs import pages as runs
from kanjo.surfaces.web.runs import progress, schedule
from kanjo.surfaces.web.searching import pages as searching
from kanjo.surfaces.web.sessions import pages as sessions
from kanjo.surfaces.web.tokens import pages as tokens
from kanjo.surfaces.web.usage import acts as metering
from kanjo.surfaces.web.usage import pages as usage
from kanjo.surfaces.web.webhooks import acts as telling
from kanjo.surfaces.web.webhooks import pages as webhooks

urlpatterns: list[URLPattern] = [
    path("health", health, name="health"),
    path("", home.home, name="home"),
    path("search", searching.search, name="search"),
    path("language", home.choose_language_here, name="language"),
    path("look", home.choose_look, name="look"),
    path("choose-company", home.choose_company, name="choose-company"),
    path("tokens", tokens.tokens, name="tokens"),
    path("tokens/make", tokens.make, name="make-token"),
    path("tokens/revoke", tokens.revoke, name="revoke-token"),
    path("sign-in/company", company_sign_in.start, name="company-sign-in"),
    path("sign-in/company/back", company_sign_in.back, name="company-sign-in-back"),
    path("invitation", invitations.invitation, name="invitation"),
    path("invitation/company", invitations.by_company, name="invitation-by-company"),
    path("invitation/<str:secret>", invitations.open_link, name="open-invitation"),
    path("papers/<str:secret>", paper_links.paper, name="paper-by-link"),
    path("people", people.PEOPLE_LIST, name="people"),
    path("people/invite", people_acts.invite, name="invite-person"),
    path("people/<int:key>", people.person, name="person"),
    path("people/<int:key>/invite-again", people_acts.again, name="invite-again"),
    path("people/<int:key>/withdraw-invitation", people_acts.withdraw, name="withdraw-invitation"),
    path("people/<int:key>/give-role", people_acts.grant, name="grant-role"),
    path("people/<int:key>/take-role", people_acts.take, name="withdraw-role"),
    path("people/<int:key>/assign", people_acts.assign, name="assign-company"),
    path("people/<int:key>/unassign", people_acts.unassign, name="unassign-company"),
    path("people/<int:key>/end-sessions", people_acts.end_sessions, name="end-sessions-of"),
    path("people/<int:key>/remove-factors", people_acts.remove_lost_factors, name="remove-factors"),
    path("people/<int:key>/let-go", people_acts.let_go, name="leave"),
    path("people/<int:key>/readmit", people_acts.readmit, name="readmit-person"),
    path("company-account", company_sign_in.account, name="company-account"),
    path("company-account/connect", company_sign_in.connect, name="connect-company-account"),
    path("company-account/bring", company_sign_in.bring, name="bring-company-account"),
    path("company-account/disconnect", company_sign_in.disconnect, name="disconnect-company-account"),
    path("sessions", sessions.sessions, name="sessions"),
    path("sessions/end", sessions.end, name="end-session"),
    path("sessions/end-others", sessions.end_others, name="end-other-sessions"),
    path("views/keep", bookmarks.keep, name="keep-view"),
    path("views/<int:key>/drop", bookmarks.drop, name="drop-view"),
    path("customers", customers.CUSTOMERS, name="customers"),
    path("customers/register", registering.register, name="register-customer"),
    path("customers/<int:key>", customers.customer, name="customer"),
    path("customers/<int:key>/amend", registering.amend, name="amend-customer"),
    path("customers/<int:key>/parent", registering.place, name="place-under"),
    path("customers/<int:key>/department", registering.department, name="add-department"),
    path("customers/<int:key>/opportunity", opportunities.open_one, name="open-opportunity"),
    path("customers/<int:key>/licenses", licenses.license_position, name="license-position"),
    path("products", catalog.PRODUCTS, name="products"),
    path("products/<int:key>", catalog.product, name="product"),
    path("products/<int:key>/price", catalog.set_price, name="set-list-price"),
    path("products/<int:key>/usage-price", catalog.set_price_of_usage, name="set-usage-price"),
    path("products/<int:key>/withdraw", catalog.withdraw, name="withdraw-product"),
    path("opportunities", opportunities.OPPORTUNITIES, name="opportunities"),
    path("opportunities/<int:key>", opportunities.opportunity, name="opportunity"),
    path("opportunities/<int:key>/engage", opportunities.engage, name="engage-opportunity"),
    path("opportunities/<int:key>/expect", opportunities.expect, name="expect-close"),
    path("opportunities/hand-over", handing_over.everything, name="hand-over-all"),
    path("opportunities/<int:key>/hand-over", handing_over.one, name="hand-over"),
    path("opportunities/<int:key>/lose", opportunities.lose, name="lose-opportunity"),
    path("opportunities/<int:key>/quote", drafting.draft, name="draft-quote"),
    path("quotes", quotes.QUOTES, name="quotes"),
    path("quotes/<int:key>", quotes.quote, name="quote"),
    path("quotes/<int:key>/draft.pdf", quotes.draft_pdf, name="quote-draft-pdf"),
    path("quotes/<int:key>/revise", drafting.revise, name="revise-quote"),
    path("quotes/<int:key>/submit", quotes.submit, name="submit-quote"),
    path("quotes/<int:key>/send", quotes.send, name="send-quote"),
    path("quotes/<int:key>/accept", quotes.accept, name="accept-quote"),
    path("quotes/<int:key>/withdraw", quotes.withdraw, name="withdraw-quote"),
    path("approvals", approvals.REQUESTS, name="approvals"),
    path("approvals/<int:key>", approvals.approval, name="approval"),
    path("approvals/<int:key>/recall", approvals.recall, name="recall-request"),
    path("approvals/items/<int:key>", approvals.item, name="approval-item"),
    path("approvals/items/<int:key>/decide", approvals.decide, name="decide-item"),
    path("approvals/conditions/<int:key>", approvals.condition, name="approval-condition"),
    path("approvals/conditions/<int:key>/meet", approvals.meet, name="meet-condition"),
    path("contracts", contracts.CONTRACTS, name="contracts"),
    path("contracts/<int:key>", contracts.contract, name="contract"),
    path("contracts/<int:key>/next", coming.what_next, name="what-next"),
    path("contracts/<int:key>/hold", holds.place, name="place-hold"),
    path("contracts/<int:key>/move-day", coming.move, name="move-billing-day"),
    path("contracts/<int:key>/bill-to", bill_to.of_contract, name="bill-to-contract"),
    path("contracts/<int:key>/shares", sharing.of_contract, name="share-contract"),
    path("contracts/<int:key>/end", contracts.end, name="end-contract"),
    path("contracts/<int:key>/terminate", contracts.terminate, name="terminate-contract"),
    path("contracts/<int:key>/change", amending.change_line, name="change-line"),
    path("contracts/<int:key>/add", amending.add_line, name="add-line"),
    path("contracts/<int:key>/swap", amending.swap, name="swap-line"),
    path("contracts/<int:key>/split-line", amending.split_line, name="split-line"),
    path("contracts/<int:key>/end-line", amending.end_line, name="end-line"),
    path("contracts/<int:key>/suspend", amending.suspend, name="suspend-contract"),
    path("contracts/<int:key>/resume", amending.resume, name="resume-contract"),
    path("contracts/<int:key>/billing-day", amending.change_billing_day, name="change-billing-day"),
    path("contracts/<int:key>/withdraw", amending.withdraw, name="withdraw-amendment"),
    path("contracts/<int:key>/end-of-use", ending.confirm, name="confirm-end-of-use"),
    path("orders", orders.ORDERS, name="orders"),
    path("orders/<int:key>", orders.order, name="order"),
    path("orders/<int:key>/accept", orders.accept, name="accept-delivery"),
    path("orders/<int:key>/po-number", orders.note_number, name="note-po-number"),
    path("orders/<int:key>/invoices", issuing.issue, name="issue-invoice"),
    path("invoices", billing.INVOICES, name="invoices"),
    path("invoices/run", billing.preview_billing, name="preview-billing"),
    path("invoices/lines/<int:key>", explained.line, name="invoice-line"),
    path("invoices/<int:key>", billing.invoice, name="invoice"),
    path("invoices/<int:key>/invoice.pdf", billing.invoice_pdf, name="invoice-pdf"),
    path("invoices/<int:key>/invoice.xml", electronic.invoice_xml, name="invoice-xml"),
    path("invoices/<int:key>/send", billing.send, name="send-invoice"),
    path("invoices/<int:key>/withdraw-link", links.withdraw, name="withdraw-link"),
    path("invoices/<int:key>/credit", billing.credit, name="credit-invoice"),
    path("invoices/<int:key>/split", sharing.split, name="split-invoice"),
    path("billing-policies", policies.policies, name="policies"),
    path("billing-policies/define", policies.define, name="define-policy"),
    path("billing-policies/choose", policies.choose, name="choose-policy"),
    path("usage", usage.DELIVERIES, name="usage"),
    path("usage/take", metering.take, name="take-usage"),
    path("usage/<int:key>", usage.delivery, name="usage-delivery"),
    path("metered-lines/<int:key>", usage.metered, name="metered-line"),
    path("metered-lines/<int:key>/correct", metering.correct, name="correct-usage"),
    path("orders/<int:key>/instalments", instalments.cut, name="plan-instalments"),
    path("orders/<int:key>/milestone", instalments.reach, name="reach-milestone"),
    path("orders/<int:key>/usage", metering.rate, name="rate-usage"),
    path("billing-gaps", gaps.gaps, name="billing-gaps"),
    path("billing-gaps/list", gaps.GAP_LIST, name="gap-list"),
    path("holds", holds.HOLD_LIST, name="holds"),
    path("holds/<int:key>", holds.hold, name="hold"),
    path("holds/<int:key>/release", holds.release, name="release-hold"),
    path("receivables", receivables.OPEN_ITEMS, name="open-items"),
    path("receivables/<int:key>", receivables.open_item, name="open-item"),
    path("receivables/<int:key>/fee", settling.bear_fee, name="write-off-fee"),
    path("receivables/<int:key>/set-off", set_offs.offset, name="set-off"),
    path("receipts", receivables.RECEIPTS, name="receipts"),
    path("receipts/match", settling.match, name="match-receipts"),
    path("receipts/<int:key>/acknowledge", payment_papers.issue, name="acknowledge"),
    path("acknowledgements", payment_papers.ACKNOWLEDGEMENTS, name="acknowledgements"),
    path("acknowledgements/<int:key>", payment_papers.acknowledgement, name="acknowledgement"),
    path("acknowledgements/<int:key>/again", payment_papers.again, name="acknowledge-again"),
    path("statements", payment_papers.STATEMENTS, name="statements"),
    path("statements/<int:key>", payment_papers.statement, name="statement"),
    path("customers/<int:key>/tax-rounding", arranging.round_tax, name="choose-tax-rounding"),
    path("customers/<int:key>/bill-to", bill_to.of_account, name="bill-to-account"),
    path("customers/<int:key>/shares", sharing.of_account, name="share-account"),
    path("customers/<int:key>/grouping", arranging.group, name="choose-grouping"),
    path("customers/<int:key>/statement", payment_papers.state, name="state-month"),
    path("receipts/<int:key>", receivables.receipt, name="receipt"),
    path("receipts/<int:key>/allocate", settling.allocate_by_hand, name="allocate"),
    path("receipts/<int:key>/return", set_offs.give_back, name="return-transfer"),
    path("allocations/<int:key>/take-back", settling.take_back, name="reverse-allocation"),
    path("bank-files", receivables.BANK_FILES, name="bank-files"),
    path("bank-files/take", settling.take, name="take-bank-file"),
    path("bank-files/<int:key>", receivables.bank_file, name="bank-file"),
    path("bank-files/<int:key>/original", receivables.bank_file_original, name="bank-file-original"),
    path("ageing", ageing_report, name="ageing"),
    path("obligations", revenue.OBLIGATIONS, name="obligations"),
    path("obligations/recognise", revenue.recognise, name="recognise"),
    path("obligations/<int:key>", revenue.obligation, name="obligation"),
    path("waterfall", revenue.waterfall, name="waterfall"),
    path("licenses", licenses.GRANTS, name="grants"),
    path("renewals", renewals.RENEWALS, name="renewals"),
    path("renewals/<int:key>", renewals.renewal, name="renewal"),
    path("renewals/<int:key>/quote", renewals.note_quote, name="quote-renewal"),
    path("renewals/<int:key>/renew", renewals.note_renewed, name="renew"),
    path("renewals/<int:key>/lapse", renewals.lapse, name="let-lapse"),
    path("runs", runs.RUNS, name="runs"),
    path("runs/limit", runs.limit, name="set-run-limit"),
    path("runs/schedule", schedule.schedule, name="billing-schedule"),
    path("runs/schedule/set", schedule.set_one, name="set-billing-schedule"),
    path("runs/schedule/pause", schedule.pause, name="pause-billing-schedule"),
    path("runs/<int:key>", runs.run, name="run"),
    path("runs/<int:key>/progress", progress.progress, name="run-progress"),
    path("working", progress.working, name="working"),
    path("runs/<int:key>/approve", runs.approve, name="approve-run"),
    path("runs/<int:key>/execute", runs.execute, name="execute-run"),
    path("runs/<int:key>/send", runs.send, name="send-run"),
    path("runs/<int:key>/withdraw", runs.withdraw, name="withdraw-run"),
    path("runs/<int:key>/reverse", runs.reverse, name="reverse-run"),
    path("runs/<int:key>/take-back", runs.take_back, name="reverse-recognition"),
    path("trial-balance", ledger.trial_balance, name="trial-balance"),
    path("accounts-of-books/<str:code>", ledger.postings, name="postings"),
    path("periods", ledger.PERIODS, name="periods"),
    path("periods/open-year", ledger.open_year, name="open-year"),
    path("periods/<int:key>", ledger.period, name="period"),
    path("periods/<int:key>/lock", ledger.lock, name="lock-period"),
    path("company", companies.company, name="company"),
    path("company/seal", letterhead.seal, name="set-seal"),
    path("company/no-seal", letterhead.no_seal, name="drop-seal"),
    path("company/amend", letterhead.amend, name="amend-company"),
    path("process-map", process_map, name="process-map"),
    path("company/matrices/draft", matrices.draft, name="draft-matrix"),
    path("company/matrices/<int:key>/row", matrices.add, name="add-matrix-row"),
    path("company/matrices/<int:key>/activate", matrices.activate, name="activate-matrix"),
    path("company/matrices/<int:key>/withdraw", matrices.withdraw, name="withdraw-matrix"),
    path("company/matrices/<int:key>", companies.matrix, name="matrix"),
    path("notices", notices.NOTICES, name="notices"),
    path("notices/work", notices.NEW_WORK, name="new-work"),
    path("notices/read", notices.read_everything, name="read-notices"),
    path("notices/choose", choosing.choose_ways, name="choose-told"),
    path("notices/mine", choosing.told, name="told"),
    path("notices/open", notices.open_one, name="open-notice"),
    path("deputies", deputies.deputies, name="deputies"),
    path("deputies/name", deputies.name, name="name-deputy"),
    path("deputies/back", deputies.stand_back, name="stand-back"),
    path("deputies/one", deputies.deputation, name="deputation"),
    path("deputies/end", deputies.end, name="end-deputation"),
    path("deputies/work", deputies.stand_in, name="stand-in"),
    path("automatic-steps", outbox.GIVEN_UP, name="failed-deliveries"),
    path("automatic-steps/<int:key>", outbox.delivery, name="delivery"),
    path("automatic-steps/<int:key>/again", outbox.again, name="deliver-again"),
    path("webhooks", webhooks.WEBHOOKS, name="webhooks"),
    path("webhooks/register", telling.register, name="register-webhook"),
    path("webhooks/deliveries", webhooks.SENDINGS, name="webhook-deliveries"),
    path("webhooks/deliveries/<int:key>", webhooks.sending, name="webhook-delivery"),
    path("webhooks/deliveries/<int:key>/again", telling.again, name="send-again"),
    path("webhooks/<int:key>", webhooks.webhook, name="webhook"),
    path("webhooks/<int:key>/amend", telling.amend, name="amend-webhook"),
    path("webhooks/<int:key>/secret", telling.rotate, name="rotate-secret"),
    path("webhooks/<int:key>/ping", telling.try_out, name="ping-webhook"),
    path("webhooks/<int:key>/pause", telling.pause, name="pause-webhook"),
    path("webhooks/<int:key>/resume", telling.resume, name="resume-webhook"),
    path("webhooks/<int:key>/again", telling.again_since, name="send-again-since"),
    path("webhooks/<int:key>/end", telling.end, name="end-webhook"),
    path("files/<int:key>", files.file, name="file"),
    path("duties", held_pairs, name="duty-pairs"),
    path("looks", privacy.LOOKED, name="looks"),
    path("reveal/<str:of>", privacy.reveal_one, name="reveal"),
]
