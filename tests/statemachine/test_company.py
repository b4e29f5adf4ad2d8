"""Whom the student trusts is asked to come: by one press, or by the student's own wish; nothing waits for it."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis import record_events as cev
from crisis.access_words import Involvement
from crisis.commands import Actor
from crisis.effects import NotifyPerson
from crisis.errors import Refused
from crisis.events import Event
from crisis.policy.involvement import holds, involvements
from crisis.protocols import loader
from crisis.statemachine.decide import decide_open
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.vocabulary import Beside, IncidentId, Mode, PersonId, ReleaseTo
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    GROUND,
    MORNING,
    PRINCIPAL,
    STUDENT,
    TEACHER,
    an_incident,
    happens,
    having,
    opening,
    release,
    suicide_risk,
)

MR_HALE = TEACHER.id or PersonId("")
NAMED = replace(GROUND, trusted=(MR_HALE,))
AT_ONCE = replace(NAMED, trusted_at_once=frozenset({MR_HALE}))
ASK = ccmd.AskToCome(by=COUNSELOR, to=MR_HALE)


def folded_with(incident: Incident, events: Sequence[Event]) -> Incident:
    return reduce(evolve, events, incident)


def asked() -> Incident:
    begun = an_incident()
    return folded_with(begun, happens(begun, ASK, ground=NAMED))


def called_in(incident: Incident, person: PersonId) -> bool:
    key = (person, Involvement.CALLED_IN)
    return key in involvements(incident) and holds(involvements(incident)[key], MORNING)


def test_one_press_asks_them_once_and_they_are_told_and_see_it() -> None:
    begun = an_incident()
    events = happens(begun, ASK, ground=NAMED)
    after = folded_with(begun, events)

    assert [type(each) for each in events] == [cev.CompanyAsked]
    assert [effect for _, effect in react(begun, events, after, suicide_risk(), NAMED)] == [
        NotifyPerson(person=MR_HALE, subject="asked_to_come", mode=Mode.LIVE)
    ]
    assert called_in(after, MR_HALE)
    assert happens(after, ASK, ground=NAMED) == []


def test_nobody_else_is_asked_so_whom_the_student_did_not_name_or_who_is_kept_out() -> None:
    with pytest.raises(Refused, match="whom the student named"):
        happens(an_incident(), ASK, ground=GROUND)


def test_whoever_is_with_the_student_already_is_not_asked_and_nobody_when_the_student_is_in_other_hands() -> None:
    with_them = an_incident(by=TEACHER)
    with pytest.raises(Refused, match="is with the student already"):
        happens(with_them, ASK, ground=NAMED)
    gone = having(an_incident(), release(ReleaseTo.EMS))
    with pytest.raises(Refused, match="in other hands"):
        happens(gone, ASK, ground=NAMED)


def test_their_answer_is_told_to_whoever_asked_and_whoever_is_with_the_student() -> None:
    before = asked()
    said = happens(before, ccmd.SayIfComing(by=TEACHER, coming=False))
    after = folded_with(before, said)

    assert [effect for _, effect in react(before, said, after, suicide_risk(), GROUND)] == [
        NotifyPerson(person=COUNSELOR.id or PersonId(""), subject="company_answered", mode=Mode.LIVE)
    ]
    assert not called_in(after, MR_HALE)  # who cannot come has no more to do with it
    assert [type(each) for each in happens(after, ASK, ground=NAMED)] == [cev.CompanyAsked]
    assert happens(after, ccmd.SayIfComing(by=TEACHER, coming=False)) == []


def test_whoever_was_not_asked_has_nothing_to_answer() -> None:
    with pytest.raises(Refused, match="Nobody asked you"):
        happens(asked(), ccmd.SayIfComing(by=COLLEAGUE, coming=True))


@pytest.mark.parametrize(
    ("by", "beside", "expected"),
    [(COUNSELOR, Beside.ME, [MR_HALE]), (TEACHER, Beside.ME, []), (TEACHER, Beside.NOBODY, [])],
)
def test_by_the_students_own_wish_they_are_asked_at_once_unless_they_know(
    by: Actor, beside: Beside, expected: list[PersonId]
) -> None:
    events = decide_open(opening(by=by, beside=beside), suicide_risk(), AT_ONCE, IncidentId("i-1"), MORNING)

    found = [each for each in events if isinstance(each, cev.CompanyAsked)]
    assert [(each.to, each.by) for each in found] == [(each, None) for each in expected]


def test_when_it_is_known_who_the_student_is_the_same() -> None:
    unknown = an_incident(student=None)
    said = happens(unknown, cmd.IdentifyStudent(by=PRINCIPAL, student=STUDENT), ground=AT_ONCE)

    assert [each.to for each in said if isinstance(each, cev.CompanyAsked)] == [MR_HALE]


@pytest.mark.parametrize("name", ["abuse_disclosure", "sexual_assault"])
def test_where_the_report_could_be_about_them_nobody_is_told_by_itself(name: str) -> None:
    protocol = loader.protocol(name)
    order = opening(
        protocol=name,
        version=protocol.version,
        protocol_hash=loader.content_hash(protocol),
        crisis_type=next(iter(protocol.crisis_types)),
    )

    events = decide_open(order, protocol, AT_ONCE, IncidentId("i-1"), MORNING)

    assert not [each for each in events if isinstance(each, cev.CompanyAsked)]
