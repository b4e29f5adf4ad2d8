"""The page on which a page is played through: what it shows, to whom, and what it says where it cannot be read."""

from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from crisis.ladders import LADDERS
from crisis.simulating.marks import Mark, Played, What
from crisis.store import incidents, roster
from crisis.store.engine import Store
from crisis.vocabulary import PersonId, Role, StaffRole, Urgency
from tests.factories import DISTRICT, MORNING, SCHOOL
from tests.web.district import NURSE, STRANGER, District, a_district
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_pages import at_console, words
from web.simulation_picture import LEFT, picture

pytestmark = pytest.mark.page

SECOND, OPERATOR = PersonId("p-second"), PersonId("p-operator")
NAME = "Given P-Nurse"
WHERE = f"/oncall/simulate?school={SCHOOL}&role=nurse&urgency=u1&at=2026-10-06T10:00"


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for person, post in ((SECOND, StaffRole.NURSE), (OPERATOR, StaffRole.OPERATOR)):
            roster.add_person(tx, DISTRICT, person, ("Given", person.title()), staff=True)
            roster.give_post(tx, DISTRICT, person, post, SCHOOL)
        for number, person in enumerate((NURSE, SECOND)):
            roster.add_phone(tx, person, f"617-555-01{number:02}")
    return made


class Drawn(HTMLParser):
    """The words in the picture, and how many marks of each kind it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.marks: list[str] = []
        self.titles: list[str] = []
        self._title = False
        self.feed(html.partition('<svg class="sim"')[2].partition("</svg>")[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "g":
            self.marks.append(dict(attrs)["class"] or "")
        self._title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._title and data.strip():
            self.titles.append(data.strip())


def test_who_would_be_called_stands_in_the_picture_and_in_the_table(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)

    html = nurse.get(f"{WHERE}&does.{SECOND}=accepts&after.{SECOND}=50")

    must_keep_to_contract(html, NAME)
    drawn, said = Drawn(html), words(html)
    assert {"text", "call", "accepted"} <= set(drawn.marks)
    assert f"{NAME}: Text" in drawn.titles
    assert "Somebody takes it after 0:50." in said
    assert "0:50AcceptsGiven P-Second" in said
    with district.store.read() as tx:
        assert incidents.head(tx) == 0


def test_silence_ends_in_the_alarm_and_a_provider_that_is_down_shows(site: TestClient, district: District) -> None:
    silent = words(at_console(site, district, NURSE).get(WHERE))
    faults = "&line.twilio=down&until.twilio=90&line.telnyx=loses&until.telnyx=90"
    html = at_console(site, district, SECOND).get(f"{WHERE}{faults}")

    assert "Nobody has it after" in silent
    assert "the alarm begins. It goes on until a person ends it." in silent
    assert "text failed" in Drawn(html).marks
    assert "it never arrives" in words(html)


def test_it_speaks_spanish(site: TestClient, district: District) -> None:
    html = at_console(site, district, NURSE, "es").get(WHERE)

    must_keep_to_contract(html, NAME)
    assert "Probar un aviso" in words(html)
    assert "Nivel 1: quien está de guardia" in words(html)


def test_what_cannot_be_read_is_named_at_its_field_and_the_rest_is_played(site: TestClient, district: District) -> None:
    html = at_console(site, district, NURSE).get(
        f"/oncall/simulate?school={SCHOOL}&role=nurse&at=soon&does.{NURSE}=accepts&after.{NURSE}=long&urgency=u9"
    )

    assert "Give a day and a time." in words(html)
    assert f'href="#after.{NURSE}"' in html
    assert "Somebody takes it after 1:00." in words(html)


def test_it_is_for_whoever_may_see_the_schedules_of_this_district(site: TestClient, district: District) -> None:
    at_console(site, district, OPERATOR).get(WHERE, 404)
    elsewhere = words(at_console(site, district, STRANGER).get(WHERE))

    assert "P-Nurse" not in elsewhere
    assert "School s-9" in elsewhere


def test_the_picture_holds_every_mark_from_seconds_to_days() -> None:
    """However long it takes, the last mark is inside, in order, and the picture no wider than it can be used."""
    for last in (timedelta(seconds=5), timedelta(minutes=40), timedelta(hours=60)):
        marks = [a_mark(What.LEVEL, None, MORNING), *(a_mark(What.TEXT, "p", MORNING + last * n / 4) for n in range(5))]

        drawn = picture(a_play(marks))

        places = [point.x for point in drawn.points]
        assert places == sorted(places)
        assert places[0] >= LEFT
        assert places[-1] <= drawn.width
        assert [row for row, _y in drawn.rows] == ["p"]


def a_mark(what: What, person: str | None, at: datetime) -> Mark:
    return Mark(at=at, what=what, person=None if person is None else PersonId(person), level=0)


def a_play(marks: list[Mark]) -> Played:
    return Played(
        role=Role.NURSE,
        urgency=Urgency.U1,
        ladder=LADDERS[Urgency.U1],
        asked_at=MORNING,
        ends_at=MORNING + timedelta(days=3),
        marks=tuple(marks),
    )
