"""Days in eras, for whoever chose them: on every page, in what is sent back, and for nobody else."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from kanjo.domains.opportunities.models import Opportunity
from kanjo.foundation.actors import Role
from kanjo.foundation.texts import Language
from kanjo.platform.identity.models import Person
from kanjo.platform.runs.models import Run
from tests.builders import an_actor
from tests.web.office import Desk, Office, faults, opened
from tests.web.pages import Page
from tests.web.story import Told
from tests.web.test_every_page import PAGES, story_data

WESTERN = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
IN_ERA = re.compile(r"(令和|平成)(\d{1,2}|元)年\d{1,2}月\d{1,2}日")


def reading_eras(desk: Desk) -> Desk:
    """Let somebody choose eras by the menu of the pages."""
    answer = desk.client.post(reverse("language"), {"calendar": "eras", "next": "/quotes"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/quotes")
    return desk


@pytest.fixture(scope="module")
def reader(story: Told) -> Desk:
    """Somebody with every role who reads eras."""
    return reading_eras(Desk.of(an_actor(*Role, companies=[story.office.company_id], name="万能 花子")))


@pytest.mark.parametrize("name", PAGES)
def test_no_page_writes_a_western_day(story: Told, reader: Desk, name: str) -> None:
    """Every page tells its days in eras, in sentences, tables and fields alike; the key of a run is its name."""
    page = Page(reader.client.get(story.address(name)).content.decode())
    said = "\n".join([*page.said, *(one.get("value", "") for one in page.fields)])
    for known in story_data() | set(Run.objects.values_list("key", flat=True)):
        said = said.replace(known, " ")
    assert WESTERN.findall(said) == []


class TestChoosing:
    def test_one_person_chooses_for_itself_and_takes_it_back(self, office: Office) -> None:
        """The choice is the person's, on every browser; a colleague goes on reading western years."""
        rep, colleague = reading_eras(office.desk(Role.SALES_REP)), office.desk(Role.RECEIVABLES)
        assert IN_ERA.search(rep.see("home"))
        assert not IN_ERA.search(colleague.see("home"))
        assert Person.objects.get(pk=rep.actor.id).calendar == "eras"
        assert IN_ERA.search(Desk.of(rep.actor).see("home"))
        rep.client.post(reverse("language"), {"calendar": "western"})
        assert not IN_ERA.search(rep.see("home"))

    def test_english_stays_as_it_is(self, office: Office) -> None:
        """English knows no eras: the choice waits until the language is Japanese again."""
        rep = reading_eras(office.desk(Role.SALES_REP, Language.ENGLISH))
        assert WESTERN.search(rep.see("home"))
        assert not IN_ERA.search(rep.see("home"))
        rep.client.post(reverse("language"), {"language": "ja"})
        assert IN_ERA.search(rep.see("home"))

    def test_another_word_is_no_calendar(self, office: Office) -> None:
        """Whatever else is sent leaves western years."""
        rep = office.desk(Role.SALES_REP)
        rep.client.post(reverse("language"), {"calendar": "moon"})
        assert Person.objects.get(pk=rep.actor.id).calendar == "western"


class TestTyping:
    @pytest.mark.parametrize("typed", ["R8.11.28", "令和8年11月28日", "令和８年１１月２８日", "2026/11/28"])
    def test_a_field_takes_a_day_in_an_era(self, office: Office, typed: str) -> None:
        """However the day is written, the same day is kept."""
        rep = office.desk(Role.SALES_REP)
        deal = rep.do("open-opportunity", office.customer_id, **opened(office, engaged_on=typed))
        assert Opportunity.objects.get(pk=deal).engaged_on == date(2026, 11, 28)

    def test_what_a_form_proposes_is_taken_as_it_stands(self, office: Office) -> None:
        """A field filled in beforehand is filled in eras, and sent back unchanged it is that day."""
        rep = reading_eras(office.desk(Role.SALES_REP))
        form = Page(rep.see("open-opportunity", office.customer_id))
        proposed = {one.get("name", ""): one.get("value", "") for one in form.fields}
        assert IN_ERA.fullmatch(proposed["engaged_on"])
        deal = rep.do("open-opportunity", office.customer_id, **opened(office, engaged_on=proposed["engaged_on"]))
        assert str(Opportunity.objects.get(pk=deal).engaged_on) in Desk.of(
            office.people[Role.CXO], Language.ENGLISH
        ).see("opportunity", deal)

    def test_what_was_typed_is_quoted_as_it_was(self, office: Office) -> None:
        """A refusal repeats what was typed and shows how to write it, western years too."""
        rep = reading_eras(office.desk(Role.SALES_REP))
        _, page = rep.refused("open-opportunity", office.customer_id, **opened(office, engaged_on="2026-11"))
        assert "「2026-11」は日付として読めません" in faults(page)
        assert "「2026-11-30」" in faults(page)

    @pytest.mark.parametrize("known_at", ["令和8年4月5日 09:30", "R8.4.5 9:30:00", "2026-04-05 09:30"])
    def test_a_report_as_known_at_a_moment_in_an_era(self, office: Office, known_at: str) -> None:
        """The moment of a report may be typed in an era, where its day is one."""
        status = 400 if known_at.startswith("R8.4.5 9") else 200
        desk = reading_eras(office.desk(Role.RECEIVABLES))
        page = desk.see("ageing", on="R8.4.30", known_at=known_at, status=status)
        assert status == 400 or "令和8年4月30日時点" in page


def test_the_trail_tells_days_in_eras(office: Office) -> None:
    """A day that was recorded as changed is read like any other; the trail itself keeps it as it was."""
    rep = reading_eras(office.desk(Role.SALES_REP))
    deal = rep.do("open-opportunity", office.customer_id, **opened(office))
    rep.do("expect-close", deal, close_on="R8.12.31", value="1")
    assert re.search(r"<ins[^>]*>令和8年12月31日</ins>", rep.see("opportunity", deal))
