"""JP PINT: what we write and read, and the rules that a document keeps or is refused by."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.connectors.peppol.checks import check, check_xml
from kanjo.connectors.peppol.documents import PintInvoice
from kanjo.connectors.peppol.reading import NotAnInvoice, NotReadable, read
from kanjo.connectors.peppol.sentences import SENTENCES
from kanjo.connectors.peppol.ubl import Amount
from kanjo.connectors.peppol.writing import as_xml
from tests.connectors.pint_documents import OF_EACH_KIND, Sold, a_document, documents

FILES = Path(__file__).parent / "pint"
VALID = sorted((FILES / "valid").glob("*.xml"))
BROKEN = {
    "01-jpy-accounting-tax-has-decimals": {"aligned-ibr-jp-06"},
    "02-tax-outside-floor-ceiling": {"aligned-ibrp-051-jp"},
    "03-no-registration-number": {"aligned-ibr-jp-04"},
    "04-bad-registration-number-format": {"aligned-ibr-jp-01"},
    "05-no-period": {"aligned-ibrp-052"},
    "06-wrong-tax-category": {"aligned-ibrp-cl-01-jp"},
    "07-wrong-type-code": {"aligned-ibrp-cl-02-jp"},
    "08-wrong-customization": {"aligned-ibrp-001-jp"},
    "09-sum-mismatch": {"ibr-co-10", "ibr-co-13"},
    "10-exempt-with-tax": {"aligned-ibrp-051-jp", "aligned-ibrp-e-09"},
    "11-out-of-scope-with-rate": {"aligned-ibrp-o-05"},
    "12-line-period-outside-invoice-period": {"ibr-086"},
}
GAPS = {"01-jpy-tax-with-decimal-point": {"aligned-ibr-jp-06"}, "02-line-without-rate": {"aligned-ibrp-050-jp"}}
SUMS = ("lines", "net", "gross", "payable")


def rules_of(content: bytes) -> set[str]:
    return {fault.rule for fault in check_xml(content)}


def canonical(content: bytes) -> str:
    return ET.canonicalize(content.decode(), strip_text=True)


def off_by(amount: Amount | None, yen: int) -> Amount:
    assert amount
    return Amount(amount.value + yen, amount.currency)


class TestExamples:
    @pytest.mark.parametrize("file", VALID, ids=lambda file: file.stem)
    def test_are_read_whole_and_written_again(self, file: Path) -> None:
        """A valid example passes, nothing of it goes unread, and what is written of it says the same."""
        reading = read(file.read_bytes())
        assert (check_xml(file.read_bytes()), reading.unread) == ((), ())
        again = as_xml(reading.invoice)
        assert canonical(again) == canonical(file.read_bytes())
        assert read(again).invoice == reading.invoice

    @pytest.mark.parametrize("name", OF_EACH_KIND)
    def test_have_a_twin_from_values(self, name: str) -> None:
        """A document of the same kind, built from values, passes and is read as it was written."""
        assert name in {file.stem for file in VALID}
        document = OF_EACH_KIND[name]
        assert check(document) == ()
        assert read(as_xml(document)).invoice == document
        assert check_xml(as_xml(document)) == ()

    @pytest.mark.parametrize(("name", "rules"), BROKEN.items())
    def test_of_what_is_broken_break_exactly_their_rules(self, name: str, rules: set[str]) -> None:
        """An invalid example is refused by the rules that the official files name, and by no other."""
        assert rules_of((FILES / "invalid" / f"{name}.xml").read_bytes()) == rules

    @pytest.mark.parametrize(("name", "rules"), GAPS.items())
    def test_that_the_official_rules_let_pass_are_refused(self, name: str, rules: set[str]) -> None:
        """What the specification forbids is refused also where the official files never look."""
        assert rules_of((FILES / "schematron-gap" / f"{name}.xml").read_bytes()) == rules

    def test_are_all_here(self) -> None:
        """No example is left out."""
        assert len(VALID) == len(OF_EACH_KIND) == 10
        assert {file.stem for file in (FILES / "invalid").glob("*.xml")} == {*BROKEN}
        assert {file.stem for file in (FILES / "schematron-gap").glob("*.xml")} == {*GAPS}


class TestSums:
    @given(documents())
    def test_that_are_right_pass(self, document: PintInvoice) -> None:
        """A document of any lines, rates, discounts and rounding passes, written or not, and is read as it was."""
        assert check(document) == ()
        assert read(as_xml(document)).invoice == document

    @given(documents(), st.sampled_from(SUMS), st.integers(-5, 5).filter(bool))
    def test_that_are_off_are_refused(self, document: PintInvoice, name: str, off: int) -> None:
        """One wrong total alone is enough."""
        totals: Any = document.totals
        wrong = replace(totals, **{name: off_by(getattr(totals, name), off)})
        assert check(replace(document, totals=wrong)) != ()

    @given(documents(), st.data(), st.integers(-5, 5).filter(bool))
    def test_of_a_line_that_are_off_are_refused(self, document: PintInvoice, data: st.DataObject, off: int) -> None:
        """So is one wrong line, one wrong total of a rate, one wrong tax of a rate, and one wrong tax of the whole."""
        lines, (taxes,) = list(document.lines), document.taxes
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = replace(lines[place], net=off_by(lines[place].net, off))
        assert check(replace(document, lines=tuple(lines))) != ()
        assert check(replace(document, taxes=(replace(taxes, tax=off_by(taxes.tax, off)),))) != ()
        for name in ("taxable", "tax"):
            parts: list[Any] = [*taxes.subtotals]
            place = data.draw(st.integers(0, len(parts) - 1))
            parts[place] = replace(parts[place], **{name: off_by(getattr(parts[place], name), off)})
            assert check(replace(document, taxes=(replace(taxes, subtotals=tuple(parts)),))) != ()

    def test_of_discounts_must_be_stated(self) -> None:
        """A total of discounts without discounts is refused, and so are discounts without their total."""
        document = OF_EACH_KIND["05-document-allowance"]
        assert document.totals
        unsaid = replace(document, totals=replace(document.totals, allowances=None))
        assert {fault.rule for fault in check(unsaid)} == {"ibr-co-11", "ibr-co-13"}
        assert "ibr-co-11" in {fault.rule for fault in check(replace(document, allowances=()))}


class TestFaults:
    def test_name_rule_place_and_way_out(self) -> None:
        """A fault says which rule is broken where, and what to do, in both languages."""
        document = a_document(Sold(1, 28_158))
        (taxes,) = document.taxes
        (part,) = taxes.subtotals
        wrong = replace(taxes, subtotals=(replace(part, tax=Amount(Decimal(2814), "JPY")),))
        found = next(one for one in check(replace(document, taxes=(wrong,))) if one.rule == "aligned-ibrp-051-jp")
        assert found.place == "/Invoice/cac:TaxTotal[1]/cac:TaxSubtotal[1]/cbc:TaxAmount"
        assert found.sentence.en == (
            "The tax is 2814; one rounding of the rate's total gives 2815 to 2816. Compute it once per rate."
        )
        assert "2815〜2816" in found.sentence.ja

    @pytest.mark.parametrize("rule", SENTENCES)
    def test_have_both_languages_and_the_same_facts(self, rule: str) -> None:
        """Every sentence is complete in both languages and names the same facts."""
        said = SENTENCES[rule]
        assert {*re.findall(r"{\w+}", said.en)} == {*re.findall(r"{\w+}", said.ja)}
        assert said.en.rstrip()[-1] in ".?" and said.ja.endswith(("。", "？"))

    def test_every_rule_can_be_broken(self) -> None:
        """No sentence stands there for nothing: each rule is named by a check."""
        source = "".join(
            file.read_text()
            for file in Path(read.__code__.co_filename).parent.rglob("*.py")
            if "sentences" not in file.name
        )
        built = {f"aligned-ibrp-{one}-{n}" for one in "ego" for n in ("01", "05", "06", "07", "09")}
        assert {rule for rule in SENTENCES if f'"{rule}"' not in source} == built


class TestReading:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"no xml",
            b"<Invoice>",
            b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
            b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
            b"<x>" * 50 + b"</x>" * 50,
            b"<x>" + b" " * 10_000_001 + b"</x>",
            b'<?xml version="1.0" encoding="nonsense"?><x/>',
        ],
        ids=["nothing", "text", "cut", "entity", "outside", "deep", "large", "encoding"],
    )
    def test_refuses_what_could_harm(self, content: bytes) -> None:
        """No entity is expanded, nothing is fetched, and nothing deep or large is read."""
        with pytest.raises(NotReadable):
            read(content)

    def test_refuses_other_documents(self) -> None:
        """A credit note from abroad is told by its name."""
        with pytest.raises(NotAnInvoice, match="CreditNote"):
            read(b'<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"/>')

    def test_says_what_it_did_not_read(self) -> None:
        """An element that we have no value for is named, and so is an empty one."""
        content = VALID[0].read_text().replace("<cbc:DueDate>", "<cbc:UUID>x</cbc:UUID><cbc:Note/><cbc:DueDate>")
        assert read(content.encode()).unread == ("/Invoice/cbc:UUID",)
        assert rules_of(content.encode()) == {"ibr-079"}

    def test_names_an_indicator_that_is_none(self) -> None:
        """What is neither true nor false is no indicator of a charge."""
        content = (FILES / "valid" / "05-document-allowance.xml").read_text()
        assert "ibr-082" in rules_of(content.replace(">false<", ">no<").encode())

    @pytest.mark.parametrize(
        ("old", "new", "rule"),
        [
            (">2026-12-30<", ">30.12.2026<", "ibr-073"),
            (">2026-12-30<", ">2026-02-30<", "ibr-073"),
            ('currencyID="JPY">1200000<', 'currencyID="JPY">1,200,000<', "peppol.number"),
            ('currencyID="JPY">1200000<', 'currencyID="JPY">NaN<', "peppol.number"),
        ],
    )
    def test_names_what_is_no_value(self, old: str, new: str, rule: str) -> None:
        """A day that is none and a number that is none are named with their places."""
        found = check_xml(VALID[0].read_text().replace(old, new).encode())
        assert rule in {fault.rule for fault in found}
        assert all(fault.place.startswith("/Invoice/") for fault in found)
