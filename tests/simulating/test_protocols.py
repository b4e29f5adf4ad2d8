"""A protocol is tried out by its own rules: what is next, what a miss tells, and stories to their end."""

import pytest

from crisis.draft_words import Story
from crisis.protocols import loader
from crisis.simulating.protocol_stories import story
from crisis.simulating.protocols import MISS, MOST, WAIT, Play
from crisis.vocabulary import Custody, Tier
from tests.protocols.small import a_protocol

SUICIDE = loader.protocol("suicide_risk")
ALL = [
    pytest.param(name, of, marks=() if name == "suicide_risk" else pytest.mark.full)
    for name in loader.names()
    for of in Story
]


@pytest.mark.parametrize(("name", "of"), ALL)
def test_the_machine_plays_each_story_to_its_close_and_the_keys_tell_it_again(name: str, of: Story) -> None:
    known = loader.protocol(name)
    played = story(known, of)
    again = Play(known, "es").through(played.keys)

    assert played.closed
    assert len(played.keys) < MOST
    assert (again.incident, again.at, again.keys) == (played.incident, played.at, played.keys)
    assert [line.since for line in again.lines] == [line.since for line in played.lines]


def test_each_story_ends_as_it_is_called() -> None:
    calm, imminent, unreachable = (
        story(SUICIDE, of).incident for of in (Story.CALM, Story.IMMINENT, Story.UNREACHABLE)
    )

    assert (calm.tier, imminent.tier) == (Tier.LOW, Tier.IMMINENT)
    assert imminent.acute_at is not None
    assert calm.guardian_reached_at is not None
    assert unreachable.guardian_reached_at is None
    assert unreachable.exceptions


def test_a_missed_deadline_says_who_is_told_and_advances_nothing() -> None:
    play = Play(SUICIDE, "en")
    before = [each.step.id for each in play.asked(play.choices())]

    assert play.does(MISS)

    assert [each.step.id for each in play.asked(play.choices())] == before
    assert [line.late for line in play.lines] == [True]
    assert play.lines[0].text == (
        "Missed: “Stay with the student”, within 1 minute of the opening (must). Told: administrator, incident lead"
    )
    asked = {each.step.id: each for each in play.asked(play.choices())}
    assert asked["tell_admin"].due is not None  # type: ignore[index]  # an id is a str


def test_only_what_the_rules_take_is_offered_and_time_stops_before_a_deadline() -> None:
    play = Play(SUICIDE, "en").through(["take_custody.0", "no.such.key", "tell_admin.0"])

    assert play.keys == ["take_custody.0"]
    assert play.incident.custody is Custody.HELD
    offered = {each.key for each in play.choices()}
    assert "tell_admin.0" in offered
    assert not any(key.startswith("safety_plan") for key in offered)
    now = play.now
    assert play.does(WAIT)
    assert now < play.now < min(live.due_at for live in play.due()) - play.at + play.now


def test_a_protocol_that_cannot_be_closed_says_why_and_never_runs_on() -> None:
    waits = "    after: [check_in]\n"
    played = story(a_protocol(waits, f"{waits}    ready_when: {{fact: {{at_home: yes}}}}\n"), Story.CALM)

    assert not played.closed
    assert played.against_closing()
    assert len(played.keys) <= MOST
