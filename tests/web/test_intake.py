"""The family's sheet: plain questions, on a device that knows nothing else, once; a draft until staff take it over."""

from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from crisis.protocols.reading_level import HARDEST_GRADE, LEAST_EASE, english, spanish
from crisis.record_words import IntakeQuestion
from crisis.store import instructions, intake
from crisis.vocabulary import PersonId
from tests.factories import STUDENT
from tests.watch import Watch
from tests.web.district import COUNSELOR, NEIGHBOUR, OFFICER, SETTINGS, STRANGER, TEACHER, District
from tests.web.page_contract import must_keep_to_contract
from tests.web.test_pages import HIDDEN, STUDENT_NAMES, Browser, at_console, words
from web.intake_words import ENTERED_AT, INTRO, PICKS, QUESTIONS, TAKEN_AS
from web.rendering import translations

PAGE = f"/students/{STUDENT}/intake"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What the store does runs on both databases; this is about pages."""
    return sqlite_url


def handed_over(browser: Browser, language: str = "es") -> str:
    return browser.send(PAGE, f"{PAGE}/hand-over", language=language)


def a_family(site: TestClient) -> TestClient:
    """The same device after the hand-over: no cookie of anybody."""
    return TestClient(site.app, base_url=SETTINGS.public_url, headers={"accept": "text/html"}, follow_redirects=False)


def written(family: TestClient, sheet: str, **answers: str | list[str]) -> str:
    page = family.get(sheet).text
    must_keep_to_contract(page, *STUDENT_NAMES)
    fields = {**dict(HIDDEN.findall(page)), **{name.replace("__", "."): value for name, value in answers.items()}}
    answer = family.post(sheet, data=fields)
    assert answer.status_code == 303, answer.text[:500]
    return str(answer.headers["location"])


def test_the_questions_are_plain_in_both_languages_and_each_answer_has_its_place() -> None:
    """PR-80: sixth grade."""
    translate = translations("es").gettext
    asked = [*QUESTIONS.values(), *INTRO]
    ticked = [f"{QUESTIONS[question]} {pick}." for question, picks in PICKS.items() for pick in picks]

    assert [each for each in (*asked, *ticked) if english(each).grade > HARDEST_GRADE] == []
    assert [each for each in asked if spanish(translate(each)).ease < LEAST_EASE] == []
    assert list(QUESTIONS) == list(IntakeQuestion)
    assert set(TAKEN_AS) | set(ENTERED_AT) == set(IntakeQuestion)
    assert not set(TAKEN_AS) & set(ENTERED_AT)


def test_whoever_holds_the_device_has_the_sheet_and_nothing_of_the_record(site: TestClient, district: District) -> None:
    counselor = at_console(site, district, COUNSELOR)
    sheet = handed_over(counselor)

    page = a_family(site).get(sheet)

    assert counselor.client.get(PAGE).headers["location"] == "/login"  # they are signed out
    assert "Cuéntenos de su hijo o hija" in words(page.text)
    assert "No nos diga nada sobre papeles de inmigración" in words(page.text)
    assert page.headers["cache-control"] == "no-store"
    assert not [name for name in (*STUDENT_NAMES, STUDENT, "School", "<script") if name in page.text]
    must_keep_to_contract(page.text)


def test_it_can_be_sent_once_within_an_hour_and_every_dead_address_answers_alike(
    site: TestClient, district: District, watch: Watch
) -> None:
    family = a_family(site)
    sent = handed_over(at_console(site, district, COUNSELOR))
    done = written(family, sent, calms="Caminar")
    late = handed_over(at_console(site, district, OFFICER), "en")
    open_ = family.get(late).status_code
    watch.ahead = intake.LASTS + timedelta(seconds=1)

    gone = [family.get(address) for address in (sent, late, "/sheet/" + "x" * 22, "/sheet/made-up")]
    again = family.post(late, data={"csrf": "", "calms": "Too late"})

    assert (open_, done, family.get(done).status_code) == (200, "/sheet/done?language=es", 200)
    assert [each.status_code for each in gone[:3]] == [404] * 3
    assert len({each.text for each in gone[:3]}) == 1
    assert again.status_code == 404
    assert "devuelva el aparato" in words(family.get(done).text)  # as the sheet was


def test_a_form_that_was_not_read_on_this_page_is_refused(site: TestClient, district: District) -> None:
    sheet = handed_over(at_console(site, district, COUNSELOR))

    assert a_family(site).post(sheet, data={"csrf": "guessed", "calms": "Caminar"}).status_code == 403


def test_it_is_a_draft_until_staff_take_it_over_field_by_field(site: TestClient, district: District) -> None:
    sheet = handed_over(at_console(site, district, COUNSELOR))
    written(
        a_family(site),
        sheet,
        calms="Caminar un rato. No le griten.",
        way__pick=["1"],
        way="por la tarde",
        customs="Rezamos al mediodía",
        agencies="",
    )
    officer = at_console(site, district, OFFICER)
    back, look = words(officer.get(PAGE)), words(officer.get("/second-look"))
    before = of_record(district)

    for question, action, fields in (
        ("calms", "take", {"words__helps": "A walk", "words__makes_worse": "Shouting"}),
        ("customs", "leave-out", {}),
        ("way", "entered", {}),
    ):
        hidden = officer_form(officer, question, action)
        officer.post(f"{PAGE}/{action}", {**hidden, **{n.replace("__", "."): v for n, v in fields.items()}})

    assert "Llámenme · por la tarde" in back
    assert "Enter it under: When and how to reach them" in back
    assert "Do you worry" not in back  # left empty
    assert "Answers that nobody has taken over: 3" in look
    assert (before, of_record(district)) == ([], [("makes_worse", "Shouting"), ("helps", "A walk")])
    assert "Nothing waits here." in words(officer.get(PAGE))
    assert "Caminar" not in officer.get(PAGE)


def officer_form(browser: Browser, question: str, action: str) -> dict[str, str]:
    """The hidden fields of the form for one answer, which stands beside others of the same action."""
    page = browser.get(PAGE)
    forms = page.split(f'action="{PAGE}/{action}"')[1:]
    return next(found for found in (dict(HIDDEN.findall(form)) for form in forms) if found["question"] == question)


def of_record(district: District) -> list[tuple[str, str | None]]:
    with district.store.read() as tx:
        return [(each.kind.value, each.text) for each in instructions.of_student(tx, district.store.keys, STUDENT)]


def test_what_goes_into_the_record_is_written_by_staff_and_a_refusal_keeps_the_draft(
    site: TestClient, district: District
) -> None:
    sheet = handed_over(at_console(site, district, COUNSELOR))
    written(a_family(site), sheet, tells="Con dibujos")
    officer = at_console(site, district, OFFICER)
    hidden = officer_form(officer, "tells", "take")

    empty = words(officer.post(f"{PAGE}/take", hidden, 422))
    foreign = officer.post(f"{PAGE}/take", {**hidden, "words.helps": "Not of this question"}, 422)

    assert "Write what goes into the record, or leave this answer out" in empty
    assert "Con dibujos" in foreign
    assert of_record(district) == []


def test_the_paper_names_nobody_and_speaks_the_familys_language(site: TestClient, district: District) -> None:
    teacher = at_console(site, district, TEACHER)

    paper = teacher.get("/intake/paper?language=es")

    assert all(translations("es").gettext(each) in words(paper) for each in (*QUESTIONS.values(), *INTRO))


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_nobody_else_hands_it_over_or_reads_it(site: TestClient, district: District, person: PersonId) -> None:
    other = at_console(site, district, person)

    assert other.client.get(PAGE).status_code == 404
    fields = other.form("/board", "/logout")
    assert other.client.post(f"{PAGE}/hand-over", data={**fields, "language": "es"}).status_code == 404
