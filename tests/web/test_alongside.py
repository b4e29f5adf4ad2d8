"""A disclosure of abuse during a suicide screening: two incidents of one student, one adult, one call, one block."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis import commands as cmd
from crisis.access_words import TitleIxSide
from crisis.effects import LinkSameStudent, MoveAdult
from crisis.notify.linking import tell_the_others
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.store import incidents, outbox, protocols, roster
from crisis.store.engine import open_store
from crisis.submit import submit
from crisis.vocabulary import ContactMethod, Guardian, IncidentId, PersonId, Relation, ReleaseTo, Role, StepId, Tier
from tests.factories import DISTRICT, STUDENT, a_person, contact, release, screen, tier
from tests.web.district import COUNSELOR, NURSE, District, a_district
from tests.web.test_compartments import kept_apart
from tests.web.test_pages import at_console, words

MOTHER = PersonId("p-mother")
CARE, COLLEAGUE = a_person(COUNSELOR, *Role), a_person(NURSE, *Role)


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough for pages: what is asked of both is in `tests/notify/test_same_student.py`."""
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        protocols.publish(tx, loader.protocol("abuse_disclosure"), clock.now())
        roster.add_person(tx, DISTRICT, MOTHER, ("Rosa", "Quetzal"), staff=False, language="en")
        roster.tie(tx, STUDENT, MOTHER, Relation.PARENT, guardian=Guardian.YES, priority=1)
    yield made
    store.close()


def does(district: District, address: str, *orders: cmd.Command) -> Incident:
    incident = IncidentId(address.rpartition("/")[2])
    for order in orders:
        submit(district.store, incident, order, at=clock.now())
    works(district)
    return state(district, address)


def works(district: District) -> None:
    """What the worker does with the links that wait."""
    with district.store.write() as tx:
        jobs = outbox.claim(tx, "a test", clock.now(), limit=200, lease=timedelta(seconds=1))
    for job in jobs:
        if isinstance(job.effect, LinkSameStudent | MoveAdult):
            tell_the_others(district.store, job, job.effect, clock.now())


def state(district: District, address: str) -> Incident:
    with district.store.read() as tx:
        return incidents.load(tx, IncidentId(address.rpartition("/")[2]))


def test_a_disclosure_during_a_screening_is_led_beside_it_without_double_contact(
    site: TestClient, district: District
) -> None:
    """protocols.md 1 a, e: the block of the one holds in the other; one adult; the acute screening counts in both."""
    counselor = at_console(site, district, COUNSELOR)
    suicide = counselor.opens(student=STUDENT)
    does(district, suicide, screen("ynnny", CARE))
    abuse = counselor.opens(kind="abuse_told", student=STUDENT, beside="nobody")
    works(district)

    assert state(district, abuse).effective_tier is state(district, suicide).effective_tier is Tier.IMMINENT
    assert state(district, abuse).links == (IncidentId(suicide.rpartition("/")[2]),)
    page, custody = words(counselor.get(abuse)), words(counselor.get(f"{abuse}/custody"))
    assert "Given P-Counselor is with the student. No second adult is needed." in page
    assert "By another open incident of the student" in page
    assert "No second adult is needed." in custody
    assert "No adult is with the student" not in page + custody
    assert "Risk not known: do not leave the student alone" not in page  # the other incident knows it
    assert "Asked about suicide today: acute" in page.replace("Acute", "acute")
    counselor.send(abuse, f"{abuse}/name-adult")
    assert "The same adult is with the student" in words(counselor.get(abuse))
    assert "Do not contact the family" in words(counselor.get(suicide))
    counselor.client.cookies.set("language", "es")
    assert "También abierto para este estudiante" in words(counselor.get(suicide))


def test_whoever_takes_over_in_one_is_named_in_the_other_and_a_release_is_asked_about_i_1(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    first, second = counselor.opens(student=STUDENT), counselor.opens(student=STUDENT)
    does(district, first, cmd.OfferCustody(by=CARE, to=NURSE), cmd.AcceptCustody(by=COLLEAGUE))
    page = words(counselor.get(second))
    assert "Given P-Nurse is with the student, as another incident of theirs says" in page
    assert "The same adult is with the student" in page

    does(district, first, release(ReleaseTo.EMS, COLLEAGUE))
    asked = counselor.get(second)
    assert "There the student was released. Is that so?" in words(asked)
    assert f'href="{second}/custody"' in asked
    assert state(district, second).adult == NURSE  # each release has its own reasons against it


def test_a_talk_in_one_counts_in_the_other_when_somebody_presses_it(site: TestClient, district: District) -> None:
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    first, second = counselor.opens(student=STUDENT), nurse.opens(student=STUDENT)
    for address in (first, second):
        does(district, address, screen("nnnn-", CARE), tier(Tier.LOW, CARE))
    step = f"{second}/steps/guardian_contact"
    talk = replace(contact(by=COLLEAGUE), contact=MOTHER)
    missed = replace(talk, outcome=talk.outcome.NO_ANSWER, understood=False, language=None, language_help=None)
    does(district, first, missed)
    assert "Calls home from there today" in words(nurse.get(step))
    assert f"{step}/count-contact" not in nurse.get(step)

    does(district, first, talk)
    reached = state(district, first).guardian_reached_at
    nurse.send(step, f"{step}/count-contact")

    there = state(district, second)
    assert there.guardian_reached_at == reached
    assert there.contact_attempts == ()
    assert there.steps[StepId("guardian_contact")].by == NURSE
    assert "covered this too" in words(nurse.get(second))


def test_whoever_does_not_see_the_other_one_is_shown_nothing_of_it_pr_43(site: TestClient, district: District) -> None:
    """Kept apart for Title IX: a nurse who is not admitted sees no card, no link, and cannot count its talk."""
    counselor, nurse = at_console(site, district, COUNSELOR), at_console(site, district, NURSE)
    apart, second = counselor.opens(student=STUDENT), nurse.opens(student=STUDENT)
    works(district)
    code = apart.rpartition("/")[2]
    for address in (apart, second):
        does(district, address, screen("nnnn-", CARE), tier(Tier.LOW, CARE))
    does(district, apart, replace(contact(by=CARE), contact=MOTHER, method=ContactMethod.IN_PERSON))
    kept_apart(counselor, apart, TitleIxSide.COMPLAINANT)
    step = f"{second}/steps/guardian_contact"
    page = nurse.get(second) + nurse.get(step)

    assert "Also open for this student" not in page
    assert f"{step}/count-contact" not in page
    hidden = nurse.form(step, f"{step}/contact")
    refused = nurse.post(f"{step}/count-contact", {"csrf": hidden["csrf"], "seen": hidden["seen"], "other": code}, 422)
    assert "Nobody was reached there who understood it" in words(refused)
