"""Training of staff on the console: who writes it down, what turns red, and that nothing ever waits for it."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.testclient import TestClient

from crisis import clock
from crisis.store.engine import Store, open_store
from crisis.store.readiness_tables import TRAINED
from crisis.store.tables import OUTBOX
from crisis.vocabulary import PersonId
from tests.factories import SCHOOL
from tests.store.looked_back import LEAD, OTHER_PRINCIPAL, PRINCIPAL, a_school, an_open_incident
from tests.web.district import COUNSELOR, NURSE, OFFICER, OTHER_SCHOOL, SETTINGS, TEACHER, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_api import actions
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app

TODAY = clock.now().date()
LONG_AGO, YESTERDAY, SOON = (str(TODAY + timedelta(days=days)) for days in (-900, -2, 20))
LOST = {"en": "Nobody is left whose training counts 1", "es": "No queda nadie cuya formación valga 1"}


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    with closing(open_store(sqlite_url, key_file)) as opened:
        a_school(opened)
        yield opened


@pytest.fixture
def site(store: Store) -> Iterator[TestClient]:
    with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture
def district(store: Store) -> District:
    return District(store, protocol_hash=None)  # type: ignore[arg-type]


def writes(by: Browser, until: str, status: int = 303, *, since: str = LONG_AGO) -> str:
    page = f"/training/{NURSE}"
    return by.send(page, f"{page}/record", status, training="naloxone", since=since, until=until)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_role_that_loses_its_last_trained_person_is_red_on_the_page_of_readiness(
    site: TestClient, district: District, language: str
) -> None:
    principal = at_console(site, district, PRINCIPAL, language)
    seen = [principal.get("/readiness")]
    for until in (SOON, YESTERDAY):
        writes(principal, until)
        seen += [principal.get("/readiness"), principal.get("/training"), principal.get(f"/training/{NURSE}")]

    for page in seen[1:]:
        must_keep_to_contract(page)
    assert [LOST[language] in words(seen[place]) for place in (0, 1, 4)] == [False, False, True]
    soon, over = ("runs out soon", "has run out") if language == "en" else ("vence pronto", "ha vencido")
    assert (soon in words(seen[2]), over in words(seen[5])) == (True, True)
    assert [each for each, _ in actions(district.store)].count("training recorded") == 2


def test_a_missing_training_stops_no_page_and_no_order(site: TestClient, district: District) -> None:
    def paged() -> int:
        with district.store.read() as tx:
            return int(tx.execute(select(func.count()).where(OUTBOX.c.kind == "PageLevel")).scalar_one())

    an_open_incident(district.store)
    before = paged()
    assert before > 0
    writes(at_console(site, district, PRINCIPAL), YESTERDAY)

    an_open_incident(district.store, at=clock.now())

    assert paged() == 2 * before


def test_it_is_replaced_taken_off_and_refused_where_days_are_wrong(site: TestClient, district: District) -> None:
    principal = at_console(site, district, PRINCIPAL)
    writes(principal, SOON)
    writes(principal, "")
    refused = writes(principal, LONG_AGO, 422, since=YESTERDAY)
    kept = words(principal.get(f"/training/{NURSE}"))
    principal.send(f"/training/{NURSE}", f"/training/{NURSE}/take-off", training="naloxone")

    assert "It cannot run out before it was learned" in words(refused)
    assert "without an end" in kept
    with district.store.read() as tx:
        assert tx.execute(select(TRAINED)).all() == []


def test_who_plans_there_writes_it_and_takes_it_along_and_nobody_else(site: TestClient, district: District) -> None:
    principal, other, lead = (at_console(site, district, each) for each in (PRINCIPAL, OTHER_PRINCIPAL, LEAD))
    writes(principal, SOON)
    form = principal.form(f"/training/{NURSE}", f"/training/{NURSE}/record")

    rows = list(csv.DictReader(io.StringIO(lead.client.get("/training.csv").text)))
    assert [(row["training"], row["until"], row["counts"]) for row in rows] == [("naloxone", SOON, "soon_over")]
    assert lead.client.get("/training.json").json() == [dict(row) for row in rows]
    assert other.client.get(f"/training/{NURSE}").status_code == 422
    assert f"/training/{NURSE}" not in other.get("/training")
    for person in (COUNSELOR, NURSE, TEACHER, OFFICER):
        asked = at_console(site, district, person).client
        assert {asked.get(f"/training{end}").status_code for end in ("", ".csv", ".json", f"/{NURSE}")} == {404}
    assert form


def test_staff_are_listed_school_by_school(site: TestClient, district: District) -> None:
    lead, other = at_console(site, district, LEAD), at_console(site, district, OTHER_PRINCIPAL)

    pages = [words(lead.get(f"/training?school={school}")) for school in (SCHOOL, OTHER_SCHOOL)]

    assert [name_of(NURSE) in page for page in pages] == [True, False]
    assert [name_of(OTHER_PRINCIPAL) in page for page in pages] == [False, True]
    assert [name_of(LEAD) in page for page in pages] == [True, True]  # of the whole district
    assert name_of(NURSE) not in words(other.get("/training"))  # their own school first


def name_of(person: PersonId) -> str:
    """A part of it that nobody else has."""
    return f" {person.title()} "
