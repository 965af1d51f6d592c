"""A cell as HTML: whatever was typed stands there as text, and nothing of it becomes a tag."""

from __future__ import annotations

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from kanjo.surfaces.web.shown import Cell
from kanjo.surfaces.web.templatetags.kanjo import cells, drawn

TYPED = st.text(st.sampled_from("<>&\"'\n a漢"), max_size=12)


class _Read(HTMLParser):
    """What a browser makes of it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.text += "\n" if tag == "br" else ""

    def handle_data(self, data: str) -> None:
        self.text += data


class TestDrawn:
    @given(TYPED)
    def test_text_stays_text(self, typed: str) -> None:
        """Text comes out as it was typed, line by line."""
        read = _Read(drawn(Cell(typed)))
        assert read.text == typed
        assert read.tags == [("br", {})] * typed.count("\n")

    @given(TYPED, TYPED, TYPED)
    def test_a_link_leads_where_it_should(self, typed: str, href: str, why: str) -> None:
        """Address, words and the sentence below are kept apart and whole."""
        read = _Read(drawn(Cell(typed, href=f"/{href}", why=why)))
        assert read.text == typed + why
        assert read.tags == [("a", {"href": f"/{href}"}), *([("span", {"class": "why"})] if why else [])]

    @given(TYPED, st.sampled_from(["del", "ins"]))
    def test_what_changed_is_marked(self, typed: str, mark: str) -> None:
        """What went and what came stand as such, and are not translated."""
        read = _Read(drawn(Cell(typed, mark=mark)))
        assert read.text == typed
        assert read.tags[0] == (mark, {"translate": "no"})

    @given(TYPED)
    def test_a_state_has_its_shape(self, typed: str) -> None:
        """A state is told by its words, its tone and the shape of the tone."""
        read = _Read(drawn(Cell(typed, "state", "warn")))
        assert read.text == typed
        assert read.tags[0] == ("span", {"class": "st st-warn"})
        assert [(tag, (said["href"] or "").partition("#")[2]) for tag, said in read.tags[2:]] == [
            ("use", "alert-triangle")
        ]


@given(st.lists(TYPED, max_size=4))
def test_a_row_has_its_cells(typed: list[str]) -> None:
    """Each value has a cell of its own, with the classes of its place."""
    read = _Read(cells([Cell(one, "num", place="k1") for one in typed] + [Cell("")]))
    assert [tag for tag in read.tags if tag[0] == "td"] == [("td", {"class": "num k1"})] * len(typed) + [("td", {})]
    assert read.text == "".join(typed)
