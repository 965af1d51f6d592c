"""The usage file is read line by line; what cannot be read is told with its place, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjo.connectors.usage.reading import (
    HeadingUnknown,
    UsageFileRefused,
    UsageFileUnreadable,
    UsageLine,
    read_usage_file,
)

HEADING = "event_id,order_line,used_on,quantity"


class TestReadUsageFile:
    def test_every_line_is_an_event(self) -> None:
        """Columns may stand in any order, the mark of UTF-8 and blank lines may be there; places are file and line."""
        heading = "\ufeffquantity,event_id,corrects,order_line,used_on"
        content = f"{heading}\r\n12,a,,O-1-2,2026-04-20\r\n\r\n0,b,a,O-1-2,2026-04-21\r\n"
        assert read_usage_file(content.encode(), "u.csv").lines == (
            UsageLine("u.csv:2", "a", "O-1-2", date(2026, 4, 20), 12, ""),
            UsageLine("u.csv:4", "b", "O-1-2", date(2026, 4, 21), 0, "a"),
        )

    @pytest.mark.parametrize(
        ("line", "at", "rule"),
        [
            ("a,O-1-1,2026-04-20", "u.csv:2", "usage.file-row"),
            (",O-1-1,2026-04-20,1", "u.csv:2 event_id", "usage.file-cell"),
            ("a,O-1-1,20.4.2026,1", "u.csv:2 used_on", "usage.file-cell"),
            ("a,O-1-1,2026-04-20,1.5", "u.csv:2 quantity", "usage.file-cell"),
            ("a,O-1-1,2026-04-20,1e9", "u.csv:2 quantity", "usage.file-cell"),
            (f"a,O-1-1,2026-04-20,{'9' * 19}", "u.csv:2 quantity", "usage.file-cell"),
            ('a,"O-1-1,2026-04-20,1', "u.csv:2", "usage.file-row"),
        ],
    )
    def test_a_wrong_line_is_told_with_its_place(self, line: str, at: str, rule: str) -> None:
        """The others are read all the same, so that a preview tells all that is wrong."""
        read = read_usage_file(f"{HEADING}\n{line}\n".encode(), "u.csv")
        assert [(fault.at, fault.rule) for fault in read.faults] == [(at, rule)]
        assert read.lines == ()

    @pytest.mark.parametrize("content", [b"", b"\n", b"event_id,quantity", f"{HEADING},price".encode(), b"a" * 200_000])
    def test_another_file_is_refused(self, content: bytes) -> None:
        """Without the columns that are needed, or with others, nothing is read."""
        with pytest.raises(HeadingUnknown):
            read_usage_file(content, "u.csv")

    def test_other_encodings_are_refused(self) -> None:
        """Shift_JIS is told, not read as something else."""
        with pytest.raises(UsageFileUnreadable):
            read_usage_file("イベントID,注文明細,利用日,数量".encode("cp932"), "u.csv")

    @given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEADING}\n{text}".encode()))
    def test_whatever_comes_is_read_or_refused(self, content: bytes) -> None:
        """No bytes break the reader."""
        try:
            read = read_usage_file(content, "u.csv")
        except UsageFileRefused:
            return
        assert all(line.quantity < 10**18 for line in read.lines)
