"""A company of one's own begins with the standard approval matrix: drafted by the house, put in force by a person."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kanjo.domains.approvals import operations as approvals
from kanjo.domains.approvals.facts import MatrixState
from kanjo.domains.approvals.queries import STANDARD_ROWS, list_matrices
from kanjo.foundation.actors import Actor
from kanjo.foundation.ids import CompanyId
from kanjo.foundation.quoting import quoted
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany
from kanjo.platform.identity.queries import house
from kanjo.platform.tables import alone
from kanjo.processes.found_company import Charter, found_company


class CompanyKnown(Refusal):
    """A selling company of that code is there."""

    rule = "companies.known"
    kind = RefusalKind.CONFLICT
    says = Text(en="The selling company “{code}” is there already.", ja="販売会社「{code}」はすでに登録されています。")
    remedy = Text(en="Choose another code.", ja="別のコードを指定してください。")


class NothingDrafted(Refusal):
    """No version of the matrix waits to be put in force."""

    rule = "companies.no-drafted-matrix"
    kind = RefusalKind.CONFLICT
    says = Text(en="No approval matrix of the company is drafted.", ja="承認マトリックスの下書きがありません。")
    remedy = Text(
        en="The pages show the versions and which is in force.", ja="有効な版は画面の一覧で確認してください。"
    )


def found_with_standards(*, charter: Charter, at: datetime) -> CompanyId:
    """Found a company and draft its standard matrix; owns its transaction. Refuses `CompanyKnown`."""
    with transaction.atomic():
        acting = house()
        alone("companies.found", 0)
        if SellingCompany.objects.filter(code=charter.code).exists():
            raise CompanyKnown(code=quoted(charter.code))
        company_id = found_company(charter=charter, by=acting, at=at)
        approvals.draft_matrix(company_id=company_id, rows=STANDARD_ROWS, by=house(), at=at)
        return company_id


def activate_drafted(*, company_id: CompanyId, on: date, by: Actor, at: datetime) -> int:
    """Put the newest drafted matrix in force from *on* and return its version; owns its transaction.

    Refuses `NothingDrafted`, and whoever drafted it.
    """
    with transaction.atomic():
        versions = list_matrices(by, company_id=company_id)
        drafted = next((one for one in versions if one.state is MatrixState.DRAFTED), None)
        if drafted is None:
            raise NothingDrafted
        approvals.activate_matrix(matrix_id=drafted.id, effective_from=on, on=on, by=by, at=at)
        return drafted.version
