"""The step that reaches the family: the very text beside each number, why not otherwise, and what became of it."""

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.commands import Actor, ActorKind
from crisis.family_commands import GiveText
from crisis.message_words import SendState
from crisis.privacy_words import RestrictionKind
from crisis.store import contact_record, incidents, restrictions, school_lines
from crisis.store.contact_record import Wish
from crisis.store.restrictions import Entry
from crisis.store.school_lines import SchoolLine
from crisis.submit import submit
from crisis.vocabulary import IncidentId
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.store.test_message_texts import AT, publish
from tests.web.district import COUNSELOR, ELSEWHERE, FAR_SCHOOL, NURSE, OFFICER, District, acting
from tests.web.filling import twice
from tests.web.test_contacts import FATHER, HIS, MOTHER, district
from tests.web.test_family_talk import STEP, at_the_step, part
from tests.web.test_pages import Browser, at_console, words

__all__ = ["district"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What stands on the page is the same on both; what is sent is tested on both beside the worker."""
    return sqlite_url


def ready(district: District) -> None:
    for tag in ("en", "es"):
        for message in ("f1", "f2", "f14"):
            publish(district.store, tag, message)
    with district.store.write() as tx:
        line = SchoolLine(callback="617-555-0142", place="40 Elm St")
        school_lines.set_line(tx, DISTRICT, SCHOOL, line, by=OFFICER, at=AT)


def said(html: str) -> str:
    """The words of a part of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_very_text_stands_beside_the_number_with_what_it_says_and_costs_pr_72(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    before = nurse.get(f"{incident}/{STEP}")
    ready(district)

    after = nurse.get(f"{incident}/{STEP}")

    assert "No text to" in said(part(before, "Rosa"))
    assert "No text can be written in a language that they read; call them" in said(part(before, "Rosa"))
    rosa, victor = said(part(after, "Rosa")), said(part(after, "Victor"))
    assert "Somos School s-1. Por favor, llame ahora al (617) 555-0142. Es importante." in rosa
    assert "In English: This is School s-1. Please call us now: (617) 555-0142. It is important." in rosa
    assert "parts: 1" in rosa
    assert "In English:" not in victor
    assert "Send this text" in victor
    assert "No address is on record" not in victor  # there is one
    assert "No interpreter line is on record" in victor  # why the third cannot be sent


def test_one_press_orders_it_and_the_step_says_what_becomes_of_it(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)
    page = f"{incident}/{STEP}"

    hidden = nurse.form(page, f"{page}/text")
    answer = nurse.client.post(f"{page}/text", data=hidden)
    shown = words(nurse.get(page))

    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert "Texts and e-mail so far" in shown
    assert "Is being sent" in shown
    with district.store.read() as tx:
        kept = incidents.load(tx, IncidentId(incident.rpartition("/")[2]))
    (text,) = kept.texts.values()
    assert (text.state, text.message, text.ordered_by) == (SendState.ORDERED, "f1", NURSE)
    assert "ordered: Call us now" in words(nurse.get(incident))
    assert "A text to this number is on its way" in words(nurse.get(page))


def test_a_number_that_is_somebody_elses_is_marked_with_one_press_or_two(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)
    page, code = f"{incident}/{STEP}", has_left(nurse, district, incident)

    def marked() -> list[bool]:
        with district.store.read() as tx:
            return [each.wrong_number for each in incidents.load(tx, code).texts.values()]

    twice(nurse, page, f"{page}/wrong-number", marked)

    assert marked() == [True]
    assert "Somebody else has this number." in words(nurse.get(page))


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_text_that_changed_under_the_readers_eyes_is_refused_where_it_was_pressed_pr_71(
    site: TestClient, district: District, language: str
) -> None:
    nurse, incident = at_the_step(site, district, language)
    ready(district)
    page = f"{incident}/{STEP}"
    hidden = nurse.form(page, f"{page}/text")
    with district.store.write() as tx:
        line = SchoolLine(callback="617-555-0143")
        school_lines.set_line(tx, DISTRICT, SCHOOL, line, by=OFFICER, at=AT)

    answer = nurse.client.post(f"{page}/text", data=hidden)

    said = {"en": "The text has changed since you read it", "es": "El texto ha cambiado"}[language]
    assert answer.status_code == 422
    assert said in words(answer.text)


def test_who_must_not_be_contacted_is_offered_no_text_and_who_wants_a_call_says_so_pr_1_pr_72(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)
    with district.store.write() as tx:
        entry = Entry(student=STUDENT, person=FATHER, kind=RestrictionKind.COURT_ORDER)
        restrictions.enter(tx, entry, by=COUNSELOR, at=AT)
        wish = Wish(household="a", reads=("es",), voice_only=True)
        contact_record.set_wish(tx, STUDENT, MOTHER, wish, by=COUNSELOR, at=AT)
        contact_record.set_wish(tx, STUDENT, FATHER, Wish(household="b"), by=COUNSELOR, at=AT)

    page = nurse.get(f"{incident}/{STEP}")
    api = acting(nurse.client, district.token(COUNSELOR)).get(f"{incident}/texts").body

    assert HIS not in page
    assert "This person asked to be called, not written to; call them" in said(part(page, "Rosa"))
    assert FATHER not in {each["person"] for each in api["offers"]}
    assert {each["rule"] for offer in api["offers"] if offer["person"] == MOTHER for each in offer["why"]} >= {"PR-72"}


def test_a_program_sends_what_it_was_shown_and_nothing_else(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)
    api, this = acting(nurse.client, district.token(COUNSELOR)), incident.rpartition("/")[2]
    offers = api.get(f"{incident}/texts").body["offers"]
    one = next(each for each in offers if (each["person"], each["message"]) == (FATHER, "f1"))
    order = {name: one[name] for name in ("person", "phone", "message", "language", "rung", "shown")}
    with district.store.read() as tx:
        seen = incidents.load(tx, IncidentId(this)).seq

    other = api.order(this, "text-guardian", seen, step="guardian_contact", **{**order, "shown": "f" * 32})
    sent = api.order(this, "text-guardian", seen, step="guardian_contact", **order)

    assert (one["why"], one["segments"]) == ([], 1)
    assert [each["rule"] for each in other.body["reasons"]] == ["PR-71"]
    assert sent.status == 200
    assert [each["state"] for each in api.get(f"{incident}/texts").body["texts"]] == ["ordered"]


def has_left(nurse: Browser, district: District, incident: str) -> IncidentId:
    """A text that the nurse has ordered and the worker has handed on."""
    page, this = f"{incident}/{STEP}", IncidentId(incident.rpartition("/")[2])
    nurse.client.post(f"{page}/text", data=nurse.form(page, f"{page}/text"))
    with district.store.read() as tx:
        (text,) = incidents.load(tx, this).texts
    system = Actor(kind=ActorKind.SYSTEM, id=None, district=DISTRICT)
    submit(district.store, this, GiveText(by=system, text=text), at=clock.now())
    return this


def test_what_they_said_in_other_words_than_stop_counts_like_it_pr_15(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)
    page = f"{incident}/{STEP}"
    has_left(nurse, district, incident)

    nurse.send(page, f"{page}/no-more-texts")

    shown = words(nurse.get(page))
    assert "They want no more texts to this number." in shown
    assert "They asked for no more texts to this number; call them" in shown
    with district.store.read() as tx:
        rosa = next(each for each in contact_record.of_student(tx, STUDENT).adults if each.person == MOTHER)
    assert rosa.stopped


def test_the_officer_records_what_a_text_names_of_a_school(site: TestClient, district: District) -> None:
    officer = at_console(site, district, OFFICER)

    def saves(status: int = 303, **fields: str) -> str:
        return officer.send("/messages", "/messages/school", status, **{"school": SCHOOL, **fields})

    saves(callback="(617) 555-0142", place="40 Elm  St")
    with district.store.read() as tx:
        kept = school_lines.of_school(tx, SCHOOL)
    assert kept == SchoolLine(callback="+16175550142", place="40 Elm St")
    assert "no number that can be called" in words(saves(422, callback="12"))
    assert "a word of health or of a child" in words(saves(422, callback="617-555-0142", place="Room of the nurse"))
    assert "too long for a text" in words(saves(422, callback="617-555-0142", place="x" * 41))
    saves(404, school=FAR_SCHOOL, callback="617-555-0142")
    with district.store.read() as tx:
        assert school_lines.of_district(tx, ELSEWHERE) == {}


def test_whoever_is_no_officer_has_no_such_page(site: TestClient, district: District) -> None:
    nurse: Browser = at_console(site, district, NURSE)

    nurse.get("/messages", 404)
