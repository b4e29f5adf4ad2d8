"""Whom one incident of a student keeps out is not handed the student in another one, and nobody reads why (PR-54)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis import commands as cmd
from crisis.access_words import ConflictKind
from crisis.commands import Actor
from crisis.errors import Reason, Refused
from crisis.protocols import loader
from crisis.statemachine.incident import Incident
from crisis.store import conflicts, incidents, protocols
from crisis.store.engine import open_store
from crisis.submit import submit
from crisis.vocabulary import Custody, IncidentId, Role
from tests.factories import STUDENT, a_person
from tests.web.district import COUNSELOR, NURSE, TEACHER, District, a_district
from tests.web.test_pages import at_console, words

CARE, COLLEAGUE = a_person(COUNSELOR, *Role), a_person(NURSE, *Role)
NOT_THEM = Reason("I-1", "This adult cannot be asked to be with the student; choose somebody else")
NO_LONGER = Reason("I-1", "This handover is no longer possible; the student stays with the adult who is with them")


@pytest.fixture
def district(sqlite_url: str, key_file: Path) -> Iterator[District]:
    """One database is enough: what is asked of both stands in `tests/notify/test_same_student.py`."""
    store = open_store(sqlite_url, key_file)
    made = a_district(store)
    with store.write() as tx:
        protocols.publish(tx, loader.protocol("abuse_disclosure"), clock.now())
    yield made
    store.close()


def does(district: District, address: str, order: cmd.Command) -> Incident:
    return submit(district.store, IncidentId(address.rpartition("/")[2]), order, at=clock.now()).incident


def why_not(district: District, address: str, order: cmd.Command) -> tuple[Reason, ...]:
    with pytest.raises(Refused) as no:
        does(district, address, order)
    return no.value.reasons


def about_the_nurse(district: District, address: str) -> None:
    with district.store.write() as tx:
        incident = incidents.load(tx, IncidentId(address.rpartition("/")[2]))
        conflicts.enter(tx, incident, NURSE, ConflictKind.NAMED, by=COUNSELOR, at=clock.now())


def test_whoever_is_suspected_in_one_is_not_handed_the_student_in_another_pr_54(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    suicide = counselor.opens(student=STUDENT)
    counselor.opens(kind="abuse_told", student=STUDENT, kept_out=NURSE, beside="nobody")

    assert why_not(district, suicide, cmd.OfferCustody(by=CARE, to=NURSE)) == (NOT_THEM,)
    said = words(counselor.send(f"{suicide}/custody", f"{suicide}/offer-student", 422, to=NURSE))
    assert NOT_THEM.text in said
    assert "conflict of interest" not in said
    assert does(district, suicide, cmd.OfferCustody(by=CARE, to=TEACHER)).custody_offered_to == TEACHER


def test_an_offer_of_before_is_not_taken_and_the_first_adult_stays_pr_54_i_1(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    suicide = counselor.opens(student=STUDENT)
    does(district, suicide, cmd.OfferCustody(by=CARE, to=NURSE))
    abuse = counselor.opens(kind="abuse_told", student=STUDENT, beside="nobody")
    about_the_nurse(district, abuse)

    assert why_not(district, suicide, cmd.AcceptCustody(by=COLLEAGUE)) == (NO_LONGER,)
    kept = does(district, suicide, cmd.DeclineCustody(by=CARE))
    assert (kept.custody, kept.adult) == (Custody.HELD, COUNSELOR)


def test_nobody_names_them_either_here_or_there_pr_54(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    abuse = counselor.opens(kind="abuse_told", student=STUDENT, kept_out=NURSE, beside="nobody")
    suicide = counselor.opens(student=STUDENT, beside="nobody")

    for address in (abuse, suicide):
        assert why_not(district, address, cmd.NameAdult(by=CARE, adult=NURSE)) == (NOT_THEM,)
    assert does(district, suicide, cmd.NameAdult(by=CARE, adult=TEACHER)).adult == TEACHER


def test_whoever_is_there_says_so_and_the_other_incident_asks_for_another_adult_pr_54_i_1(
    site: TestClient, district: District
) -> None:
    """The record says what is so, and nobody takes it for an answer."""
    counselor = at_console(site, district, COUNSELOR)
    abuse = counselor.opens(kind="abuse_told", student=STUDENT, kept_out=NURSE, beside="nobody")
    suicide = counselor.opens(student=STUDENT, beside="nobody")
    here: Actor = COLLEAGUE
    assert does(district, suicide, cmd.TakeCustody(by=here)).adult == NURSE

    page, custody = counselor.get(abuse), words(counselor.get(f"{abuse}/custody"))
    assert "is with the student, who must see nothing of this. Send another adult now." in words(page)
    assert f"{abuse}/name-adult" not in page  # no press makes them the adult here too
    assert "No second adult is needed" not in words(page) + custody
    assert "I am with the student now" in custody
