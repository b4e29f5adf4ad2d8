"""A step says why, who, until when and where it says so; the pictures show the whole protocol."""

import re
from datetime import timedelta
from enum import StrEnum

import pytest

from crisis.protocols import loader
from crisis.protocols.diagram import mermaid, outline
from crisis.protocols.explain import Explanation, Source, condition_in_words, deadline_in_words, explain
from crisis.protocols.schema import Choice, Condition, Deadline, FactRule, Protocol, Step, Text
from crisis.protocols.terms import term
from crisis.vocabulary import (
    Anchor,
    Clockwork,
    Custody,
    DeadlineKind,
    Emergency,
    Phase,
    ReleaseTo,
    Role,
    ScreenResult,
    StepId,
    StepType,
    Tier,
)

WORDS: list[type[StrEnum]] = [
    Anchor, Custody, DeadlineKind, Emergency, Phase, ReleaseTo, Role, ScreenResult, StepType, Tier,
]  # fmt: skip


def suicide_risk() -> Protocol:
    return loader.protocol("suicide_risk")


def step(name: str) -> Step:
    found = suicide_risk().step(StepId(name))
    assert found is not None
    return found


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_closed_word_has_a_term(kind: type[StrEnum], language: str) -> None:
    terms = [term(word, language) for word in kind]

    assert all(terms)
    assert len(set(terms)) == len(terms)


def test_a_step_is_explained_with_its_sources() -> None:
    told = explain(suicide_risk(), step("clear_means"), "en")

    assert told == Explanation(
        title="Put dangerous things out of reach",
        why="Take what could hurt from the student, the bag and the room. Not knowing is not the same as none.",
        roles=("anybody on the team",),
        needed_when=None,
        waits_for=("Stay with the student",),
        deadlines=("within 5 minutes of the moment this step opens (goal)",),
        sources=(
            Source(
                title="Los Angeles County Office of Education, guidelines for intervening with suicidal youth",
                url="https://preventsuicide.lacoe.edu/educators/administrators/intervention/suicidal-youth/",
            ),
            Source(
                title="Houston ISD, Suicide Risk Assessment Guide",
                url="https://fdocuments.net/document/defined-as-any-spoken-written-or-behavioral-indication-2-staff-shall-speak.html",
            ),
        ),
        by_default=True,
        reviewed=False,
    )


def test_a_step_is_explained_in_spanish() -> None:
    told = explain(suicide_risk(), step("emergency_decision"), "es")

    assert told.needed_when == "hubo peligro agudo"
    assert told.deadlines == ("antes de 5 minutos desde el primer peligro agudo (obligatorio)",)
    assert told.roles == ("evaluador", "dirección", "responsable", "enfermería")


@pytest.mark.parametrize("name", loader.names())
@pytest.mark.parametrize("language", ["en", "es"])
def test_every_step_of_the_built_in_protocols_can_be_explained(name: str, language: str) -> None:
    protocol = loader.protocol(name)

    for each in protocol.steps:
        told = explain(protocol, each, language)
        assert told.sources or told.by_default
        assert len(told.deadlines) == len(each.deadlines)


def test_a_protocol_is_reviewed_only_when_a_clinician_and_a_counsel_have_signed() -> None:
    protocol = suicide_risk()
    signed = protocol.review.clinical.model_copy(update={"name": "A. Clinician"})
    half = protocol.model_copy(update={"review": protocol.review.model_copy(update={"clinical": signed})})
    whole = protocol.model_copy(
        update={"review": protocol.review.model_copy(update={"clinical": signed, "legal": signed})}
    )

    assert [explain(each, step("screen"), "en").reviewed for each in (protocol, half, whole)] == [False, False, True]
    assert ["Not reviewed" in outline(each) for each in (protocol, half, whole)] == [True, True, False]


