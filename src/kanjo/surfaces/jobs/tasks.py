"""What runs by schedule. A run that is still going keeps the next one from starting (the queueing lock)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from procrastinate.contrib.django import app

EVERY_FIVE_SECONDS: Final = "*/5 * * * * *"
BEFORE_WORK: Final = "0 0 23 * * 0-4"
"""23:00 UTC from Sunday to Thursday is eight in the morning of a working day in Japan."""
EARLY_EVERY_DAY: Final = "0 10 18 * * *"
"""18:10 UTC is ten past three in the morning in Japan."""


@app.periodic(cron=EVERY_FIVE_SECONDS)
@app.task(queueing_lock="deliver-facts", pass_context=False)
def deliver_facts(timestamp: int) -> int:
    """Deliver what waits in the outbox; return how many facts reached their reaction."""
    from kanjo.platform.identity.queries import house
    from kanjo.platform.outbox.operations import deliver

    return deliver(by=house(), at=datetime.now(UTC))


@app.periodic(cron=EARLY_EVERY_DAY)
@app.task(queueing_lock="find-renewals", pass_context=False)
def find_renewals(timestamp: int) -> int:
    """Put contracts that entered their notice window before the renewal reps; return how many."""
    from django.db import transaction

    from kanjo.foundation.ids import CompanyId
    from kanjo.platform.companies.models import SellingCompany
    from kanjo.platform.identity.queries import house
    from kanjo.processes.find_renewals import find_renewals as find

    now, found = datetime.now(UTC), 0
    for company in SellingCompany.objects.order_by("id"):
        today = now.astimezone(ZoneInfo(company.time_zone)).date()
        with transaction.atomic():
            found += len(find(company_id=CompanyId(company.pk), on=today, by=house(), at=now))
    return found


@app.periodic(cron=BEFORE_WORK)
@app.task(queueing_lock="mail-digest", pass_context=False)
def mail_digest(timestamp: int) -> int:
    """Tell each person by e-mail what waits in its queue; return how many messages were sent."""
    from django.conf import settings

    from kanjo.processes.mail_digest import mail_digest as mail

    return mail(address=settings.ENVIRONMENT.public_url)
