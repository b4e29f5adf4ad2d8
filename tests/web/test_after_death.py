"""After a death on its pages: opened with three answers, words to print, days to watch, and no name anywhere."""

from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis import events as ev
from crisis import watch_events as wev
from crisis.protocols import loader
from crisis.store import protocols
from crisis.store.engine import Store
from crisis.vocabulary import IncidentId
from tests.factories import STUDENT
from tests.web.district import COUNSELOR, NURSE, STRANGER, District, a_district
from tests.web.filling import Together, filled, sent
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_pages import STUDENT_NAMES, Browser, at_console, words


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Both databases are the business of tests/journeys/test_after_death.py."""
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for name in ("postvention_death", "grief_support"):
            protocols.publish(tx, loader.protocol(name), clock.now())
    return made


def a_death(lead: Browser) -> str:
    return lead.opens(kind="death_student", beside="not_asked", place="Main office")


def done(lead: Browser, incident: str, *steps: str, **fields: str) -> None:
    for step in steps:
        lead.send(f"{incident}/steps/{step}", f"{incident}/steps/{step}/complete", **fields)


def confirmed(lead: Browser, incident: str) -> None:
    lead.send(f"{incident}/steps/verify", f"{incident}/steps/verify/decide", choice="confirmed", reason="The family")
    done(lead, incident, "tell_district")
    people = {f"evidence__{name}": COUNSELOR for name in ("leads", "back_up", "contact")}
    done(lead, incident, "crisis_team", **people)


def test_no_adult_is_missed_and_words_come_when_it_is_known_to_be_true(site: TestClient, district: District) -> None:
    lead = at_console(site, district, COUNSELOR)
    incident = a_death(lead)
    paper = f"{incident}/words/media"
    board, early = words(lead.get("/board")), lead.client.get(paper).status_code
    confirmed(lead, incident)
    step = words(lead.get(f"{incident}/steps/media"))
    printed = lead.client.get(f"{paper}?language=es").text

    assert "No adult is with the student" not in board + words(lead.get(incident))
    assert "with school staff" not in words(lead.get(incident))  # who asks is not told that a student is here
    assert "Risk not known" not in words(lead.get(incident))
    assert early == 404
    assert "We do not speak about the cause" in step
    assert "Nothing is sent" in step
    must_keep_to_contract(printed, *STUDENT_NAMES)
    assert "No hablamos de la causa" in printed
    assert "<title>Palabras para la prensa · Crisis</title>" in printed
    assert at_console(site, district, STRANGER).client.get(paper).status_code == 404


def test_the_cause_waits_for_the_consent_and_the_refusal_says_so_i_24(site: TestClient, district: District) -> None:
    lead = at_console(site, district, COUNSELOR)
    incident = a_death(lead)
    confirmed(lead, incident)
    said = {f"evidence__{name}": "Aunt and uncle" for name in ("seen", "close", "may_be_said")}
    done(lead, incident, "family_visit", **said)
    cause = f"{incident}/steps/cause"

    refused = words(lead.send(cause, f"{cause}/decide", 422, choice="named"))
    lead.send(f"{incident}/facts", f"{incident}/fact", value="yes")
    lead.send(cause, f"{cause}/decide", choice="named")
    named = lead.client.get(f"{incident}/words/media").text
    lead.send(f"{incident}/facts", f"{incident}/fact", value="no")
    taken_back = lead.client.get(f"{incident}/words/media").text

    assert "not named without the family’s consent" in refused.replace("'", "’")
    assert "it was a suicide" in named
    assert "it was a suicide" not in taken_back


def test_a_day_to_watch_is_added_in_a_form_and_one_that_is_over_is_refused_there(
    site: TestClient, district: District
) -> None:
    lead = at_console(site, district, COUNSELOR)
    incident = a_death(lead)
    confirmed(lead, incident)
    said = {f"evidence__{name}": "Aunt and uncle" for name in ("seen", "close", "may_be_said")}
    done(lead, incident, "family_visit", **said)
    done(lead, incident, "other_schools", "watch_list")
    step = f"{incident}/steps/watch_dates"
    year = clock.now().year + 1

    wrong = words(lead.send(step, f"{step}/watch", 422, day="2020-01-01", reason="birthday"))
    lead.send(step, f"{step}/watch", day=f"{year}-01-01", reason="holiday")
    shown, story = words(lead.get(step)), words(lead.get(incident))

    assert "Choose a day that is still to come" in wrong
    assert f"{year}-01-01 Holidays" in shown
    assert "A day to watch" in story


def test_incidents_of_their_own_are_opened_and_a_day_is_kept_with_one_press_or_two(
    site: TestClient, district: District
) -> None:
    lead, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    here = a_death(lead)
    together = Together(district.store, lead, nurse, IncidentId(here.rpartition("/")[2]))
    confirmed(lead, here)
    said = {f"evidence__{name}": "Aunt and uncle" for name in ("seen", "close", "may_be_said")}
    done(lead, here, "family_visit", **said)
    done(lead, here, "other_schools")
    step = "steps/watch_list"
    found = sent(
        lead, f"{here}/{step}/look", filled(lead.get(f"{here}/{step}"), f"{here}/{step}/look", q="quetzal"), 200
    )
    form, opened = filled(found, f"{here}/{step}/spawn", students=STUDENT), together.events(ev.IncidentsSpawned)
    led = [sent(lead, f"{here}/{step}/spawn", form) for _ in range(2)]
    assert led == [f"{here}/{step}"] * 2
    assert together.events(ev.IncidentsSpawned) == opened + 1

    done(lead, here, "watch_list")
    step, today = "steps/watch_dates", str(clock.now().astimezone(ZoneInfo("America/New_York")).date())
    together.alone(f"/{step}", f"{step}/watch", wev.WatchDateAdded, day=today, reason="birthday")
    together.both(f"/{step}", f"{step}/kept", wev.WatchDateKept, "Given P-Counselor", note="A quiet day")
