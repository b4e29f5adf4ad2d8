"""What a caller says first is true of the student, and a family that is kept out is offered nowhere."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from crisis import clock
from crisis.protocols import loader
from crisis.statemachine.incident import StepRecord
from crisis.store import protocols
from crisis.vocabulary import Custody, Emergency, ReleaseTo, StepId
from tests.factories import MORNING, STUDENT, an_incident
from tests.store.test_message_texts import publish
from tests.web.district import COUNSELOR, NURSE, SETTINGS, District
from tests.web.test_contacts import district
from tests.web.test_pages import Browser, at_console, words
from web.app import build_app
from web.pages import first_words
from web.pages.first_words import ABOUT, IN_DANGER, MISSING, SAFE, TAKEN
from web.words_of_reports import OF_THE_LAW

__all__ = ["district"]
STEP, WEEKLY = "steps/guardian_contact", "check_ins_weekly"
ALOUD = 'class="say" lang="en"'
SAYS_SAFE = "Your child is safe"
KEPT_OUT = "Talk with the student alone, or with an adult whom child protection named."


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What stands on the page is the same on both."""
    return sqlite_url


@pytest.fixture
def site(district: District) -> Iterator[TestClient]:
    with district.store.write() as tx:
        for name in ("abuse_disclosure", "acute_distress", "reentry", "threat_target"):
            protocols.publish(tx, loader.protocol(name), clock.now())
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture
def counselor(site: TestClient, district: District) -> Browser:
    return at_console(site, district, COUNSELOR)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"custody": Custody.HELD}, SAFE),
        ({"custody": Custody.OFFERED}, SAFE),
        ({"custody": Custody.HELD, "emergency": Emergency.ACTIVE}, IN_DANGER),
        ({"custody": Custody.HELD, "acute_at": MORNING}, IN_DANGER),
        ({"custody": Custody.LOST, "adult": None}, MISSING),
        ({"custody": Custody.UNHELD, "adult": None}, ABOUT),
        ({"custody": Custody.RELEASED, "released_to": ReleaseTo.EMS}, TAKEN),
        ({"custody": Custody.RELEASED, "released_to": ReleaseTo.CHILD_PROTECTION}, TAKEN),
        ({"custody": Custody.RELEASED, "released_to": ReleaseTo.GUARDIAN}, ABOUT),
    ],
)
def test_only_of_whom_an_adult_watches_and_no_danger_was_found_is_it_said_that_they_are_safe(
    changes: dict[str, object], said: str
) -> None:
    incident = replace(an_incident(), **changes)  # type: ignore[arg-type]

    assert first_words.say_first(incident, loader.protocol("suicide_risk")) == said


def test_a_protocol_that_hands_the_student_to_nobody_claims_nothing_of_an_adult() -> None:
    held = replace(an_incident(), custody=Custody.HELD)

    assert first_words.say_first(held, loader.protocol("reentry")) == ABOUT
    assert first_words.say_first(held, loader.protocol("missing_student")) == MISSING


def test_who_was_found_is_no_longer_said_to_be_missing() -> None:
    found = {StepId("call_after_search"): StepRecord(done_at=MORNING, choice="found")}
    seen = {StepId("student_found"): StepRecord(done_at=MORNING)}

    for steps in (found, seen):
        incident = replace(an_incident(), steps=steps)
        assert first_words.say_first(incident, loader.protocol("missing_student")) == ABOUT


def in_danger(counselor: Browser, incident: str) -> str:
    """The step that reaches the family, in an emergency: nobody is asked first who may call."""
    danger = "weapon" if "weapon" in counselor.get(f"{incident}/emergency") else "at_risk"
    counselor.send(f"{incident}/emergency", f"{incident}/emergency", dangers=danger, called_911="yes")
    return counselor.get(f"{incident}/{STEP}")


def test_while_a_student_is_gone_no_page_says_that_they_are_safe(
    site: TestClient, district: District, counselor: Browser
) -> None:
    """Nor do the texts that the district has published to be read aloud."""
    publish(district.store, "en")
    held, gone = (
        in_danger(counselor, counselor.opens(kind=kind, student=STUDENT, beside=beside))
        for kind, beside in (("suicide_ideation", "me"), ("missing_student", "nobody"))
    )

    assert SAYS_SAFE in held
    assert ALOUD in held
    assert "Say it only if it is true now." in held
    assert SAYS_SAFE not in gone
    assert ALOUD not in gone
    assert "We do not know where your child is right now." in gone


@pytest.mark.parametrize("beside", ["nobody", "me"])
def test_a_search_that_grew_out_of_no_other_incident_speaks_of_none(counselor: Browser, beside: str) -> None:
    """Also where “Yes, me” was pressed in a hurry: nobody is with a student who is missing."""
    missing = counselor.opens(kind="missing_student", student=STUDENT, beside=beside)

    told = words(counselor.get(f"{missing}/{STEP}"))

    assert "We do not know where your child is right now." in told
    assert "first incident" not in told
    assert "is with the student" not in words(counselor.get(missing))


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("suicide_ideation", "Say what was heard or seen, in plain words."),
        ("abuse_told", "Say only what child protection said may be told."),
        ("sexual_assault_told", "Say only what the student agreed to, or what child protection said may be told."),
    ],
)
def test_where_the_family_may_be_meant_somebody_else_decides_what_they_are_told_i_10(kind: str, told: str) -> None:
    protocol = next(each for each in map(loader.protocol, loader.names()) if kind in each.crisis_types)

    only = first_words._told_only(protocol)

    assert (only or "Say what was heard or seen, in plain words.") == told


