"""The door of an invitation: the link is taken out of sight at once, then the person chooses how it signs in."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from kanjo.platform.access.queries import digest_of
from kanjo.platform.identity.invitations import Invited, accept_invitation, get_invitation
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import get_actor
from kanjo.surfaces.web.company_sign_in.pages import INVITATION, INVITED, led
from kanjo.surfaces.web.doors import PUBLIC, door


@door(PUBLIC)
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Remember whose link it is, and lead on to an address that tells it to nobody."""
    request.session[INVITATION] = digest_of(secret)
    answer = HttpResponseRedirect(reverse("invitation"))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@door(PUBLIC)
def invitation(request: HttpRequest) -> HttpResponse:
    """Ask the person for a password, or lead it to the company's sign-in; then it is in."""
    invited = get_invitation(request.session.get(INVITATION, ""), timezone.now())
    translation.activate(invited.language)
    faults: list[str] = []
    if request.method == "POST":
        faults = _faults(request, invited)
        if not faults:
            return _let_in(request, invited)
    context = {"invited": invited, "faults": faults}
    # Its address tells nothing, so that it keeps the policy of every page: under "no-referrer" browsers send the form
    # without its origin, and it would be refused.
    return render(request, "invitation.html", context, status=400 if faults else 200)


@door(PUBLIC)
def by_company(request: HttpRequest) -> HttpResponse:
    """Lead the person of the invitation to the company's sign-in."""
    get_invitation(request.session.get(INVITATION, ""), timezone.now())
    return HttpResponseRedirect(led(request, INVITED))


def _faults(request: HttpRequest, invited: Invited) -> list[str]:
    typed, again = request.POST.get("password1", ""), request.POST.get("password2", "")
    if typed != again:
        return [translation.gettext("The two passwords are not the same.")]
    try:
        validate_password(typed, Person.objects.get(pk=invited.person_id))
    except ValidationError as error:
        return list(error.messages)
    return []


def _let_in(request: HttpRequest, invited: Invited) -> HttpResponse:
    with transaction.atomic():
        accept_invitation(
            digest=invited.digest,
            password=request.POST["password1"],
            by=get_actor(invited.person_id),
            at=timezone.now(),
        )
    del request.session[INVITATION]
    person = Person.objects.get(pk=invited.person_id)
    record_authentication(request, person, "password")
    answer: HttpResponse = perform_login(
        request, person, email_verification="none", redirect_url=settings.LOGIN_REDIRECT_URL
    )
    return answer
