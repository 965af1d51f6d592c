"""An export of a CRM becomes people, products, customers and deals; what cannot be taken waits and is not lost."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction

from kanjo.connectors.crm.rows import Entity, Stage
from kanjo.domains.catalog.queries import list_price_on, list_products
from kanjo.domains.customers.queries import list_customers
from kanjo.domains.opportunities.facts import Stage as DealStage
from kanjo.domains.opportunities.operations import win_opportunity
from kanjo.domains.opportunities.queries import (
    count_opportunities,
    list_opportunities,
    list_won_elsewhere,
    stage_totals,
)
from kanjo.foundation.actors import Role
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language, Text
from kanjo.platform.audit.queries import broken_links
from kanjo.platform.identity.models import Person
from kanjo.platform.identity.queries import find_actor, house
from kanjo.platform.imports.queries import count_quarantine, get_import, list_imports, list_quarantine
from kanjo.processes.import_crm import CompanyMissing, CrmImport, import_crm
from kanjo.processes.read_crm import read_crm
from kanjo.reports.identities import IDENTITIES
from tests.builders import a_company

MAVEN = Path(__file__).parents[2] / "examples" / "maven-crm"
NOW = datetime(2026, 4, 1, tzinfo=UTC)

MAPPING = """
company = "Maven Hardware"
currency = "USD"
dates = "month/day/year"
[products]
file = "products.csv"
key = "name"
[products.columns]
product = { field = "name", type = "text", required = true }
price = { field = "list_price", type = "money", required = true }
[agents]
file = "agents.csv"
key = "name"
[agents.columns]
agent = { field = "name", type = "text", required = true }
manager = { field = "manager", type = "text" }
office = { field = "regional_office", type = "text" }
[accounts]
file = "accounts.csv"
key = "name"
[accounts.columns]
account = { field = "name", type = "text", required = true }
country = { field = "country", type = "text" }
parent = { field = "parent", type = "text", refers_to = "accounts" }
[opportunities]
file = "deals.csv"
key = "key"
[opportunities.columns]
id = { field = "key", type = "text", required = true }
agent = { field = "agent", type = "text", required = true, refers_to = "agents" }
product = { field = "product", type = "text", required = true, refers_to = "products" }
account = { field = "account", type = "text", required = true, refers_to = "accounts" }
stage = { field = "stage", type = "stage", required = true }
engaged = { field = "engaged_on", type = "day" }
closed = { field = "closed_on", type = "day" }
value = { field = "value", type = "money", least = 0 }
[opportunities.stages]
Open = { means = "engaging", requires = ["engaged"] }
Won = { means = "won", requires = ["engaged", "closed", "value"] }
Lost = { means = "lost", requires = ["engaged", "closed"] }
"""
FILES = {
    "mapping.toml": MAPPING,
    "products.csv": "product,price\nBox,550\nBig Box,4821.50\n",
    "agents.csv": "agent,manager,office\nÉva Nagy,Max Chief,East\n田中 一郎,Max Chief,West\nMax Chief,,East\n",
    "accounts.csv": "account,country,parent\nBluth,Kenya,Sonron\nSonron,United States,\nAtlas,Atlantis,\n",
    "deals.csv": (
        "id,agent,product,account,stage,engaged,closed,value\n"
        "D1,Éva Nagy,Box,Bluth,Won,1/5/2017,3/1/2017,1054\n"
        "D2,田中 一郎,Big Box,Sonron,Lost,2/1/2017,2/3/2017,0\n"
        "D3,Éva Nagy,Box,,Open,2/2/2017,,\n"
        "D4,Éva Nagy,Boxx,Atlas,Won,2/2/2017,4/1/2017,99.99\n"
        ",Éva Nagy,Box,Bluth,Open,2/2/2017,,\n"
    ),
}


def an_export(folder: Path, **changed: str) -> Path:
    """Write the small export into *folder*; `deals="..."` replaces deals.csv."""
    folder.mkdir(exist_ok=True)
    texts = FILES | {f"{name}.csv": text for name, text in changed.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return folder


def takes_in(
    folder: Path, *, company: str | None = None, cures: Path | None = None, mended: Path | None = None
) -> CrmImport:
    export = read_crm(folder, cures=cures, mended=mended)
    with transaction.atomic():
        return import_crm(export=export, company_code=company, by=house(), at=NOW, report=_silently)


def _silently(done: int, total: int, what: Text) -> None:
    """Tell nobody."""


def rows_of(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # our own words
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


TABLES = (
    "identity_person", "identity_rolegrant", "customers_customer", "catalog_product", "catalog_price",
    "opportunities_opportunity", "imports_import", "imports_quarantinedrow", "audit_change",
)  # fmt: skip


def everything() -> Mapping[str, int]:
    return {table: rows_of(table) for table in TABLES}


@pytest.fixture
def maven() -> None:
    a_company("maven", currency="USD", name="Maven Hardware", name_en="Maven Hardware", language=Language.ENGLISH)


@pytest.mark.django_db
@pytest.mark.usefixtures("maven")
class TestSmallExport:
    def test_people_come_with_role_team_and_manager(self, tmp_path: Path) -> None:
        """Agents are reps of their office, managers manage; nobody can sign in yet."""
        takes_in(an_export(tmp_path))
        rep = Person.objects.get(email="eva.nagy@maven.example")
        assert (rep.name, rep.team, rep.has_usable_password()) == ("Éva Nagy", "East", False)
        assert rep.manager is not None
        assert (rep.manager.name, rep.manager.team) == ("Max Chief", "")
        chief = find_actor("max.chief@maven.example")
        assert chief is not None
        assert chief.roles == {Role.SALES_MANAGER, Role.SALES_REP}
        assert Person.objects.filter(name="田中 一郎", email__startswith="person-").count() == 1

    def test_products_have_their_list_price_from_the_first_day_of_any_deal(self, tmp_path: Path) -> None:
        """An export names no day for its prices: they count from its first engagement, to the cent."""
        takes_in(an_export(tmp_path))
        big, box = list_products(house(), on=date(2017, 1, 5))
        assert (big.terms.code, big.prices) == ("BIG-BOX", (Money(482_150, "USD"),))
        assert list_price_on(box.terms.product_id, "USD", date(2017, 1, 5)) == 55_000

    def test_customers_come_with_country_and_parent(self, tmp_path: Path) -> None:
        """A country nobody knows is told as a fault and kept in words; the customer is taken."""
        result = takes_in(an_export(tmp_path))
        atlas, bluth, sonron = list_customers(house())
        assert [row.country for row in (atlas, bluth, sonron)] == ["ZZ", "KE", "US"]
        assert (bluth.parent_id, bluth.language, bluth.external_key) == (sonron.id, Language.ENGLISH, "maven:Bluth")
        assert atlas.address.whole == "Atlantis"
        [fault] = [fault for fault in result.faults if fault.rule == "crm.country-unknown"]
        assert fault.place == "accounts.csv:4 country"

    def test_deals_come_at_their_stage_and_a_won_one_waits_for_its_order(self, tmp_path: Path) -> None:
        """Won there is expected here: the order wins it on its day."""
        takes_in(an_export(tmp_path))
        lost, won = list_opportunities(house())
        assert (lost.external_key, lost.stage, lost.closed_on) == ("D2", DealStage.LOST, date(2017, 2, 3))
        assert (won.stage, won.expected_close_on, won.expected_minor) == (
            DealStage.ENGAGING,
            date(2017, 3, 1),
            105_400,
        )
        assert (won.name, won.owner, won.product) == ("Bluth: Box", "Éva Nagy", "BOX")
        company = won.company_id
        assert [row.external_key for row in list_won_elsewhere(company)] == ["D1"]

    def test_an_open_deal_with_a_forecast_is_not_taken_for_a_won_one(self, tmp_path: Path) -> None:
        """Most CRMs know when an open deal should close and what it should bring: nothing was won by that."""
        forecast = FILES["deals.csv"].replace(
            "D3,Éva Nagy,Box,,Open,2/2/2017,,", "D3,Éva Nagy,Box,Atlas,Open,2/2/2017,6/1/2017,70"
        )
        takes_in(an_export(tmp_path, deals=forecast))
        open_deal = next(row for row in list_opportunities(house()) if row.external_key == "D3")
        assert (open_deal.stage, open_deal.expected_close_on) == (DealStage.ENGAGING, date(2017, 6, 1))
        assert (open_deal.expected_minor, open_deal.closed_on) == (7_000, None)
        assert [row.external_key for row in list_won_elsewhere(open_deal.company_id)] == ["D1"]

    def test_every_export_adds_the_wins_that_are_new(self, tmp_path: Path) -> None:
        """A second export with one deal more and two fewer: each win is counted once, in the export that brought it."""
        first = takes_in(an_export(tmp_path))
        head = FILES["deals.csv"].splitlines()[0]
        more = "D1,Éva Nagy,Box,Bluth,Won,1/5/2017,3/1/2017,1054\nD8,Éva Nagy,Box,Atlas,Won,1/5/2017,3/2/2017,6.50\n"
        second = takes_in(an_export(tmp_path, deals=f"{head}\n{more}"))
        found = [get_import(one.import_id, house()).counts["won"] for one in (first, second)]
        assert found == [
            {"deals": 1, "value_minor": {"USD": 105_400}},
            {"deals": 1, "value_minor": {"USD": 650}},
        ]
        company_id = list_opportunities(house())[0].company_id
        assert [one.check(company_id).holds for one in IDENTITIES if one.name.startswith("won-")] == [True] * 4

    def test_what_cannot_be_taken_waits_with_its_reasons(self, tmp_path: Path) -> None:
        """Three rows wait: no account, an unknown product, no key; each with file, line, cells and sentence."""
        result = takes_in(an_export(tmp_path))
        assert (result.read[Entity.OPPORTUNITIES], result.taken[Entity.OPPORTUNITIES], result.waiting) == (5, 2, 3)
        waiting = [shown.row for shown in list_quarantine(house())]
        assert [(row.key, row.line) for row in waiting] == [("D3", 4), ("D4", 5), ("deals.csv:6", 6)]
        assert [fault.rule for row in waiting for fault in row.faults] == [
            "crm.required-missing",
            "crm.unknown-reference",
            "crm.required-missing",
        ]
        assert waiting[1].cells["product"] == "Boxx"
        assert "Box" in waiting[1].faults[0].sentence.ja
        assert count_quarantine(house(), rule="crm.unknown-reference") == 1

    def test_the_document_of_the_import_says_what_it_read(self, tmp_path: Path) -> None:
        """Every import is on record with the digests of its files and its counts."""
        result = takes_in(an_export(tmp_path))
        row = get_import(result.import_id, house())
        assert set(row.counts["files"]) == set(FILES)
        assert row.counts["new"] == {"products": 2, "agents": 3, "accounts": 3, "opportunities": 2}
        assert row.effective_on == date(2026, 4, 1)
        assert [one.id for one in list_imports(house())] == [result.import_id]

    def test_the_same_export_again_changes_nothing(self, tmp_path: Path) -> None:
        """Not one row more, in no table."""
        takes_in(an_export(tmp_path))
        before = everything()
        again = takes_in(tmp_path)
        assert again.again
        assert (set(again.new.values()), again.waiting) == ({0}, 3)
        assert everything() == before

    def test_mended_rows_are_taken_and_the_others_go_on_waiting(self, tmp_path: Path) -> None:
        """Two of three rows are mended by hand: two deals are new, one row waits."""
        folder = an_export(tmp_path / "export")
        takes_in(folder)
        mended = tmp_path / "mended"
        mended.mkdir()
        (mended / "deals.csv").write_text(
            "kanjo_line,kanjo_faults,id,account,product\n4,,D3,Atlas,Box\n6,,D6,Bluth,Box\n", "utf-8"
        )
        result = takes_in(folder, mended=mended)
        assert (result.new[Entity.OPPORTUNITIES], result.mended, result.waiting) == (2, 2, 1)
        assert {row.external_key for row in list_opportunities(house())} == {"D1", "D2", "D3", "D6"}
        assert [shown.mended_in for shown in list_quarantine(house(), mended=True)] == [result.import_id] * 2
        assert takes_in(folder, mended=mended).again

    def test_a_cure_accepted_later_takes_what_waited(self, tmp_path: Path) -> None:
        """Boxx is Box: once accepted, its deal leaves the quarantine."""
        folder = an_export(tmp_path / "export")
        takes_in(folder)
        cures = tmp_path / "cures.toml"
        cures.write_text('[[cure]]\nfile = "deals.csv"\nfield = "product"\nfrom = "Boxx"\nto = "Box"\n', "utf-8")
        result = takes_in(folder, cures=cures)
        assert (result.new[Entity.OPPORTUNITIES], result.mended, result.waiting) == (1, 1, 2)
        uncured = takes_in(an_export(folder, agents=FILES["agents.csv"] + "New Rep,,\n"))
        assert (uncured.new[Entity.AGENTS], uncured.waiting) == (1, 2)

    def test_a_later_export_never_undoes_what_happened_here(self, tmp_path: Path) -> None:
        """A deal won here stays won; a changed price counts from today; a new deal is added."""
        takes_in(an_export(tmp_path))
        [deal] = [row for row in list_opportunities(house()) if row.external_key == "D1"]
        with transaction.atomic():
            win_opportunity(
                opportunity_id=deal.id, on=date(2017, 3, 1), value=Money(105_400, "USD"), by=house(), at=NOW
            )
        more = FILES["deals.csv"] + "D7,Éva Nagy,Box,Atlas,Open,5/5/2017,,\n"
        result = takes_in(an_export(tmp_path, deals=more, products="product,price\nBox,600\nBig Box,4821.50\n"))
        assert result.new == {"products": 0, "agents": 0, "accounts": 0, "opportunities": 1}
        assert {(row.stage, row.deals) for row in stage_totals(house())} == {("won", 1), ("lost", 1), ("engaging", 1)}
        prices = [list_price_on(deal.product_id, "USD", day) for day in (date(2017, 1, 5), date(2026, 4, 1))]
        assert prices == [55_000, 60_000]
        assert count_quarantine(house()) == 3

    def test_a_namesake_gets_an_address_of_its_own(self, tmp_path: Path) -> None:
        """Two names that sound alike in Latin letters are two persons."""
        takes_in(an_export(tmp_path, agents=FILES["agents.csv"] + "Eva Nagy,,\n"))
        assert sorted(Person.objects.filter(email__startswith="eva").values_list("email", "name")) == [
            ("eva.nagy2@maven.example", "Eva Nagy"),
            ("eva.nagy@maven.example", "Éva Nagy"),
        ]

    def test_a_company_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        """The sentence names what is missing and what there is."""
        with pytest.raises(CompanyMissing, match=r"“nowhere”.*--company CODE \(maven\)"):
            takes_in(an_export(tmp_path), company="nowhere")
        assert rows_of("imports_import") == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("maven")
class TestMaven:
    def test_the_control_figures_hold(self) -> None:
        """8,800 deals are read, 7,375 taken; the books say 4,238 won and 10,005,534 dollars on both sides."""
        result = takes_in(MAVEN, cures=MAVEN / "cures.toml")
        assert (result.stages[Stage.WON], result.stages[Stage.LOST]) == (4_238, 2_473)
        assert (result.stages[Stage.ENGAGING], result.stages[Stage.PROSPECTING]) == (1_589, 500)
        assert result.new == {"products": 7, "agents": 35, "accounts": 85, "opportunities": 7_375}
        assert (result.waiting, count_quarantine(house()), count_opportunities(house())) == (1_425, 1_425, 7_375)
        totals = {row.stage: row for row in stage_totals(house())}
        assert {stage: row.deals for stage, row in totals.items()} == {
            "engaging": 4_238 + 501,
            "lost": 2_473,
            "prospecting": 163,
        }
        assert totals[DealStage.ENGAGING].expected_minor == 10_005_534_00
        company_id = list_opportunities(house(), limit=1)[0].company_id
        sides = {one.name: one.check(company_id).sides for one in IDENTITIES if one.name.startswith("won-")}
        assert [(side.left, side.right) for side in sides["won-count"]] == [(4_238, 4_238)]
        assert [(side.left, side.right) for side in sides["won-value"]] == [(10_005_534_00, 10_005_534_00)]
        assert len(list_won_elsewhere(list_opportunities(house(), limit=1)[0].company_id)) == 4_238


@pytest.mark.usefixtures("fresh_database")
def test_two_imports_at_once_make_one(tmp_path: Path) -> None:
    """Two people import the same export at the same moment: one takes it in, the other finds it done."""
    a_company("maven", currency="USD", name="Maven Hardware", name_en="Maven Hardware")
    folder = an_export(tmp_path)
    start = threading.Barrier(2)
    results: list[CrmImport] = []

    def one() -> None:
        start.wait()
        results.append(takes_in(folder))
        connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.again for result in results) == [False, True]
    assert (rows_of("opportunities_opportunity"), rows_of("imports_quarantinedrow")) == (2, 3)
    assert broken_links() == []
