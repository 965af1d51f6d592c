"""`kanjo company`: a selling company of one's own begins."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from kanjo.foundation.texts import Language, Text
from kanjo.surfaces.console.companies import company_named
from kanjo.surfaces.console.refusals import NotACode, UnknownName
from kanjo.surfaces.console.speaking import AsJson, print_json, said, say

Code = Annotated[str, typer.Argument(help=said("Its code: small letters, digits, -.", "コード（英小文字・数字・-）。"))]
Name = Annotated[str, typer.Option("--name", help=said("Its name.", "会社名。"))]
NameEn = Annotated[str, typer.Option("--name-en", help=said("Its name in English.", "英語の会社名。"))]
Currency = Annotated[str, typer.Option("--currency", help=said("Currency of its books.", "帳簿の通貨。"))]
Address = Annotated[str, typer.Option("--address", help=said("Its address.", "住所。"))]
Number = Annotated[
    str, typer.Option("--registration-number", help=said("T and 13 digits, if it has one.", "登録番号（T と13桁）。"))
]
Bank = Annotated[str, typer.Option("--bank-account", help=said("Where customers pay.", "振込先口座。"))]
Month = Annotated[int, typer.Option("--first-month", help=said("First month of its fiscal year.", "年度の開始月。"))]
Zone = Annotated[str, typer.Option("--time-zone", help=said("Where its days begin.", "タイムゾーン。"))]
P12 = Annotated[Path, typer.Argument(help=said("A PKCS#12 file (.p12) with key.", "秘密鍵を含むPKCS#12ファイル。"))]
Person = Annotated[str, typer.Option("--by", help=said("E-mail of who does it.", "実行する人のメールアドレス。"))]
Spoken = Annotated[str, typer.Option("--language", help=said("ja or en.", "ja または en。"))]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help=said("Selling companies.", "販売会社を管理します。"), no_args_is_help=True)
    group.command("found", help=said("Found a company of your own.", "自社を登録します。"))(found)
    group.command("matrix", help=said("Put the drafted matrix in force.", "承認マトリックスを有効化します。"))(matrix)
    group.command("chart", help=said("Add accounts that its chart lacks.", "不足している勘定科目を追加します。"))(chart)
    group.command(
        "certificate", help=said("Sign its papers from now on.", "電子証明書を登録します（以後の帳票に署名）。")
    )(certificate)
    cli.add_typer(group, name="company")


def found(
    code: Code,
    *,
    name: Name,
    name_en: NameEn,
    currency: Currency = "JPY",
    address: Address = "",
    registration_number: Number = "",
    bank_account: Bank = "",
    first_month: Month = 4,
    time_zone: Zone = "Asia/Tokyo",
    language: Spoken = "ja",
    as_json: AsJson = False,
) -> None:
    """Found a company, with the books of this fiscal year and the next, and a drafted approval matrix."""
    import django

    django.setup()
    from zoneinfo import ZoneInfo, available_timezones

    from kanjo.foundation import corporate_numbers
    from kanjo.foundation.fiscal import FiscalCalendar
    from kanjo.foundation.periods import Period
    from kanjo.processes.found_company import Charter
    from kanjo.processes.found_with_standards import found_with_standards

    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,31}", code):
        raise NotACode(code=code)
    if time_zone not in available_timezones():
        raise UnknownName(what=Text(en="time zone", ja="タイムゾーン"), name=time_zone, known="Asia/Tokyo, UTC, …")
    if language not in set(Language):
        raise UnknownName(what=Text(en="language", ja="言語"), name=language, known=", ".join(Language))
    at = datetime.now(UTC)
    calendar = FiscalCalendar(first_month=first_month)
    year = calendar.year_of(at.astimezone(ZoneInfo(time_zone)).date())
    charter = Charter(
        code=code,
        name=name,
        name_en=name_en,
        currency=currency,
        language=Language(language),
        books=Period(calendar.year(year).start, calendar.year(year + 1).until),
        address=address,
        fiscal_first_month=first_month,
        time_zone=time_zone,
        registration_number=corporate_numbers.registration_number(registration_number) if registration_number else "",
        bank_account=bank_account,
    )
    company_id = found_with_standards(charter=charter, at=at)
    if as_json:
        print_json({"id": company_id, "code": code, "books": [charter.books.start, charter.books.last_on]})
        return
    books = f"{charter.books.start} – {charter.books.last_on}"
    say(Text(en=f"{code} is founded; its books are open {books}.", ja=f"{code} を登録しました。会計期間: {books}。"))
    say(
        Text(
            en=f"Let people in: ./kanjo user add EMAIL --name NAME --role cfo --company {code}\n"
            f"One of them puts the approval matrix in force: ./kanjo company matrix {code} --by EMAIL",
            ja=f"利用者の登録: ./kanjo user add メールアドレス --name 氏名 --role cfo --company {code}\n"
            f"承認マトリックスの有効化: ./kanjo company matrix {code} --by メールアドレス",
        )
    )


def matrix(code: Code, by: Person) -> None:
    """Put the drafted approval matrix in force from today, in the name of an approver, CxO, CFO or CLO."""
    import django

    django.setup()
    from kanjo.platform.identity.queries import find_actor
    from kanjo.processes.found_with_standards import activate_drafted

    company, actor, at = company_named(code), find_actor(by), datetime.now(UTC)
    if actor is None:
        raise UnknownName(what=Text(en="person", ja="人"), name=by, known="kanjo user list")
    version = activate_drafted(company_id=company.id, on=company.today(at), by=actor, at=at)
    say(Text(en=f"Version {version} is in force from today.", ja=f"第 {version} 版を本日から有効にしました。"))


def chart(code: Code) -> None:
    """Add the accounts that the chart of a company lacks, as after an upgrade."""
    import django

    django.setup()
    from django.db import transaction

    from kanjo.platform.identity.queries import house
    from kanjo.platform.ledger.operations import complete_chart

    with transaction.atomic():
        added = complete_chart(company_id=company_named(code).id, by=house(), at=datetime.now(UTC))
    say(Text(en=f"Accounts added: {added}.", ja=f"追加した勘定科目: {added} 件"))


def certificate(code: Code, file: P12) -> None:
    """Keep the certificate with which the papers of a company are signed from now on."""
    import django

    django.setup()
    from kanjo.platform.documents.signing import keep_certificate

    company = company_named(code)
    until = keep_certificate(file.read_bytes(), company.code).date()
    say(
        Text(
            en=f"Papers of {code} are signed from now on. The certificate is valid until {until}.",
            ja=f"{code} の帳票に以後署名します。電子証明書の有効期限: {until}。",
        )
    )
