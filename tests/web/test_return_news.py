"""What an agency with an agreement tells of a return: joined, never guessed, and nothing is told back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.directory import Entry
from crisis.protocols import loader
from crisis.referral_words import AgencyKind, AgreedUse
from crisis.statemachine.incident import Incident
from crisis.store import codec, directory, incidents, partners, protocols, roster
from crisis.store.engine import open_store
from crisis.store.tables import INCIDENT
from crisis.vocabulary import IncidentId, PersonId, StaffRole, StudentId
from tests.factories import DISTRICT, SCHOOL
from tests.policy.test_agreements import TERMS, ZONE
from tests.web.district import COUNSELOR, OFFICER, TEACHER, Api, District, a_district, acting
from tests.web.test_pages import at_console

PARTNER, TWIN = PersonId("p-partner"), StudentId("st-twin")
BORN = date(2011, 4, 5)
SAID = {"given": "Óriol", "family": "umbrellabird", "born": BORN.isoformat(), "words": "Unit 3. Back on Monday."}
HAS = {"news": "coming_back", "school": str(SCHOOL), **SAID}


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), StudentId("st-oriol"), ("Oriol", "Umbrellabird"), birth_date=BORN)
        roster.add_person(tx, DISTRICT, PARTNER, ("Given", "Partner"), staff=True)
        roster.give_post(tx, DISTRICT, PARTNER, StaffRole.CLINICIAN, SCHOOL)
        protocols.publish(tx, loader.protocol("reentry"), clock.now())
        agency = directory.add(
            tx, DISTRICT, Entry(name="Mill Street", kind=AgencyKind.HEALTH_CENTER), by=OFFICER, at=clock.now()
        )
        partners.put_in(tx, DISTRICT, PARTNER, agency, by=OFFICER, at=clock.now())
    agreed(made, frozenset({AgreedUse.RETURN}))
    yield made
    store.close()


def agreed(made: District, uses: frozenset[AgreedUse]) -> None:
    today = clock.now().date()
    with made.store.write() as tx:
        agency = partners.agency_of(tx, PARTNER)
        assert agency is not None
        terms = replace(TERMS, agency=agency, first_day=today - timedelta(9), last_day=today + timedelta(9), uses=uses)
        partners.record(tx, DISTRICT, terms, ZONE, by=OFFICER, at=clock.now())


@pytest.fixture
def partner(site: TestClient, district: District) -> Api:
    return acting(site, district.token(PARTNER))


def told(partner: Api, key: str = "key-00000001", **changes: str) -> tuple[int, object]:
    answer = partner.post("/return-news", HAS | changes, Idempotency_Key=key)
    return answer.status, answer.body


def kept(district: District) -> list[Incident]:
    with district.store.read() as tx:
        return [codec.incident_from_text(each) for each in tx.execute(select(INCIDENT.c.state)).scalars()]


def news_of(district: District, incident: IncidentId) -> list[str]:
    with district.store.read() as tx:
        return [
            str(each.event.news)  # type: ignore[attr-defined]
            for each in incidents.events_of(tx, incident)
            if type(each.event).__name__ == "ReturnNewsCame"
        ]


def test_news_of_one_known_student_opens_one_incident_and_more_news_joins_it(partner: Api, district: District) -> None:
    first = told(partner, news="admitted")
    again = told(partner, news="admitted")  # the same key: their program was not sure
    later = told(partner, key="key-00000002")

    assert (first, again, later) == ((201, {"taken": True}), (200, {"taken": True}), (201, {"taken": True}))
    (incident,) = kept(district)
    assert (incident.protocol, incident.student, incident.opened_by) == ("reentry", "st-oriol", PARTNER)
    assert incident.returned_at is None  # they said so; nobody has seen the student
    assert news_of(district, incident.id) == ["admitted", "coming_back"]


@pytest.mark.parametrize(
    "changes", [{"born": "2011-04-06"}, {"given": "Orio"}, {"family": "Umbrella Bird"}, {"school": "s-2"}]
)
def test_a_student_who_is_not_found_is_a_task_for_a_person_and_never_a_guess(
    partner: Api, district: District, changes: dict[str, str]
) -> None:
    assert told(partner, **changes) == (201, {"taken": True})  # the answer is the same

    (incident,) = kept(district)
    assert incident.student is None
    assert news_of(district, incident.id) == ["coming_back"]


def test_two_of_the_same_name_and_day_are_nobody(partner: Api, district: District) -> None:
    with district.store.write() as tx:
        roster.add_student(tx, (DISTRICT, SCHOOL), TWIN, ("Oriol", "Umbrellabird"), birth_date=BORN)

    told(partner)

    assert [incident.student for incident in kept(district)] == [None]


def test_the_agency_hears_that_it_is_received_and_no_more_and_the_school_reads_it_in_the_timeline(
    site: TestClient, partner: Api, district: District
) -> None:
    told(partner)
    (incident,) = kept(district)

    status = partner.get(f"/incidents/{incident.id}").body
    assert "st-oriol" not in str(status)
    assert "Unit 3" not in str(status)
    page = at_console(site, district, COUNSELOR).get(f"/incidents/{incident.id}")
    assert "Unit 3. Back on Monday." in page
    assert "A student is coming back" in page


def test_only_an_agency_whose_agreement_covers_it_may_tell(site: TestClient, partner: Api, district: District) -> None:
    for person in (COUNSELOR, TEACHER, OFFICER):
        assert (
            acting(site, district.token(person)).post("/return-news", HAS, Idempotency_Key="key-00000009").status == 404
        )
    agreed(district, frozenset({AgreedUse.CRISIS_RESPONSE}))  # the newest in force decides alone

    status, body = told(partner)
    assert status == 422
    assert "PR-37" in str(body)
    assert kept(district) == []


def test_the_page_tells_the_school_and_says_what_is_missing(site: TestClient, district: District) -> None:
    browser = at_console(site, district, PARTNER)
    assert "News of a return" in browser.get("/board")
    missing = browser.send("/return-news", "/return-news/tell", 422, **HAS | {"born": "soon"})
    assert "Unit 3. Back on Monday." in missing  # what was typed is kept

    where = browser.send("/return-news", "/return-news/tell", **HAS)
    assert "The school has it" in browser.get(where)
    assert [incident.student for incident in kept(district)] == ["st-oriol"]
    refused = at_console(site, district, TEACHER).client.get("/return-news")
    assert refused.status_code == 404
