"""The brief of a handoff at the console: what is offered and nothing else, by name only where the student wants it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from crisis import clock
from crisis.policy.directory import Entry
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.referral_words import AgencyId, AgencyKind, DataPoint
from crisis.store import directory, instructions, partners
from crisis.store.disclosure_tables import DISCLOSURE
from crisis.store.engine import Store
from crisis.store.instructions import Told
from crisis.vocabulary import LegalBasis, PersonId
from tests.factories import DISTRICT, STUDENT, suicide_risk
from tests.policy.test_agreements import TERMS, ZONE
from tests.web.district import COUNSELOR, NEIGHBOUR, OFFICER, STRANGER, District, a_district
from tests.web.test_pages import Browser, at_console, words

ITEMS = tuple(suicide_risk().disclosure_items)


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture
def district(store: Store) -> District:
    made = a_district(store)
    with store.write() as tx:
        for kind, text in ((InstructionKind.HELPS, "A walk outside"), (InstructionKind.DO_NOT_SAY, "Of the brother")):
            said = Told(kind=kind, source=InstructionSource.STUDENT, text=text)
            instructions.add(tx, store.keys, (DISTRICT, STUDENT), said, by=COUNSELOR, at=clock.now())
    return made


@pytest.fixture
def center(district: District) -> AgencyId:
    today = clock.now().date()
    with district.store.write() as tx:
        entry = Entry(name="Mill Street Center", kind=AgencyKind.HEALTH_CENTER)
        agency = directory.add(tx, DISTRICT, entry, by=OFFICER, at=clock.now())
        terms = replace(TERMS, agency=agency, first_day=today - timedelta(9), last_day=today + timedelta(9))
        points = frozenset({DataPoint.IDENTITY, DataPoint.WHAT_HELPS})
        partners.record(tx, DISTRICT, replace(terms, data_points=points), ZONE, by=OFFICER, at=clock.now())
    return agency


def at_the_handoff(counselor: Browser) -> str:
    """An incident at moderate risk, with the student known."""
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    steps = f"{incident}/steps"
    asked = {f"answers__q{n}": "yes" if n == 1 else "no" for n in range(1, 6)}
    screen = {"instrument": "asq", "language": "en", "language_help": "shared", **asked}
    counselor.send(f"{steps}/screen", f"{steps}/screen/screen", **screen)
    talk = {"instrument": "bssa", "disposition": "non_urgent_follow_up", "right_now": "no", "rationale": "It went well"}
    counselor.send(f"{steps}/assess", f"{steps}/assess/interview", **talk)
    counselor.send(f"{steps}/assess", f"{steps}/assess/tier", tier="moderate", rationale="As the talk went")
    return incident


def offered(counselor: Browser, incident: str, given: tuple[str, ...], status: int = 303, **fields: str) -> str:
    items = {f"items__{item}": "given" if item in given else "not_needed" for item in ITEMS}
    whole = {"receiver": "health_center", "organisation": "Mill Street Center", **items, **fields}
    page = f"{incident}/steps/referral"
    return counselor.send(page, f"{page}/offer", status, **whole)


def brief_of(counselor: Browser, incident: str) -> str:
    found = re.search(
        r'href="(/incidents/[^"]+/brief/clinician\?handoff=[^"]+)"', counselor.get(f"{incident}/handoffs")
    )
    assert found
    return found[1]


EMERGENCY = {"basis": "ferpa_99_36_emergency", "threat": "Said there are tablets at home"}


def test_the_clinician_gets_what_is_offered_and_nothing_else_and_it_is_in_the_ledger_pr_23_pr_38(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = at_the_handoff(counselor)
    offered(counselor, incident, ("identity", "what_helps", "statement"), **EMERGENCY)
    page = brief_of(counselor, incident)
    shown = words(counselor.get(page))
    counselor.send(page, page.partition("?")[0], way="read_aloud", recipient="Dr. Rivera, Mill Street")
    told = words(counselor.get(incident))
    with district.store.read() as tx:
        rows = tx.execute(select(DISCLOSURE).order_by(DISCLOSURE.c.at)).all()

    assert "A walk outside" in shown
    assert "Ximena Quetzal" in shown
    assert "Said there are tablets at home" in shown
    assert "may not be passed on" in shown
    assert "Moderate" not in shown  # it stays here
    assert "Of the brother" not in shown  # for staff alone
    assert "Stays here: Guardians and how to reach them" in shown
    assert "Brief given. For the clinician who takes over: Read aloud" in told
    assert "Dr. Rivera, Mill Street" in told
    given = [row for row in rows if row.way == "call" and row.basis is LegalBasis.EMERGENCY]
    assert [set(row.fields.split()) for row in given] == [{"identity", "what_helps", "statement"}]


def test_a_partner_gets_what_its_agreement_lists_and_nothing_when_it_ends_pr_37(
    site: TestClient, district: District, center: AgencyId
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = at_the_handoff(counselor)
    counselor.send(f"{incident}/steps/referral", f"{incident}/steps/referral/assent", answer="agreed")
    by_agreement = {"basis": "partner_official", "agency": center, "organisation": ""}
    more = offered(counselor, incident, ("identity", "risk"), 422, **by_agreement)
    unnamed = offered(counselor, incident, ("identity",), 422, basis="partner_official")
    offered(counselor, incident, ("identity", "what_helps"), **by_agreement)
    page = brief_of(counselor, incident)
    before, form = words(counselor.get(page)), counselor.form(page, page.partition("?")[0])
    with district.store.write() as tx:
        partners.end(tx, DISTRICT, partners.of_district(tx, DISTRICT)[0].id, by=OFFICER, at=clock.now())
    after = words(counselor.get(page))
    late = counselor.client.post(page.partition("?")[0], data={**form, "way": "shown", "recipient": "Dr. Rivera"})

    assert "does not list everything" in words(more)
    assert "Choose the agency from the directory" in words(unnamed)
    assert "A walk outside" in before
    assert "There is nothing that they may be given" in after
    assert "A walk outside" not in after
    assert (late.status_code, "may not be given" in words(late.text)) == (422, True)


def test_the_emergency_brief_is_for_the_emergency_and_the_door_learns_nothing_of_the_student_pr_24_pr_8(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    calm = words(counselor.get(f"{incident}/brief/emergency"))
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="no")
    page = f"{incident}/brief/emergency"
    alarmed = words(counselor.get(page))
    silent = counselor.send(page, page, 422, way="read_aloud", recipient="911")
    counselor.send(page, page, way="read_aloud", recipient="911", threat="Tiene una navaja")
    door = words(counselor.get(f"{incident}/brief/pick_up"))

    assert "Anotar que lo recibieron" not in calm
    assert "Tiene un arma" in alarmed
    assert "Ximena Quetzal" in alarmed
    assert "Nivel de riesgo" not in alarmed
    assert "Diga con palabras cuál es el peligro" in words(silent)
    assert 'value="911"' in silent
    assert "Ximena" not in door
    assert "988" in door


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER])
def test_nobody_else_sees_a_brief(site: TestClient, district: District, person: PersonId) -> None:
    incident = at_console(site, district, COUNSELOR).opens()

    at_console(site, district, person).get(f"{incident}/brief/emergency", 404)