def a_deadline(clock: Clockwork, within: timedelta | None = None, days: int | None = None) -> Deadline:
    return Deadline(
        id="due",
        anchor=Anchor.RELEASED,
        within=within,
        days=days,
        clock=clock,
        kind=DeadlineKind.HARD,
        on_miss=(Role.ADMIN,),
        source="D",
    )


@pytest.mark.parametrize(
    ("deadline", "en", "es"),
    [
        (a_deadline(Clockwork.WALL, timedelta(0)), "at the moment", "en el momento"),
        (a_deadline(Clockwork.WALL, timedelta(minutes=1)), "within 1 minute", "antes de 1 minuto"),
        (a_deadline(Clockwork.WALL, timedelta(minutes=90)), "within 90 minutes", "antes de 90 minutos"),
        (a_deadline(Clockwork.WALL, timedelta(hours=72)), "within 72 hours", "antes de 72 horas"),
        (a_deadline(Clockwork.WALL, timedelta(seconds=30)), "within 30 seconds", "antes de 30 segundos"),
        (
            a_deadline(Clockwork.SCHOOL_HOURS, timedelta(hours=1)),
            "within 1 hour of school",
            "antes de 1 hora de clases",
        ),
        (
            a_deadline(Clockwork.SCHOOL_DAY, days=0),
            "by the end of the school day",
            "antes de que acabe el día de clases",
        ),
        (
            a_deadline(Clockwork.SCHOOL_START, days=0),
            "before the next school day begins",
            "antes de que empiece el próximo día de clases",
        ),
        (
            a_deadline(Clockwork.SCHOOL_START, days=2),
            "before school begins, 2 school days later",
            "antes de empezar las clases, 2 días de clases después",
        ),
        (a_deadline(Clockwork.SCHOOL_DAY, days=1), "within 1 school day", "antes de 1 día de clases"),
        (a_deadline(Clockwork.SCHOOL_DAY, days=5), "within 5 school days", "antes de 5 días de clases"),
        (a_deadline(Clockwork.CALENDAR_DAY, days=0), "by the end of the day", "antes de que acabe el día"),
        (a_deadline(Clockwork.CALENDAR_DAY, days=7), "within 7 days", "antes de 7 días"),
    ],
)
def test_lengths_of_time_in_words(deadline: Deadline, en: str, es: str) -> None:
    assert deadline_in_words(deadline, suicide_risk(), "en") == f"{en} of the release (must)"
    assert deadline_in_words(deadline, suicide_risk(), "es") == f"{es} desde la entrega del estudiante (obligatorio)"


def test_a_deadline_says_when_it_counts() -> None:
    some = step("referral").deadlines
    low = next(deadline for deadline in some if deadline.id == "low_week")

    assert deadline_in_words(low, suicide_risk(), "en") == (
        "within 5 school days of the decision on the level of risk (goal), if the level of risk is low"
    )


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"tier": ["none", "low", "high"]}, "the level of risk is none, low or high"),
        ({"tier_at_least": "high"}, "the level of risk is high or above"),
        ({"fact": {"means": "yes"}}, "Means at hand: Yes"),
        ({"screen": ["incomplete"]}, "the screening is incomplete"),
        ({"custody": ["lost"]}, "the student is missing"),
        ({"emergency": ["active"]}, "the emergency is going on"),
        ({"done": "screen"}, "“Ask the screening questions” is done"),
        (
            {"answer": {"emergency_decision": ["call_911", "mobile_crisis"]}},
            "“Decide: 911, mobile crisis or clinician” is answered with “Call 911 for an ambulance” or "
            "“Call mobile crisis”",
        ),
        (
            {"exception": ["adult_student"]},
            "it is declared that “The student is 18 or legally independent and decides alone”",
        ),
        ({"released_to": ["ems"]}, "the student went to an ambulance"),
        ({"ever_acute": True}, "there was acute danger"),
        ({"ever_acute": False}, "there was no acute danger"),
        ({"ever_positive": True}, "a screening or an interview was positive"),
        ({"ever_positive": False}, "no screening was positive"),
        ({"none": [{"ever_acute": True}]}, "not: there was acute danger"),
        (
            {"any": [{"ever_acute": True}, {"all": [{"done": "screen"}, {"tier": ["low"]}]}]},
            "there was acute danger or (“Ask the screening questions” is done and the level of risk is low)",
        ),
    ],
)
def test_conditions_in_words(condition: dict[str, object], words: str) -> None:
    yes = {"yes": Text(en="Yes", es="Sí")}
    fact = FactRule(id="means", label=Text(en="Means at hand", es="Medios a mano"), values=yes, setters=())
    protocol = suicide_risk().model_copy(update={"facts": (fact,)})

    assert condition_in_words(Condition.model_validate(condition, strict=False), protocol, "en") == words
    assert condition_in_words(Condition.model_validate(condition, strict=False), protocol, "es") != words


