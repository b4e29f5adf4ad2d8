"""On the step that reaches the family: a time is chosen, read, and sent; what is wrong is said at its field."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.message_words import MeetingPlace, SendState
from crisis.store import incidents, people
from crisis.vocabulary import IncidentId
from tests.factories import SCHOOL
from tests.store.test_message_texts import publish
from tests.web.district import COUNSELOR, District, acting
from tests.web.test_contacts import FATHER, MOTHER, district
from tests.web.test_family_talk import STEP, at_the_step
from tests.web.test_family_texts import ready, said
from tests.web.test_pages import FORM, HIDDEN, Browser, words

__all__ = ["district"]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What stands on the page is the same on both; what is sent is tested on both beside the worker."""
    return sqlite_url


def published(district: District) -> None:
    ready(district)
    for tag in ("en", "es"):
        for message in ("f6", "f10"):
            publish(district.store, tag, message)


def typed(district: District, days: int = 3, hour: int = 10) -> str:
    """As a browser writes a day and a time: by the school's clock, without a zone."""
    with district.store.read() as tx:
        zone = ZoneInfo(people.school(tx, SCHOOL).zone)
    there = (clock.now().astimezone(zone) + timedelta(days=days)).replace(hour=hour, minute=30)
    return there.strftime("%Y-%m-%dT%H:%M")


def chosen(nurse: Browser, page: str, phone: str, **fields: str) -> str:
    return nurse.get(f"{page}?{urlencode({'phone': phone, 'message': 'f6', **fields})}")


def hidden_in(shown: str, page: str, phone: str) -> dict[str, str]:
    """Of the button below the words; none before they are shown."""
    below = shown.partition(f'id="meeting-{phone}"')[2].partition("</details>")[0]
    found = re.search(FORM.format(re.escape(f"{page}/text")), below, re.DOTALL)
    return dict(HIDDEN.findall(found[1])) if found else {}


def phone_of(page: str, who: str) -> str:
    """Of the form about a meeting that stands beside this adult."""
    return page.partition(who)[2].partition('id="meeting-')[2].partition('"')[0]


@pytest.mark.parametrize("language", ["en", "es"])
def test_one_chooses_reads_and_sends_it(site: TestClient, district: District, language: str) -> None:
    nurse, incident = at_the_step(site, district, language)
    published(district)
    page, when = f"{incident}/{STEP}", typed(district)
    phone = phone_of(nurse.get(page), "Rosa")

    shown = chosen(nurse, page, phone, meets_at=when, place="office", number_given="yes")
    hidden = hidden_in(shown, page, phone)

    assert "Nos reunimos:" in said(shown)
    assert ", 10:30 a. m." in said(shown)
    assert "la oficina de la escuela. ¿No puede? Llame: (617) 555-0142." in said(shown)
    assert "Let us meet:" in said(shown)
    assert f'value="{when}"' in shown
    answer = nurse.client.post(f"{page}/text", data=hidden)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    with district.store.read() as tx:
        (text,) = incidents.load(tx, IncidentId(incident.rpartition("/")[2])).texts.values()
    assert (text.message, text.place, text.number_given) == ("f6", MeetingPlace.OFFICE, True)
    assert (text.state, text.contact) == (SendState.ORDERED, MOTHER)
    told = {"en": "10:30 a.m.", "es": "10:30 a. m."}[language]
    assert told in words(nurse.get(page))
    assert told in words(nurse.get(incident))


def test_to_talk_again_needs_no_time_and_still_a_number_that_they_gave(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district, "en")
    published(district)
    for tag in ("en", "es"):
        publish(district.store, tag, "f9")
    page = f"{incident}/{STEP}"
    phone = phone_of(nurse.get(page), "Rosa")

    untold = chosen(nurse, page, phone, message="f9")
    shown = chosen(nurse, page, phone, message="f9", number_given="yes")
    answer = nurse.client.post(f"{page}/text", data=hidden_in(shown, page, phone))

    assert hidden_in(untold, page, phone) == {}
    assert "Tick it if they gave the school this number themselves" in words(untold)
    assert "Queremos hablar otra vez con usted." in said(shown)
    assert answer.status_code == 303
    with district.store.read() as tx:
        (text,) = incidents.load(tx, IncidentId(incident.rpartition("/")[2])).texts.values()
    assert (text.message, text.meets_at, text.place, text.number_given) == ("f9", None, None, True)


