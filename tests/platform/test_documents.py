"""Papers as PDF: data stays data whatever it holds, and the same data gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from kanjo.foundation.texts import Language
from kanjo.platform.documents import fonts
from kanjo.platform.documents.letter import Addressee, address_lines
from kanjo.platform.documents.typesetting import TextTooLong, UnprintableCharacter, render

SOURCE = Path(__file__).parents[2] / "src" / "kanjo"
DAY = date(2026, 11, 30)
SHOWS_TEXT = """
#let data = json(bytes(sys.inputs.data))
#set text(font: ("BIZ UDPGothic", "Noto Emoji"), cjk-latin-spacing: none)
#data.text
"""
HOSTILE = [
    '#read("/etc/passwd")',
    '#eval("1+1")',
    '#import "@preview/cetz:0.3.0"',
    '#include "../../etc/passwd"',
    "#sys.inputs",
    "#{panic()}",
    "$ x^2 $",
    "*bold* _soft_ `raw` = head <label> @ref",
    r"\ \u{41} \n",
    "// comment /* comment */",
    "[content] (tuple) {code}",
    '"); #read("paper.typ',
    "%PDF-1.7 endobj",
    "{{ x }} {% y %} ${z}",
    "<script>alert(1)</script>",
]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "paper.typ"
    path.write_text(SHOWS_TEXT, "utf-8")
    return path


def printed(pdf: bytes) -> str:
    """Return the text a reader sees, without the blanks of line breaks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pages))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


class TestHostileText:
    @pytest.mark.parametrize("text", HOSTILE)
    @pytest.mark.row("X4")
    def test_code_is_printed_and_not_run(self, template: Path, text: str) -> None:
        """What looks like code, markup or a path appears letter by letter."""
        assert printed(render(template, {"text": text}, dated_on=DAY)) == squeezed(text)

    @pytest.mark.row("X4")
    def test_text_beyond_what_a_paper_carries_is_refused(self, template: Path) -> None:
        """A million characters are refused with the place; 4,000 are printed, over pages."""
        with pytest.raises(TextTooLong) as caught:
            render(template, {"text": "x" * 1_000_000}, dated_on=DAY)
        assert caught.value.said_in(Language.ENGLISH).startswith("text: The text has 1,000,000 characters")
        words = "invoice " * 500
        assert printed(render(template, {"text": words}, dated_on=DAY)) == squeezed(words)

    @pytest.mark.parametrize(("character", "code"), [("\ud800", "U+D800"), ("\x00", "U+0000"), ("م", "U+0645")])
    def test_what_cannot_be_printed_is_named(self, template: Path, character: str, code: str) -> None:
        """Lone surrogates, control characters and scripts without a font are refused, never printed as a box."""
        with pytest.raises(UnprintableCharacter) as caught:
            render(template, {"text": "a", "lines": [{"name": f"a{character}"}]}, dated_on=DAY)
        assert caught.value.at == "lines[0].name"
        assert code in caught.value.sentence.ja
        caught.value.said_in(Language.ENGLISH).encode()

    @pytest.mark.row("X4")
    def test_order_marks_do_not_turn_the_text(self, template: Path) -> None:
        """A right-to-left override would show another name than the one stored; it is taken out."""
        pdf = render(template, {"text": "abc\u202edef\u2066ghi\u200b"}, dated_on=DAY)
        assert printed(pdf) == "abcdefghi"

    def test_emoji_are_printed(self, template: Path) -> None:
        """Emoji come from their own font, in black."""
        assert printed(render(template, {"text": "出荷🚚完了☕"}, dated_on=DAY)) == "出荷🚚完了☕"

    def test_names_keep_their_characters(self, template: Path) -> None:
        """髙, 﨑 and the compatibility form of 神 are not replaced by their common twins; loose voicing marks join."""
        assert printed(render(template, {"text": "髙﨑\ufa19か\u3099"}, dated_on=DAY)) == "髙﨑\ufa19が"


