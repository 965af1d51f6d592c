"""Reads of what a run issued and nobody sent yet, and of the runs that sent it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, Sum

from kanjo.domains.billing.models import Invoice, Sending
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import RunId
from kanjo.platform.runs.models import Run

SENDING = "billing.sending"
"""The kind of a run that sends what another one issued."""


@dataclass(frozen=True, slots=True)
class SentOfRun:
    """How many invoices a run issued, how many of them were sent and are to be, and the runs that do, newest first."""

    issued: int
    sent: int
    unsent: int
    sendings: tuple[RunId, ...]


_SENT = Sending.objects.filter(invoice_id=OuterRef("pk"))


def sent_of_run(run_id: RunId, actor: Actor) -> SentOfRun:
    """Return what of a run of the actor's companies was sent."""
    sendings = sendings_of(run_id).filter(company_id__in=actor.companies).order_by("-id")
    issued = Invoice.objects.visible_to(actor).filter(run_id=run_id)
    return SentOfRun(
        issued=issued.count(),
        sent=issued.filter(Exists(_SENT)).count(),
        unsent=unsent(run_id).filter(company_id__in=actor.companies).count(),
        sendings=tuple(RunId(key) for key in sendings.values_list("pk", flat=True)),
    )


def unsent(run_id: RunId) -> QuerySet[Invoice]:
    """Return what a run issued that was never sent, and not given back whole by credit notes of it."""
    notes = Invoice.objects.filter(original_id=OuterRef("pk")).order_by().values("original_id")
    issued = Invoice.objects.filter(~Exists(_SENT), run_id=run_id)
    back = issued.annotate(back=Subquery(notes.annotate(sum=Sum("total_minor")).values("sum")))
    return back.exclude(back__isnull=False, total_minor=-F("back"))


def run_sent_by(sending: RunId, actor: Actor) -> RunId:
    """Return the run whose invoices a sending run of the actor's companies sends."""
    return RunId(Run.objects.filter(kind=SENDING).seen(sending, actor).scope["run_id"])


def sendings_of(run_id: RunId) -> QuerySet[Run]:
    """Return the runs that sent, or are to send, what a run issued."""
    return Run.objects.filter(kind=SENDING, scope__run_id=run_id)
