"""What becomes of a CRM export: every row is taken or quarantined, every fault is told with its line."""

from __future__ import annotations

import csv
import time
from collections import Counter
from dataclasses import replace as changed
from datetime import date
from pathlib import Path

import pytest

from kanjo.connectors.crm.cures import read_cures
from kanjo.connectors.crm.faults import Cure, Fault, Severity
from kanjo.connectors.crm.quarantine import Mended, read_mended, write_quarantine
from kanjo.connectors.crm.reading import Reading, read_export
from kanjo.connectors.crm.refusals import MappingWrong
from kanjo.connectors.crm.rows import Account, Entity, Opportunity, Stage
from kanjo.foundation.money import Money
from kanjo.foundation.texts import Language
from tests.connectors.exports import MAVEN, PIPELINE, add_line, replace, small_export


@pytest.fixture(scope="module")
def maven() -> Reading:
    return read_export(MAVEN, cures=read_cures(MAVEN / "cures.toml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_export(tmp_path)


def rules(reading: Reading) -> Counter[tuple[str, Severity]]:
    return Counter((fault.rule, fault.severity) for fault in reading.faults)


def only_fault(reading: Reading) -> Fault:
    held = [fault for fault in reading.faults if fault.severity is not Severity.NOTE]
    assert len(held) == 1
    return held[0]


class TestTheMavenExport:
    def test_every_opportunity_is_taken_or_waits_for_its_account(self, maven: Reading) -> None:
        """7,375 opportunities are taken and 1,425 without an account are quarantined: 8,800, none lost."""
        assert maven.counts.read[Entity.OPPORTUNITIES] == 8_800
        assert len(maven.opportunities) == maven.counts.taken[Entity.OPPORTUNITIES] == 7_375
        assert len(maven.quarantined) == maven.counts.quarantined[Entity.OPPORTUNITIES] == 1_425
        assert {fault.rule for row in maven.quarantined for fault in row.faults if fault.field == "account"} == {
            "crm.required-missing"
        }
        assert (len(maven.accounts), len(maven.products), len(maven.agents)) == (85, 7, 35)

    def test_control_figures_of_the_publisher_are_met(self, maven: Reading) -> None:
        """Won 4,238, lost 2,473, won value USD 10,005,534, as the publisher counts them."""
        stages = Counter(deal.stage for deal in maven.opportunities)
        assert (stages[Stage.WON], stages[Stage.LOST]) == (4_238, 2_473)
        won = Money.total((deal.value for deal in maven.opportunities if deal.stage is Stage.WON and deal.value), "USD")
        assert won == Money(1_000_553_400, "USD")
        assert maven.counts.stages == {
            Stage.WON: 4_238,
            Stage.LOST: 2_473,
            Stage.ENGAGING: 1_589,
            Stage.PROSPECTING: 500,
        }

    def test_won_value_by_region_follows_from_the_joins(self, maven: Reading) -> None:
        """Central, East and West won 3,346,293, 3,090,594 and 3,568,647 dollars."""
        office = {agent.name: agent.regional_office for agent in maven.agents}
        won: Counter[str] = Counter()
        for deal in maven.opportunities:
            if deal.stage is Stage.WON and deal.value:
                won[office[deal.agent]] += deal.value.minor
        assert won == {"Central": 334_629_300, "East": 309_059_400, "West": 356_864_700}

    def test_cures_are_counted(self, maven: Reading) -> None:
        """GTXPro is cured 1,480 times, technolgy 12 times, Philipines once."""
        used = {cure.replaces: count for cure, count in maven.counts.cures.items()}
        assert used == {"GTXPro": 1_480, "technolgy": 12, "Philipines": 1}
        assert maven.counts.severities[Severity.CURED] == 1_493

    def test_what_may_be_unknown_yet_is_noted(self, maven: Reading) -> None:
        """Open deals without dates and value, and the five idle agents, are notes; nothing else is."""
        notes = {rule: count for (rule, severity), count in rules(maven).items() if severity is Severity.NOTE}
        assert notes == {"crm.not-yet-known": 500 + 2_089 + 2_089, "crm.without-opportunities": 5}
        idle = {fault.value for fault in maven.faults if fault.rule == "crm.without-opportunities"}
        assert idle == {"Mei-Mei Johns", "Natalya Ivanova", "Carl Lin", "Carol Thompson", "Elizabeth Anderson"}

    def test_without_cures_the_right_ones_are_proposed(self) -> None:
        """The three accepted cures are exactly those the reading proposes by itself."""
        reading = read_export(MAVEN)
        proposed = {fault.proposed_cure for fault in reading.faults if fault.proposed_cure}
        accepted = {changed(cure, because="") for cure in read_cures(MAVEN / "cures.toml")}
        assert proposed == accepted
        assert rules(reading)["crm.unknown-reference", Severity.QUARANTINED] == 1_480
        assert reading.counts.taken[Entity.OPPORTUNITIES] == 8_800 - 2_683

    def test_first_rows_are_exact(self, maven: Reading) -> None:
        """The first deal and the first account carry exact days and minor units."""
        assert maven.opportunities[0] == Opportunity(
            line=2,
            key="1C1I7A6R",
            agent="Moses Frase",
            product="GTX Plus Basic",
            account="Cancity",
            stage=Stage.WON,
            engaged_on=date(2016, 10, 20),
            closed_on=date(2017, 3, 1),
            value=Money(105_400, "USD"),
        )
        assert maven.accounts[0] == Account(
            line=2,
            name="Acme Corporation",
            sector="technology",
            established_year=1996,
            revenue=Money(110_004_000_000, "USD"),
            employees=2822,
            country="United States",
        )

    def test_it_is_read_within_a_second(self) -> None:
        """8,800 opportunities are read in less than a second of processor time."""
        started = time.process_time()
        read_export(MAVEN)
        assert time.process_time() - started < 1


class TestFaultyRows:
    @pytest.mark.parametrize(
        ("line", "field", "rule"),
        [
            ("A3,Moses Frase,GTX Pro,Acme,Won,13/20/2016,3/1/2017,10", "engage_date", "crm.bad-date"),
            ("A3,Moses Frase,GTX Pro,Acme,Won,2/29/2017,3/1/2017,10", "engage_date", "crm.bad-date"),
            ("A3,Moses Frase,GTX Pro,Acme,Won,1/2/2017,3/1/2017,ten", "close_value", "crm.bad-number"),
            ("A3,Moses Frase,GTX Pro,Acme,Won,1/2/2017,3/1/2017,10.005", "close_value", "crm.bad-number"),
            ("A3,Moses Frase,GTX Pro,Acme,Won,1/2/2017,3/1/2017,-5", "close_value", "crm.out-of-bounds"),
            ("A3,Moses Frase,GTX Pro,Acme,Won,3/2/2017,3/1/2017,10", "close_date", "crm.dates-reversed"),
            ("A3,Moses Frase,GTX Pro,Acme,Won,1/2/2017,,10", "close_date", "crm.required-missing"),
            ("A3,Moses Frase,GTX Pro,Acme,Wonn,1/2/2017,3/1/2017,10", "deal_stage", "crm.unknown-stage"),
            ("A3,Moses Fraze,GTX Pro,Acme,Won,1/2/2017,3/1/2017,10", "sales_agent", "crm.unknown-reference"),
            ("A1,Moses Frase,GTX Pro,Acme,Won,1/2/2017,3/1/2017,10", "opportunity_id", "crm.key-twice"),
            (f"{'A' * 41},Moses Frase,GTX Pro,Acme,Won,1/2/2017,3/1/2017,10", "opportunity_id", "crm.too-long"),
            ("A\x1b3,Moses Frase,GTX Pro,Acme,Won,1/2/2017,3/1/2017,10", "opportunity_id", "crm.control-character"),
        ],
    )
    @pytest.mark.row("X14")
    def test_a_faulty_row_is_quarantined(self, folder: Path, line: str, field: str, rule: str) -> None:
        """The row waits, the others are taken, and the fault names file, line, field and rule in both languages."""
        add_line(folder, PIPELINE, line)
        reading = read_export(folder)
        fault = only_fault(reading)
        assert (fault.file, fault.line, fault.field, fault.rule) == (PIPELINE, 4, field, rule)
        assert fault.sentence.en
        assert fault.sentence.ja
        assert fault.sentence.en != fault.sentence.ja
        assert [deal.key for deal in reading.opportunities] == ["A1", "A2"]
        assert [(row.line, row.faults[-1]) for row in reading.quarantined] == [(4, fault)]

    @pytest.mark.parametrize("cell", ["=1+1", "+81", "-2+3", "@SUM(A1)", "＝1+1", '"\t=1"'])
    @pytest.mark.row("X1")
    def test_cells_that_look_like_formulas_wait(self, folder: Path, cell: str) -> None:
        """A name that a spreadsheet would run is not taken before a person has looked at it."""
        add_line(folder, "accounts.csv", f"{cell},retail,1990,1,1,Japan,")
        fault = only_fault(read_export(folder))
        assert (fault.line, fault.field, fault.rule) == (4, "account", "crm.formula")

    @pytest.mark.row("X14")
    def test_every_fault_of_a_row_is_told(self, folder: Path) -> None:
        """A row wrong in four places tells four faults at once."""
        add_line(folder, PIPELINE, "A3,Nobody,GTXPro,,Won,1/2/2017,31/1/2017,10")
        reading = read_export(folder)
        assert {(fault.field, fault.rule) for row in reading.quarantined for fault in row.faults} == {
            ("sales_agent", "crm.unknown-reference"),
            ("product", "crm.unknown-reference"),
            ("account", "crm.required-missing"),
            ("close_date", "crm.bad-date"),
        }

    def test_a_row_waits_with_the_row_it_refers_to(self, folder: Path) -> None:
        """The deals of a quarantined account, and of its subsidiary, wait until the account is mended."""
        replace(folder, "accounts.csv", "Acme,technology,1996", "Acme,technology,soon")
        reading = read_export(folder)
        assert [(row.file, row.line) for row in reading.quarantined] == [
            ("accounts.csv", 2),
            ("accounts.csv", 3),
            (PIPELINE, 2),
            (PIPELINE, 3),
        ]
        assert rules(reading)["crm.reference-quarantined", Severity.QUARANTINED] == 3

    def test_line_numbers_are_those_of_the_file(self, folder: Path) -> None:
        """A quoted line break before the fault moves its line on, as an editor shows it."""
        add_line(folder, PIPELINE, '"A\n3",Moses Frase,GTX Pro,Acme,Engaging,1/2/2017,,')
        add_line(folder, PIPELINE, "A4,Moses Frase,GTX Pro,Acme,Engaging,soon,,")
        assert only_fault(read_export(folder)).line == 6


class TestCures:
    def test_a_cure_may_name_one_line(self, folder: Path) -> None:
        """A cure for line 3 leaves line 2 alone, and is counted once."""
        cure = Cure(PIPELINE, "opportunity_id", "A9", line=3)
        reading = read_export(folder, cures=[cure])
        assert [deal.key for deal in reading.opportunities] == ["A1", "A9"]
        assert reading.counts.cures == {cure: 1}

    def test_a_cure_that_mends_nothing_is_told(self, folder: Path) -> None:
        """An accepted cure that finds no value, or no file, is noted rather than forgotten."""
        cures = [Cure(PIPELINE, "product", "GTX Pro", "GTXPro"), Cure("other.csv", "x", "y", "z")]
        reading = read_export(folder, cures=cures)
        assert rules(reading)["crm.cure-unused", Severity.NOTE] == 2

    def test_a_cure_without_its_parts_is_refused(self, tmp_path: Path) -> None:
        """A cure that does not say what it replaces is refused by its number."""
        path = tmp_path / "cures.toml"
        path.write_text('[[cure]]\nfile = "a.csv"\nfield = "b"\nto = "c"\n', "utf-8")
        with pytest.raises(MappingWrong, match=r"^cures\.toml cure 1: "):
            read_cures(path)


class TestMending:
    def test_mended_rows_are_taken(self, folder: Path, tmp_path: Path) -> None:
        """A quarantined row is written, mended by hand, read again and taken; nothing else changes."""
        add_line(folder, PIPELINE, "A3,Moses Frase,GTX Pro,,Engaging,1/2/2017,,")
        first = read_export(folder)
        (path,) = write_quarantine(first.quarantined, tmp_path / "held", language=Language.JAPANESE)
        assert "accountが空欄です" in path.read_text("utf-8-sig")
        replace(path.parent, PIPELINE, "GTX Pro,,Engaging", "GTX Pro,Bluth,Engaging")
        second = read_export(folder, mended=read_mended(path.parent))
        assert second.quarantined == ()
        assert second.opportunities[:2] == first.opportunities
        assert (second.opportunities[2].line, second.opportunities[2].account) == (4, "Bluth")

    def test_rows_left_as_they_were_stay_quarantined(self, maven: Reading, tmp_path: Path) -> None:
        """All 1,425 rows go out to paper and come back the same."""
        write_quarantine(maven.quarantined, tmp_path, language=Language.ENGLISH)
        cures = read_cures(MAVEN / "cures.toml")
        again = read_export(MAVEN, cures=cures, mended=read_mended(tmp_path))
        assert again.quarantined == maven.quarantined
        assert again.opportunities == maven.opportunities

    def test_paper_runs_nothing(self, folder: Path, tmp_path: Path) -> None:
        """A formula leaves with an apostrophe before it, and comes back without."""
        formula = '=HYPERLINK("https://example.org")'
        add_line(folder, "accounts.csv", '"=HYPERLINK(""https://example.org"")",retail,1990,1,1,Japan,')
        (path,) = write_quarantine(read_export(folder).quarantined, tmp_path / "held", language=Language.ENGLISH)
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.reader(stream))
        assert rows[1][2] == f"'{formula}"
        assert read_mended(path.parent)[0].cells["account"] == formula

    def test_a_mended_row_for_no_line_is_refused(self, folder: Path) -> None:
        """A mended row must take the place of a row that is there."""
        with pytest.raises(MappingWrong, match="99"):
            read_export(folder, mended=[Mended(PIPELINE, 99, {})])
