"""What to know and do for a student, on the pages: first where it is needed, and for nobody else."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.store import instructions
from crisis.store.instructions import STALE, Told
from crisis.vocabulary import PersonId
from tests.factories import DISTRICT, STUDENT
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, STRANGER, TEACHER, District
from tests.web.test_pages import Browser, at_console, words

pytestmark = pytest.mark.page

PAGE = f"/students/{STUDENT}/instructions"


def told(browser: Browser, text: str, kind: str = "helps", source: str = "student") -> None:
    assert browser.send(PAGE, f"{PAGE}/add", kind=kind, text=text, source=source) == PAGE


def test_it_stands_on_the_page_of_the_incident_what_must_not_be_done_first(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    told(counselor, "A walk outside")
    told(counselor, "Anything about her brother", "do_not_say", "family")
    incident = counselor.opens()
    assert "A walk outside" not in counselor.get(incident)  # nobody has said which student it is
    counselor.identifies(incident, "quetzal", STUDENT)

    shown, sheet = words(counselor.get(incident)), words(counselor.get(f"{incident}/student"))

    assert shown.index("Do not say: Anything about her brother") < shown.index("Helps: A walk outside")
    assert "Asked for by: The family" in sheet


def test_in_spanish_too(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR, "es")
    told(counselor, "Salir a caminar")

    assert "Ayuda: Salir a caminar" in words(counselor.get(PAGE))


def test_who_counts_as_family_stands_where_the_family_is_called_with_no_right(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    fields = {"kind": "counts_as_family", "source": "student", "text": "Ana, her godmother, who raised her"}
    counselor.send(PAGE, f"{PAGE}/add", **fields)
    incident = counselor.opens(student=STUDENT)
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers="weapon", called_911="yes")

    calling = words(counselor.get(f"{incident}/steps/guardian_contact"))

    assert "Who counts as family for this student: Ana, her godmother, who raised her" in calling
    assert "No right follows from it" in calling
    assert "Counts as family: Ana, her godmother, who raised her" in words(counselor.get(incident))


def test_what_nobody_confirmed_for_a_year_says_so_until_somebody_does(site: TestClient, district: District) -> None:
    with district.store.write() as tx:
        instructions.add(
            tx,
            district.store.keys,
            (DISTRICT, STUDENT),
            Told(kind=InstructionKind.TOUCH, source=InstructionSource.FAMILY, text="Ask first"),
            by=COUNSELOR,
            at=clock.now() - STALE - timedelta(days=1),
        )
    nurse = at_console(site, district, NURSE)
    before = words(nurse.get(PAGE))
    nurse.send(PAGE, f"{PAGE}/confirm")
    after = words(nurse.get(PAGE))
    nurse.send(PAGE, f"{PAGE}/end")

    assert "Nobody has confirmed it for a year" in before
    assert "Touch: Ask first" in after
    assert "Nobody has confirmed it" not in after
    assert "Ask first" not in nurse.get(PAGE)


def test_a_refusal_keeps_what_was_typed(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)

    empty = counselor.send(PAGE, f"{PAGE}/add", 422, text="A walk outside", source="student")
    long = counselor.send(PAGE, f"{PAGE}/add", 422, text="a walk " * 60, source="student", kind="helps")

    assert "What is it about? Fill this in." in words(empty)
    assert "A walk outside</textarea>" in empty
    assert "Keep it to 300 letters" in words(long)


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_sees_or_changes_it(site: TestClient, district: District, person: PersonId) -> None:
    counselor, other = at_console(site, district, COUNSELOR), at_console(site, district, person)
    told(counselor, "A walk outside")
    fields = {"csrf": "", "kind": "helps", "text": "Mine", "source": "staff"}

    assert other.client.get(PAGE).status_code == 404
    assert other.client.post(f"{PAGE}/add", data=fields).status_code in (403, 404)
    assert "Mine" not in counselor.get(PAGE)
