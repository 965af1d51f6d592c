"""`kanjo user`: who may sign in, with which roles, in which selling companies."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar

import typer

from kanjo.foundation.actors import ROLE_NAMES, Role
from kanjo.foundation.ids import PersonId
from kanjo.foundation.texts import Text
from kanjo.surfaces.console.companies import company_named
from kanjo.surfaces.console.refusals import UnknownName
from kanjo.surfaces.console.speaking import AsJson, language, print_json, said, say, table

T = TypeVar("T")

Email = Annotated[str, typer.Argument(help=said("E-mail address to sign in with.", "サインインに使うメールアドレス。"))]
Name = Annotated[str, typer.Option(help=said("The person's name.", "氏名。"))]
Roles = Annotated[list[str], typer.Option("--role", help=said("A role; may be repeated.", "役割（複数指定可）。"))]
OneCompany = Annotated[str, typer.Argument(help=said("Code of the selling company.", "販売会社コード。"))]
Because = Annotated[
    str, typer.Option("--because", help=said("The reason, for the trail.", "理由（監査証跡に残ります）。"))
]
OneRole = Annotated[str, typer.Argument(help=said("The role.", "役割。"))]
Companies = Annotated[
    list[str],
    typer.Option(
        "--company", help=said("Code of a selling company; may be repeated.", "販売会社コード（複数指定可）。")
    ),
]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=said("People who may sign in.", "サインインできる人を管理します。"), no_args_is_help=True)
    group.command("add", help=said("Let a person in.", "人を追加します。"))(add)
    group.command("list", help=said("List people.", "人の一覧を表示します。"))(list_people)
    group.command("grant", help=said("Give a role.", "役割を付与します。"))(grant)
    group.command("withdraw", help=said("Take a role away.", "役割を取り消します。"))(withdraw)
    group.command("password", help=said("Draw a new password.", "新しいパスワードを発行します。"))(password)
    group.command("lost-factor", help=said("Remove a lost second factor.", "紛失した2段階認証を解除します。"))(
        lost_factor
    )
    group.command("assign", help=said("Let a person see a company.", "販売会社を割り当てます。"))(assign)
    group.command("unassign", help=said("Take a company away.", "販売会社の割当を外します。"))(unassign)
    group.command("dismiss", help=said("Shut a person out.", "利用を停止します。"))(dismiss)
    group.command("readmit", help=said("Let who was dismissed in again.", "利用停止を解除します。"))(readmit)
    cli.add_typer(group, name="user")


def add(email: Email, name: Name, role: Roles, company: Companies, as_json: AsJson = False) -> None:
    """Let a person in, and print once the password that was drawn for them."""
    _open()
    from django.db import transaction

    from kanjo.foundation.ids import CompanyId
    from kanjo.platform.companies.models import SellingCompany
    from kanjo.platform.identity.operations import admit_person
    from kanjo.platform.identity.queries import house

    known = {row.code: CompanyId(row.pk) for row in SellingCompany.objects.order_by("code")}
    drawn = secrets.token_urlsafe(12)
    with transaction.atomic():
        admit_person(
            email=email,
            name=name,
            roles=[_role(one) for one in role],
            companies=[_chosen(Text(en="selling company", ja="販売会社"), code, known) for code in company],
            password=drawn,
            by=house(),
            at=datetime.now(UTC),
        )
    _tell_password(email, drawn, as_json=as_json)


def list_people(as_json: AsJson = False) -> None:
    """List everybody who may sign in, with roles and companies."""
    _open()
    from kanjo.platform.companies.models import SellingCompany
    from kanjo.platform.identity.models import Person
    from kanjo.platform.identity.queries import actor_of

    codes = dict(SellingCompany.objects.values_list("pk", "code"))
    people = [
        {
            "email": person.email,
            "name": person.name,
            "roles": sorted(actor.roles),
            "companies": sorted(codes[company] for company in actor.companies),
        }
        for person in Person.objects.filter(is_active=True, is_system=False).order_by("email")
        for actor in [actor_of(person)]
    ]
    if as_json:
        print_json(people)
        return
    headings = said("E-mail|Name|Roles|Companies", "メールアドレス|氏名|役割|販売会社").split("|")
    table(
        headings,
        [
            [
                str(one["email"]),
                str(one["name"]),
                ", ".join(ROLE_NAMES[Role(role)].said_in(language()) for role in one["roles"]),
                ", ".join(one["companies"]),
            ]
            for one in people
        ],
    )


def grant(email: Email, role: OneRole) -> None:
    """Give a role to a person."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import grant_role
    from kanjo.platform.identity.queries import house

    with transaction.atomic():
        grant_role(person_id=_person(email), role=_role(role), by=house(), at=datetime.now(UTC))
    say(Text(en=f"{email} now holds {role}.", ja=f"{email} に役割 {role} を付与しました。"))