class TestRendering:
    def test_same_data_same_bytes(self, template: Path) -> None:
        """Two renderings, one of them by another process, agree in every byte; another day or text does not."""
        pdf = render(template, {"text": "請求書"}, dated_on=DAY)
        again = (
            "import sys, datetime, pathlib\n"
            "from kanjo.platform.documents.typesetting import render\n"
            "pdf = render(pathlib.Path(sys.argv[1]), {'text': '請求書'}, dated_on=datetime.date(2026, 11, 30))\n"
            "sys.stdout.buffer.write(pdf)\n"
        )
        other = subprocess.run([sys.executable, "-c", again, str(template)], check=True, capture_output=True)
        assert other.stdout == pdf
        assert render(template, {"text": "請求書"}, dated_on=date(2026, 12, 1)) != pdf
        assert render(template, {"text": "見積書"}, dated_on=DAY) != pdf

    def test_it_says_that_it_is_pdf_a(self, template: Path) -> None:
        """The file declares PDF/A-3b, and the day of the paper as its own."""
        pdf = render(template, {"text": "請求書"}, dated_on=DAY)
        assert b"<pdfaid:part>3</pdfaid:part>" in pdf
        assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf
        reader = PdfReader(io.BytesIO(pdf))
        assert reader.metadata is not None
        assert str(reader.metadata["/CreationDate"]).startswith("D:20261130")

    @pytest.mark.parametrize(
        "source",
        ['#read("../secret.txt")', '#read("/etc/hostname")', '#read("secret.txt")', '#include "../secret.txt"'],
    )
    @pytest.mark.row("X4")
    def test_a_template_sees_only_itself(self, tmp_path: Path, source: str) -> None:
        """Not even a template of ours can read a parent directory, the machine, or its own neighbours."""
        (tmp_path / "secret.txt").write_text("secret", "utf-8")
        (tmp_path / "in").mkdir()
        template = tmp_path / "in" / "paper.typ"
        template.write_text(source, "utf-8")
        (tmp_path / "in" / "secret.txt").symlink_to(tmp_path / "secret.txt")
        with pytest.raises(typst.TypstError):
            render(template, {}, dated_on=DAY)

    @pytest.mark.row("X4")
    def test_templates_hold_no_doors(self) -> None:
        """No template of ours evaluates text, reads files, loads packages or plugins, nor a picture but the seal."""
        templates = sorted(SOURCE.rglob("*.typ"))
        assert {"qualified_invoice.typ", "quotation.typ", "sheet.typ"} <= {path.name for path in templates}
        for path in templates:
            source = path.read_text("utf-8").replace('image("seal.png", width: 20mm)', "")
            assert not re.search(r"\b(eval|read|plugin|include|yaml|csv|xml|toml|cbor|image)\s*[(\"]|@preview", source)
            assert set(re.findall(r"#import (\S+)", source)) <= {'"sheet.typ":'}


class TestFonts:
    def test_the_vendored_fonts_are_those_of_the_manifest(self) -> None:
        """Every font has its digest, version and licence text beside it, and nothing else lies there."""
        manifest = tomllib.loads((fonts.FOLDER / "manifest.toml").read_text("utf-8"))["font"]
        for font in manifest:
            assert hashlib.sha256((fonts.FOLDER / font["file"]).read_bytes()).hexdigest() == font["sha256"]
            assert "SIL Open Font License, Version 1.1" in (fonts.FOLDER / font["licence_file"]).read_text("utf-8")
        listed = {font["file"] for font in manifest} | {font["licence_file"] for font in manifest}
        assert {path.name for path in fonts.FOLDER.iterdir()} == listed | {"manifest.toml"}

    def test_every_shift_jis_kanji_can_be_printed(self) -> None:
        """Every kanji that Windows writes in Shift_JIS, those of IBM included, has a glyph."""
        lead = [*range(0x81, 0xA0), *range(0xE0, 0xFD)]
        pairs = [bytes([one, two]) for one in lead for two in range(0x40, 0xFD) if two != 0x7F]
        kanji = {text for text in (pair.decode("cp932", "ignore") for pair in pairs) if "\u4e00" <= text <= "\u9fff"}
        assert len(kanji) > 6_600
        assert [character for character in sorted(kanji) if ord(character) not in fonts.printable()] == []


class TestParties:
    @pytest.mark.parametrize(
        ("addressee", "names"),
        [
            (Addressee("株式会社東亜"), ["株式会社東亜 御中"]),
            (Addressee("株式会社東亜", "経理部"), ["株式会社東亜", "経理部 御中"]),
            (Addressee("株式会社東亜", "経理部", "部長 山田 太郎"), ["株式会社東亜", "経理部", "部長 山田 太郎 様"]),
        ],
    )
    def test_honorifics_are_never_doubled(self, addressee: Addressee, names: list[str]) -> None:
        """御中 follows a company or department, 様 a person, never both."""
        assert addressee.names_in(Language.JAPANESE) == names

    def test_postal_code_stands_where_the_country_puts_it(self) -> None:
        """〒 leads the address in Japanese and ends it in English."""
        address = ("Toranomon", "Tokyo")
        assert address_lines("105-0001", address, Language.JAPANESE) == ["〒105-0001", "Toranomon", "Tokyo"]
        assert address_lines("105-0001", address, Language.ENGLISH) == ["Toranomon", "Tokyo 105-0001"]
        assert address_lines("", address, Language.JAPANESE) == ["Toranomon", "Tokyo"]