def test_what_to_say_to_the_family_is_not_there_while_nobody_may_call_i_10(counselor: Browser) -> None:
    open_to_call = words(counselor.get(f"{counselor.opens(student=STUDENT)}/{STEP}"))
    abuse = counselor.opens(kind="abuse_told", student=STUDENT)

    blocked = words(counselor.get(f"{abuse}/{STEP}"))

    assert "What to say" in open_to_call
    assert "What to say" not in blocked


def test_while_the_family_is_kept_out_nobody_of_them_is_offered_the_student_i_10(counselor: Browser) -> None:
    usual = counselor.get(f"{counselor.opens(kind='acute_distress')}/custody")
    abuse = counselor.opens(kind="abuse_told", student=STUDENT)

    blocked = counselor.get(f"{abuse}/custody")

    for value in ("guardian", "authorised_adult"):
        assert f'name="release_to" value="{value}"' in usual
        assert f'name="release_to" value="{value}"' not in blocked
    assert 'name="release_to" value="child_protection"' in blocked
    assert 'name="contact"' in usual
    assert 'name="contact"' not in blocked
    assert "the student goes to nobody of the family" in words(blocked)


def test_a_talk_about_what_is_at_home_is_not_had_with_a_family_that_is_kept_out_i_10(counselor: Browser) -> None:
    abuse = counselor.opens(kind="abuse_told", student=STUDENT)
    steps = f"{abuse}/steps"
    asked = {f"answers__q{n}": "yes" if n == 1 else "no" for n in range(1, 6)}
    screen = {"instrument": "asq", "language": "en", "language_help": "shared", **asked}
    counselor.send(f"{steps}/screen", f"{steps}/screen/screen", **screen)
    talk = {"instrument": "bssa", "disposition": "non_urgent_follow_up", "right_now": "no", "rationale": "It went well"}
    counselor.send(f"{steps}/assess", f"{steps}/assess/interview", **talk)
    counselor.send(f"{steps}/assess", f"{steps}/assess/tier", tier="moderate", rationale="As the talk went")

    page = counselor.get(f"{steps}/means_counseling")

    assert KEPT_OUT in words(page)


def test_whoever_owes_a_report_reads_whom_to_call_and_how_i_11(site: TestClient, district: District) -> None:
    nurse = at_console(site, district, NURSE)
    abuse = nurse.opens(kind="abuse_told", student=STUDENT)
    parameters = loader.protocol("abuse_disclosure").parameters

    page = words(nurse.get(f"{abuse}/duties"))

    assert (
        f"To: {parameters['mandated_report_agency'].value} · {parameters['mandated_report_oral_words'].value}" in page
    )
    assert str(parameters["mandated_report_form"].value) in page


def test_how_a_report_is_made_is_said_in_spanish_in_every_state_i_11(site: TestClient, district: District) -> None:
    """Names of offices stay as they are."""
    states = [loader.protocol("abuse_disclosure", each).parameters for each in loader.overlays()]
    kinds = ("mandated_report_oral_words", "mandated_report_form")
    ways = {str(state[kind].value) for state in states for kind in kinds}
    nurse = at_console(site, district, NURSE, "es")

    page = words(nurse.get(f"{nurse.opens(kind='abuse_told', student=STUDENT)}/duties"))

    assert ways <= OF_THE_LAW
    assert "A: la línea de protección de menores de su estado · de inmediato, por teléfono" in page


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            ("target: within 30 minutes of the opening", "must be met: by the end of the school day of the opening"),
        ),
        ("es", ("desde la apertura", "antes de que acabe el día de clases desde la apertura")),
    ],
)
def test_each_of_several_deadlines_says_from_what_it_counts(
    site: TestClient, district: District, language: str, said: tuple[str, ...]
) -> None:
    counselor = at_console(site, district, COUNSELOR, language)
    incident = counselor.opens(student=STUDENT)

    page = words(counselor.get(f"{incident}/steps/screen"))

    for each in said:
        assert each in page


def test_a_reason_is_called_optional_only_where_no_answer_needs_one(counselor: Browser) -> None:
    abuse = counselor.opens(kind="abuse_told", student=STUDENT)

    needed = words(counselor.get(f"{abuse}/steps/staff_suspected"))
    free = words(counselor.get(f"{abuse}/steps/hurt"))

    assert "ReasonNeeded where the answer says so." in needed
    assert "Reason Optional" in free
    assert "Needed where the answer says so." not in free


def test_a_check_in_that_is_held_once_is_not_counted(counselor: Browser) -> None:
    incident = counselor.opens(student=STUDENT)
    in_danger(counselor, incident)
    counselor.send(f"{incident}/custody", f"{incident}/release", release_to="ems", receiver="Sam Reyes, ambulance 4")

    once, every_week = (words(counselor.get(f"{incident}/steps/{each}")) for each in ("first_follow_up", WEEKLY))

    assert "How did it go?" in once
    assert "Number 1 of" not in once
    assert "Number 1 of 4" in every_week


def test_a_field_that_is_missing_is_not_called_optional_beside_its_error(counselor: Browser) -> None:
    incident = counselor.opens(kind="abuse_told", student=STUDENT)

    refused = counselor.send(f"{incident}/custody", f"{incident}/release", 422, release_to="ems")

    label = refused.partition('<label for="receiver">')[2].partition("</label>")[0]
    assert "Who took over?" in label
    assert "Optional" not in label


def test_who_is_with_the_student_reads_when_they_have_to_say_why_they_called_themselves_i_1(counselor: Browser) -> None:
    page = counselor.get(f"{counselor.opens(kind='acute_distress', student=STUDENT)}/{STEP}")

    label = page.partition('<label for="alone">')[2].partition("</label>")[0]
    assert "Needed for a call by phone or video." in label
    assert "Optional" not in label