@pytest.mark.parametrize("name", loader.names())
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_outline_shows_every_step_and_the_emergency_first(name: str, language: str) -> None:
    protocol = loader.protocol(name)

    text = outline(protocol, language)
    places = [text.index(f"[ ] {each.title.in_language(language)}") for each in protocol.steps]

    assert text.index(protocol.lane.checklist[0].in_language(language)) < min(places)
    assert text.count("[ ]") == len(protocol.steps)
    assert text.count("⏱") == sum(len(each.deadlines) for each in protocol.steps)


@pytest.mark.parametrize("name", loader.names())
def test_the_picture_has_each_step_once_and_arrows_only_between_steps(name: str) -> None:
    protocol = loader.protocol(name)

    picture = mermaid(protocol)
    nodes = re.findall(r"^    (s\d+)\S", picture, flags=re.MULTILINE)
    arrows = re.findall(r"^  (s\d+) (?:-->|-\.->) (s\d+)$", picture, flags=re.MULTILINE)

    assert sorted(nodes) == sorted(f"s{number}" for number in range(len(protocol.steps)))
    assert {end for arrow in arrows for end in arrow} <= set(nodes)
    assert len(arrows) >= sum(len(each.after) for each in protocol.steps)
    assert picture.count("subgraph") == len({each.roles[:1] for each in protocol.steps})


def test_words_in_a_picture_cannot_become_markup() -> None:
    protocol = suicide_risk()
    loud = step("close_review").model_copy(update={"title": Text(en='<img src=x> "#1" & more', es="x"), "after": ()})

    picture = mermaid(protocol.model_copy(update={"steps": (loud,)}))

    assert "#lt;img src=x#gt; #quot;#35;1#quot; #amp; more" in picture
    assert "<img" not in picture


def test_a_step_with_a_word_of_the_drawing_language_as_its_name_is_drawn() -> None:
    end = step("close_review").model_copy(update={"id": StepId("end"), "after": ()})

    assert "\n    end" not in mermaid(suicide_risk().model_copy(update={"steps": (end,)}))


def test_the_choices_of_a_decision_can_be_ticked_on_paper() -> None:
    choices: tuple[Choice, ...] = step("emergency_decision").choices

    text = outline(suicide_risk())

    assert [f"( ) {choice.label.en}" in text for choice in choices] == [True] * len(choices)


@pytest.mark.parametrize(
    ("language", "police", "on_purpose"),
    [
        (
            "en",
            "only after “Clear the room and use what calms this student”, but in an emergency",
            "the level of risk is then high at least",
        ),
        (
            "es",
            "solo después de “Despeje el lugar y use lo que calma a este estudiante”, salvo en una emergencia",
            "el riesgo es entonces al menos alto",
        ),
    ],
)
def test_the_plan_on_paper_says_what_an_answer_demands_and_what_comes_before_it(
    language: str, police: str, on_purpose: str
) -> None:
    assert police in outline(loader.protocol("acute_distress"), language)
    assert on_purpose in outline(loader.protocol("substance_overdose"), language)
