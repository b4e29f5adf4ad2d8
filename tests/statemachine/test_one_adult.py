"""Two incidents of one student by the rules alone: one adult is with them, and nobody goes unassessed (I-1, I-3)."""

from datetime import timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import linked_commands as lcmd
from crisis.commands import Actor
from crisis.effects import NotifyRole, StartTimer
from crisis.protocols import loader
from crisis.statemachine.alongside import level_owed
from crisis.statemachine.decide import decide_open
from crisis.statemachine.evolve import evolve, fold
from crisis.statemachine.incident import Incident
from crisis.statemachine.react import react
from crisis.vocabulary import Beside, Custody, IncidentId, PersonId, ReleaseTo, Tier
from tests.factories import (
    COUNSELOR,
    GROUND,
    MORNING,
    NURSE,
    SYSTEM,
    TEACHER,
    an_incident,
    happens,
    having,
    opening,
    release,
    screen,
    suicide_risk,
    tier,
)
from tests.statemachine.test_alongside import ground, rules

THERE, LATER = IncidentId("i-2"), MORNING + timedelta(hours=1)


def who(person: Actor) -> PersonId:
    assert person.id is not None
    return person.id


def follows(incident: Incident, was: Actor | None, adult: Actor | None) -> Incident:
    order = lcmd.FollowAdult(
        by=SYSTEM,
        other=THERE,
        was=None if was is None else who(was),
        adult=None if adult is None else who(adult),
    )
    return reduce(evolve, happens(incident, order, LATER), incident)


def test_whoever_takes_the_student_over_in_one_is_the_adult_in_the_other_i_1() -> None:
    after = follows(an_incident(), COUNSELOR, NURSE)

    assert (after.custody, after.adult, after.custody_since) == (Custody.HELD, who(NURSE), LATER)
    assert not after.custody_gap
    assert follows(after, COUNSELOR, NURSE) == after  # twice is once


def test_an_offer_that_waited_here_is_over_and_accepting_it_is_refused_i_1() -> None:
    offered = having(an_incident(), cmd.OfferCustody(by=COUNSELOR, to=who(TEACHER)))
    after = follows(offered, COUNSELOR, NURSE)

    assert (after.custody, after.adult, after.custody_offered_to) == (Custody.HELD, who(NURSE), None)
    assert rules(after, cmd.AcceptCustody(by=TEACHER), GROUND) == {"I-1"}


def test_two_names_that_differed_stay_two_until_people_agree_i_1() -> None:
    """Nobody is taken out of being with a student by what two others agreed somewhere else."""
    before = an_incident()

    assert follows(before, TEACHER, NURSE) == before
    assert follows(before, None, NURSE) == before
    nobody = an_incident(beside=Beside.NOBODY)
    assert follows(nobody, COUNSELOR, NURSE) == nobody  # one press says so, by somebody who looked


def test_who_cannot_be_found_there_cannot_be_found_here_and_is_found_in_both_i_1_i_4() -> None:
    lost = follows(an_incident(), COUNSELOR, None)

    assert (lost.custody, lost.adult, lost.custody_gap) == (Custody.LOST, None, True)
    found = follows(lost, None, NURSE)
    assert (found.custody, found.adult) == (Custody.HELD, who(NURSE))


def test_what_follows_reminds_and_opens_no_second_search_i_4() -> None:
    before = an_incident()
    events = happens(before, lcmd.FollowAdult(by=SYSTEM, other=THERE, was=who(COUNSELOR), adult=None), LATER)
    effects = [effect for _, effect in react(before, events, reduce(evolve, events, before), suicide_risk(), GROUND)]

    assert [each.key for each in effects if isinstance(each, StartTimer)] == ["custody#1"]
    assert [each for each in effects if isinstance(each, NotifyRole)] == []


@pytest.mark.parametrize("to", [ReleaseTo.GUARDIAN, ReleaseTo.CLASS])
def test_nobody_goes_home_while_another_incident_has_no_level_of_risk_i_3(to: ReleaseTo) -> None:
    incident = having(an_incident(), screen("nnnn-"), tier(Tier.NONE))

    assert "I-3" in rules(incident, release(to), ground(level_owed=True))
    assert "I-3" not in rules(incident, release(to), GROUND)
    assert rules(incident, release(ReleaseTo.EMS), ground(level_owed=True)) == set()


def test_a_level_is_owed_as_long_as_the_student_is_here_and_the_protocol_asks_for_one_i_3() -> None:
    fresh, known = an_incident(), having(an_incident(), screen("nnnn-"), tier(Tier.NONE))
    away = having(an_incident(), release(ReleaseTo.EMS))

    assert [level_owed(each, suicide_risk()) for each in (fresh, known, away)] == [True, False, False]
    grief = loader.protocol("grief_support")
    made = {"protocol": grief.id, "version": grief.version, "protocol_hash": loader.content_hash(grief)}
    order = opening(**made, crisis_type="grief", beside=Beside.NOBODY)
    assert not level_owed(fold(decide_open(order, grief, GROUND, THERE, MORNING)), grief)  # nobody stays before a yes