def withdraw(email: Email, role: OneRole) -> None:
    """Take a role from a person."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import withdraw_role
    from kanjo.platform.identity.queries import house

    with transaction.atomic():
        withdraw_role(person_id=_person(email), role=_role(role), by=house(), at=datetime.now(UTC))
    say(Text(en=f"{email} no longer holds {role}.", ja=f"{email} の役割 {role} を取り消しました。"))


def password(email: Email, as_json: AsJson = False) -> None:
    """Draw a new password for a person and print it once."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import set_password
    from kanjo.platform.identity.queries import house

    drawn = secrets.token_urlsafe(12)
    with transaction.atomic():
        set_password(person_id=_person(email), password=drawn, by=house(), at=datetime.now(UTC))
    _tell_password(email, drawn, as_json=as_json)


def lost_factor(email: Email, because: Because) -> None:
    """Take away the second factor of a person who lost it; it sets up a new one after the next sign-in."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import remove_factors
    from kanjo.platform.identity.queries import house

    with transaction.atomic():
        remove_factors(person_id=_person(email), because=because, by=house(), at=datetime.now(UTC))
    say(
        Text(
            en=f"{email} sets up a new second factor after the next sign-in.",
            ja=f"{email} の2段階認証を解除しました。次回サインイン後に再設定が必要です。",
        )
    )


def assign(email: Email, company: OneCompany) -> None:
    """Let a person see a selling company."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import assign_company
    from kanjo.platform.identity.queries import house

    company_id = company_named(company).id
    with transaction.atomic():
        assign_company(person_id=_person(email), company_id=company_id, by=house(), at=datetime.now(UTC))
    say(Text(en=f"{email} now sees {company}.", ja=f"{email} に販売会社 {company} を割り当てました。"))


def unassign(email: Email, company: OneCompany) -> None:
    """Let a person no longer see a selling company."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import unassign_company
    from kanjo.platform.identity.queries import house

    company_id = company_named(company).id
    with transaction.atomic():
        unassign_company(person_id=_person(email), company_id=company_id, by=house(), at=datetime.now(UTC))
    say(Text(en=f"{email} no longer sees {company}.", ja=f"{email} から販売会社 {company} の割当を外しました。"))


def dismiss(email: Email) -> None:
    """Shut a person out; its open sessions end at the next request."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import dismiss_person
    from kanjo.platform.identity.queries import house

    with transaction.atomic():
        dismiss_person(person_id=_person(email), by=house(), at=datetime.now(UTC))
    say(Text(en=f"{email} can no longer sign in.", ja=f"{email} はサインインできなくなりました。"))


def readmit(email: Email, as_json: AsJson = False) -> None:
    """Let a dismissed person in again, and print once the new password that was drawn for it."""
    _open()
    from django.db import transaction

    from kanjo.platform.identity.operations import readmit_person
    from kanjo.platform.identity.queries import house

    drawn = secrets.token_urlsafe(12)
    with transaction.atomic():
        readmit_person(person_id=_person(email), password=drawn, by=house(), at=datetime.now(UTC))
    _tell_password(email, drawn, as_json=as_json)


def _open() -> None:
    import django

    django.setup()


def _person(email: str) -> PersonId:
    from kanjo.platform.identity.queries import find_actor

    actor = find_actor(email)
    if actor is None:
        raise UnknownName(what=Text(en="person", ja="人"), name=email, known="kanjo user list")
    return actor.id


def _role(name: str) -> Role:
    return _chosen(Text(en="role", ja="役割"), name, {role.value: role for role in Role})


def _chosen(what: Text, name: str, known: Mapping[str, T]) -> T:
    try:
        return known[name]
    except KeyError:
        raise UnknownName(what=what, name=name, known=", ".join(known) or "-") from None


def _tell_password(email: str, drawn: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"email": email, "password": drawn})
    else:
        say(Text(en=f"{email} signs in with: {drawn}", ja=f"{email} のパスワード: {drawn}"))