@pytest.mark.parametrize(
    ("fields", "at", "sentence"),
    [
        ({"meets_at": ""}, "meets_at", "Choose the day and the time"),
        ({"place": ""}, "place", "Choose where, or that you call them"),
        ({"number_given": ""}, "number_given", "Tick it if they gave the school this number themselves"),
        ({"meets_at": "2020-01-06T10:30"}, "meets_at", "This time is over"),
        ({"meets_at": "+90"}, "meets_at", "This day is more than 60 days away"),
        ({"meets_at": "+3 at night"}, "meets_at", "Choose a time between 6 in the morning and 9 in the evening"),
        ({"meets_at": "her room"}, "meets_at", "Give a date and a time."),
        ({"place": "Room of Dr. Smith, about Kieran"}, "place", "Choose one of the answers."),
        ({"message": "f7"}, "message", "This cannot be read; check it."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    site: TestClient, district: District, fields: dict[str, str], at: str, sentence: str
) -> None:
    nurse, incident = at_the_step(site, district)
    published(district)
    page = f"{incident}/{STEP}"
    phone = phone_of(nurse.get(page), "Rosa")
    far = {"+90": typed(district, days=90), "+3 at night": typed(district, hour=2)}
    wrong = {name: far.get(value, value) for name, value in fields.items()}
    whole = {"meets_at": typed(district), "place": "office", "number_given": "yes", **wrong}

    shown = chosen(nurse, page, phone, **whole)

    assert sentence in words(shown)
    assert f'href="#meeting-{at}-{phone}"' in shown
    assert f'id="meeting-{at}-{phone}"' in shown
    assert "Nos reunimos" not in said(shown)
    assert hidden_in(shown, page, phone) == {}
    for name in ("meets_at", "number_given"):
        if name != at:
            assert whole[name] in shown
    assert "about Kieran" not in shown


def test_an_old_preview_of_another_time_is_refused_and_what_was_chosen_stays_pr_71(
    site: TestClient, district: District
) -> None:
    nurse, incident = at_the_step(site, district)
    published(district)
    page = f"{incident}/{STEP}"
    phone, when, other = phone_of(nurse.get(page), "Rosa"), typed(district), typed(district, hour=11)
    shown = chosen(nurse, page, phone, meets_at=when, place="office", number_given="yes")
    hidden = hidden_in(shown, page, phone)

    answer = nurse.client.post(f"{page}/text", data={**hidden, "meets_at": other})

    assert answer.status_code == 422
    assert "The text has changed since you read it; read it again" in words(answer.text)
    assert f'value="{other}"' in answer.text
    assert ", 11:30 a. m." in said(answer.text)
    with district.store.read() as tx:
        assert incidents.load(tx, IncidentId(incident.rpartition("/")[2])).texts == {}


def test_a_program_reads_it_with_a_time_and_sends_that_alone(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    published(district)
    api, this = acting(nurse.client, district.token(COUNSELOR)), incident.rpartition("/")[2]
    when = f"{typed(district)}:00"
    with district.store.read() as tx:
        at = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(people.school(tx, SCHOOL).zone)).astimezone(UTC)
        seen = incidents.load(tx, IncidentId(this)).seq

    def offered(query: str = "") -> dict[str, object]:
        found = api.get(f"{incident}/texts{query}").body["offers"]
        return next(each for each in found if (each["person"], each["message"]) == (FATHER, "f6"))

    before = offered()
    wanted = {"meets_at": at.isoformat().replace("+00:00", "Z"), "place": "telephone", "number_given": True}
    one = offered(f"?meets_at={wanted['meets_at']}&place=telephone&number_given=true")
    order = {name: one[name] for name in ("person", "phone", "message", "language", "rung", "shown")} | wanted

    def sends(**fields: object) -> tuple[int, list[str]]:
        answer = api.order(this, "text-guardian", seen, step="guardian_contact", **{**order, **fields})
        return answer.status, [each["rule"] for each in answer.body.get("reasons", [])]

    assert [each["rule"] for each in before["why"]] == ["PR-8", "PR-8", "PR-72"]
    assert (before["body"], one["why"], "by phone, we call you" in str(one["body"])) == ("", [], True)
    assert sends(place="office") == (422, ["PR-71"])
    assert sends(number_given=False) == (422, ["PR-72"])
    assert sends(place="the room of Dr. Smith")[0] == 422
    assert sends() == (200, [])
    (text,) = api.get(f"{incident}/texts").body["texts"]
    assert (text["place"], datetime.fromisoformat(text["meets_at"])) == ("telephone", at)


def test_where_such_a_text_is_not_published_it_is_not_offered(site: TestClient, district: District) -> None:
    nurse, incident = at_the_step(site, district)
    ready(district)

    assert "Write when to meet" not in words(nurse.get(f"{incident}/{STEP}"))
