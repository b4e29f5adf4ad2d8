"""The ledger of a student, for those who answer for it: on the page, by the API, and in the same rows as the deed."""

import pytest
from fastapi.routing import iter_route_contexts
from starlette.testclient import TestClient

from crisis import clock
from crisis.access_words import ConflictKind, TitleIxSide
from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.protocols import loader
from crisis.store import compartments, conflicts, disclosures, roster
from crisis.store.incidents import load
from crisis.vocabulary import IncidentId, Mode, PersonId, StaffRole
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.district import (
    COUNSELOR,
    NEIGHBOUR,
    OFFICER,
    STRANGER,
    TEACHER,
    District,
    acting,
)
from tests.web.test_pages import at_console, words
from web.app import all_routes
from web.words_of_disclosures import KINDS, PARTS, PURPOSES, WAYS

pytestmark = pytest.mark.page

PAGE = f"/students/{STUDENT}/disclosures"


def test_each_answer_to_a_program_has_one_row_pr_23(site: TestClient, district: District) -> None:
    """Not those of a drill, and not what is refused to somebody who may not see it."""
    counselor = acting(site, district.token(COUNSELOR))
    stranger = acting(site, district.token(STRANGER))
    incident, _ = counselor.opened(student=STUDENT)
    drill, _ = counselor.opened(key="key-00000002", mode=Mode.DRILL)
    asked = [
        f"/incidents/{incident}",
        f"/incidents/{incident}/events",
        f"/incidents/{incident}/next",
        f"/students/{STUDENT}/contacts",
        f"/students/{STUDENT}/instructions",
    ]

    answers = [counselor.get(path).status for path in (*asked, f"/incidents/{drill}", f"/incidents/{drill}/next")]
    refused = [stranger.get(path).status for path in asked]

    with district.store.read() as tx:
        found = disclosures.of_student(tx, district.store.keys, STUDENT)
        assert disclosures.verify(tx) is None
    assert (set(answers), set(refused)) == ({200}, {404})
    assert [each.fields for each in reversed(found)] == [
        ("incident",),
        ("events",),
        ("next",),
        ("contacts",),
        ("instructions",),
    ]
    assert {(each.way, each.persons, each.ferpa_log) for each in found} == {(DisclosureWay.API, (COUNSELOR,), False)}


def test_no_route_answers_about_a_student_without_its_row_pr_23(site: TestClient, district: District) -> None:
    """Every one that there is, also those that come later."""
    with district.store.write() as tx:
        roster.give_post(tx, DISTRICT, OFFICER, StaffRole.COUNSELOR, SCHOOL)
    api = acting(site, district.token(OFFICER))
    prefix = "/api/v1/students/{student}/"
    routes = [(getattr(each, "path", ""), getattr(each, "methods", None)) for each in iter_route_contexts(all_routes())]
    paths = sorted(
        path.removeprefix("/api/v1").replace("{student}", STUDENT)
        for path, methods in routes
        if path.startswith(prefix) and "GET" in (methods or ())
    )

    answers = {path: api.get(path).status for path in paths}

    with district.store.read() as tx:
        rows = disclosures.of_student(tx, district.store.keys, STUDENT)
    assert len(paths) >= 6
    assert set(answers.values()) == {200}, answers
    assert len(rows) == len(paths)
    assert {code for row in rows for code in row.fields} <= PARTS.keys()


def test_the_officer_sees_who_got_what_and_the_log_of_the_law(site: TestClient, district: District) -> None:
    counselor, officer = at_console(site, district, COUNSELOR), at_console(site, district, OFFICER)
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")
    acting(site, district.token(COUNSELOR)).get(f"/students/{STUDENT}/contacts")

    everything, federal = words(officer.get(PAGE)), words(officer.get(f"{PAGE}?log=ferpa"))

    assert "Said to them: 911 (Emergency services)" in everything
    assert "The danger: Has a weapon or a means to hurt themselves" in everything
    assert "Read by a program" in everything
    assert "Health or safety emergency (FERPA, 34 CFR 99.36) · to keep somebody safe" in federal
    assert "Read by a program" not in federal
    assert "Nothing is on record" in words(officer.get(f"{PAGE}?log=state"))


def test_in_spanish_too(site: TestClient, district: District) -> None:
    acting(site, district.token(COUNSELOR)).get(f"/students/{STUDENT}/contacts")

    shown = words(at_console(site, district, OFFICER, "es").get(PAGE))

    assert "Qué ha salido de la escuela" in shown
    assert "Leído por un programa" in shown


def test_it_leads_from_the_page_of_whom_to_contact_for_those_who_may(site: TestClient, district: District) -> None:
    contacts = f"/students/{STUDENT}/contacts"

    assert PAGE in at_console(site, district, OFFICER).get(contacts)
    assert PAGE not in at_console(site, district, COUNSELOR).get(contacts)


@pytest.mark.parametrize("person", [COUNSELOR, NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_it(site: TestClient, district: District, person: PersonId) -> None:
    at_console(site, district, person).get(PAGE, 404)
    assert acting(site, district.token(person)).get(PAGE).status == 404


def test_who_leads_an_incident_of_the_student_sees_it_as_long_as_it_is_open(
    site: TestClient, district: District
) -> None:
    api = acting(site, district.token(COUNSELOR))
    incident, seen = api.opened(student=STUDENT)
    api.order(incident, "assign-lead", seen, lead=COUNSELOR)

    answer = api.get(PAGE)

    assert (answer.status, answer.body) == (200, [])
    assert [each["fields"] for each in api.get(PAGE).body] == [["ledger"]]  # that it was read is in it too


def test_a_row_follows_its_incident_in_the_list_and_by_the_api_pr_43_pr_54(
    site: TestClient, district: District
) -> None:
    """For a principal: not of what is kept apart for Title IX, nor of an incident whose report names them."""
    with district.store.write() as tx:
        roster.give_post(tx, DISTRICT, TEACHER, StaffRole.PRINCIPAL, SCHOOL)
    counselor, principal = acting(site, district.token(COUNSELOR)), acting(site, district.token(TEACHER))
    incidents = [counselor.opened(key=f"key-0000000{n}", student=STUDENT)[0] for n in range(3)]
    for each in incidents:
        assert counselor.get(f"/incidents/{each}").status == 200
    address = f"/students/{STUDENT}/disclosures"

    def seen() -> set[str]:
        return {row["incident"] for row in principal.get(address).body if row["incident"] is not None}

    console = at_console(site, district, TEACHER)
    before, page = seen(), console.get(PAGE).count("Given P-Counselor")
    with district.store.write() as tx:
        apart, named = (load(tx, IncidentId(each)) for each in incidents[:2])
        compartments.enter(tx, apart, TitleIxSide.COMPLAINANT, COUNSELOR, by=COUNSELOR, at=clock.now())
        conflicts.enter(tx, named, TEACHER, ConflictKind.NAMED, by=COUNSELOR, at=clock.now())

    assert before == set(incidents)
    assert seen() == {incidents[2]}
    assert console.get(PAGE).count("Given P-Counselor") * 3 == page > 0


def test_every_code_of_the_ledger_has_words() -> None:
    items = {item for name in loader.names() for item in loader.protocol(name).disclosure_items}

    assert items <= PARTS.keys()
    assert (WAYS.keys(), PURPOSES.keys(), KINDS.keys()) == (
        set(DisclosureWay),
        set(DisclosurePurpose),
        set(RecipientKind),
    )
