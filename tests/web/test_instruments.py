"""Instruments on their pages: what a district takes into use, the forms at a step, and the student's own plan."""

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.store.packs import body_of
from tests.web.district import COUNSELOR, OFFICER, STRANGER, TEACHER, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_brief import at_the_handoff
from tests.web.test_pages import STUDENT_NAMES, Browser, at_console, words

PAGE = "/instruments"
SPOKEN = {"language": "en", "language_help": "shared"}
PERMIT = {
    "instrument": "cssrs",
    "basis": "letter",
    "given_by": "R. Owner",
    "paper": "Folder 9",
    "notice": "Shown with permission",
}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Both databases are the business of tests/store/test_instrument_texts.py."""
    return sqlite_url


def takes_up(officer: Browser, *instruments: str) -> None:
    for each in instruments:
        officer.post(f"{PAGE}/take-up", {**officer.form(PAGE, f"{PAGE}/take-up"), "of": each})


def at_the_screen(counselor: Browser) -> str:
    incident = counselor.opens()
    counselor.identifies(incident, "quetzal", STUDENT)
    return f"{incident}/steps/screen"


def test_words_come_with_the_permission_and_go_with_it(site: TestClient, district: District) -> None:
    officer, counselor = at_console(site, district, OFFICER), at_console(site, district, COUNSELOR)
    step = at_the_screen(counselor)
    refused = words(officer.send(PAGE, f"{PAGE}/bring", 422, of="cssrs", body=body_of("cssrs")))
    takes_up(officer, "cssrs")
    by_number = words(counselor.get(f"{step}?with=cssrs"))
    officer.send(PAGE, f"{PAGE}/permit", **PERMIT)
    officer.send(PAGE, f"{PAGE}/bring", of="cssrs", body=body_of("cssrs"))
    shown = words(counselor.get(f"{step}?with=cssrs"))
    officer.send(PAGE, f"{PAGE}/end-permission")
    after = words(counselor.get(f"{step}?with=cssrs"))

    assert "Record the permission first" in refused
    assert "Question 4 of your form" in by_number
    assert "made up words of q4" in shown
    assert "Shown as its owner wants it" in shown
    assert "made up words" not in after
    assert "only after the district has recorded a permission" in after


def test_what_is_wrong_with_a_pack_is_told_at_its_field_and_nothing_is_lost(
    site: TestClient, district: District
) -> None:
    officer = at_console(site, district, OFFICER, "es")

    broken = officer.send(PAGE, f"{PAGE}/bring", 422, of="gad_7", body="instrument: gad_7\nitems: [")
    partly = officer.send(PAGE, f"{PAGE}/bring", 422, of="gad_7", body=body_of("gad_7").replace("  q7", "  q9"))

    assert "line 3" in words(broken)
    assert "instrument: gad_7" in words(broken)
    assert "Estas preguntas no tienen texto: q7" in words(partly)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_positive_ninth_question_asks_for_the_asq_and_sets_no_level_i_5(
    site: TestClient, district: District, language: str
) -> None:
    officer, counselor = at_console(site, district, OFFICER), at_console(site, district, COUNSELOR, language)
    takes_up(officer, "phq_a")
    step = at_the_screen(counselor)
    answers = {f"answers__q{n}": "2" if n == 9 else "0" for n in range(1, 10)}

    counselor.send(f"{step}?with=phq_a", f"{step}/questionnaire", **answers, **SPOKEN)
    asked = words(counselor.get(step))
    story = words(counselor.get(step.rpartition("/steps")[0]))

    assert {"en": "A questionnaire asks for a suicide screening today", "es": "Un cuestionario pide"}[language] in asked
    assert {"en": "PHQ-A: 2, minimal", "es": "PHQ-A: 2, mínimo"}[language] in asked
    assert {"en": "It asks for a suicide screening today", "es": "Pide una detección"}[language] in story
    assert "Thoughts that you would be better off dead" in words(counselor.get(f"{step}?with=phq_a"))


def test_a_refused_form_comes_back_as_the_same_form_with_its_answers(site: TestClient, district: District) -> None:
    officer, counselor = at_console(site, district, OFFICER), at_console(site, district, COUNSELOR)
    takes_up(officer, "gad_7")
    step = at_the_screen(counselor)

    again = counselor.send(f"{step}?with=gad_7", f"{step}/questionnaire", 422, answers__q1="3", language="en")

    assert "Generalized Anxiety Disorder" in words(again)
    assert 'name="answers.q1" value="3" checked' in again


def test_without_an_official_form_an_interpreter_reads_the_english_one_and_the_record_says_so(
    site: TestClient, district: District
) -> None:
    counselor = at_console(site, district, COUNSELOR)
    with district.store.write() as tx:
        tx.execute(text("UPDATE student SET language = 'ht'"))
    step = at_the_screen(counselor)
    page = words(counselor.get(step))
    noes = {f"answers__q{n}": "no" for n in range(1, 5)}

    counselor.send(step, f"{step}/screen", **noes, language="ht", language_help="shared")
    alone = words(counselor.get(step.rpartition("/steps")[0]))
    counselor.send(step, f"{step}/screen", **noes, language="ht", language_help="interpreter")
    helped = words(counselor.get(step.rpartition("/steps")[0]))

    assert "There is no official form in Haitian Creole here" in page
    assert "Screened with ASQ: Incomplete" in alone
    assert "Screened with ASQ, administered via an interpreter: Negative" in helped


def test_who_is_too_young_is_not_asked_but_evaluated(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    step = at_the_screen(counselor)
    with district.store.write() as tx:
        tx.execute(text("UPDATE student SET birth_date = '2020-01-01'"))

    refused = words(counselor.send(step, f"{step}/screen", 422, **SPOKEN, answers__q1="no", instrument="asq"))
    counselor.send(step, f"{step}/too-young")
    story = words(counselor.get(step.rpartition("/steps")[0]))

    assert "too young for these questions" in refused
    assert "Too young to be screened; needs a full evaluation" in story


def test_the_plan_is_in_the_students_words_and_its_page_names_nobody_i_8(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = at_the_handoff(counselor)
    step, paper = f"{incident}/steps/safety_plan", f"{incident}/my-plan?language=es"
    said = {
        "plan__coping": "Caminar con mi perro",
        "plan__people": "Mi tía Luz",
        "plan__safer_place": "La llave la tiene papá",
    }
    early = counselor.client.get(paper).status_code
    partly = counselor.send(step, f"{step}/write-plan", 422, stays_safe="no", plan_language="es", plan__coping="x")
    counselor.send(step, f"{step}/write-plan", stays_safe="no", plan_language="es", **said)
    printed = counselor.client.get(paper).text
    no_copy = counselor.send(step, f"{step}/give-plan", 422, given="no")
    counselor.send(step, f"{step}/give-plan", given="yes")
    story = words(counselor.get(incident))

    assert early == 404
    assert "even that they do not know" in words(partly)
    must_keep_to_contract(printed, *STUDENT_NAMES)
    assert "<title>Mi plan · Crisis</title>" in printed
    assert all(each in words(printed) for each in (*said.values(), "Qué me ayuda cuando me siento peor", "988"))
    assert [name for name in STUDENT_NAMES if name in printed] == []
    assert "Say why the student has no copy" in words(no_copy)
    assert "The student has a copy of the safety plan" in story
    assert "Mi tía Luz" in story


@pytest.mark.parametrize("person", [TEACHER, STRANGER, COUNSELOR])
def test_only_who_answers_for_the_rules_of_the_district_changes_them(
    site: TestClient, district: District, person: PersonId
) -> None:
    other = at_console(site, district, person)

    assert other.client.get(PAGE).status_code == 404
    assert other.client.post(f"{PAGE}/take-up", data={"csrf": "", "of": "asq"}).status_code in (403, 404)


@pytest.mark.parametrize("person", [TEACHER, STRANGER])
def test_nobody_else_reads_the_plan(site: TestClient, district: District, person: PersonId) -> None:
    counselor = at_console(site, district, COUNSELOR)
    incident = at_the_handoff(counselor)
    said = {"plan__coping": "One", "plan__people": "Two", "plan__safer_place": "Three"}
    step = f"{incident}/steps/safety_plan"
    counselor.send(step, f"{step}/write-plan", stays_safe="no", plan_language="en", **said)

    assert at_console(site, district, person).client.get(f"{incident}/my-plan").status_code == 404
