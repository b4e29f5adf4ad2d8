"""A family that must not be contacted when an incident closes is not contacted in the next one either (I-10)."""

from datetime import timedelta
from pathlib import Path

import pytest

from crisis import commands as cmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.errors import Refused
from crisis.privacy_words import ContactEffect
from crisis.protocols import loader
from crisis.record_words import RecordTask
from crisis.store import contacting, restrictions, roster
from crisis.store.engine import Store, open_store
from crisis.vocabulary import Guardian, LegalBasis, Relation, ReleaseTo, StepState, Tier
from tests.factories import (
    COUNSELOR,
    DISTRICT,
    GUARDIAN,
    NURSE,
    PRINCIPAL,
    STUDENT,
    WORDS,
    accepted,
    contact,
    exception,
    offer,
    release,
    screen,
    tier,
)
from tests.journeys.playing import Story

DAY = timedelta(days=1)


def disclosure(store: Store) -> Story:
    story = Story(loader.protocol("abuse_disclosure"), store).begins()
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, GUARDIAN, ("Given", "Guardian"), staff=False, language="en")
        roster.tie(tx, STUDENT, GUARDIAN, Relation.PARENT, guardian=Guardian.YES, priority=1)
    return story


def closed(story: Story, *home: cmd.Command) -> Story:
    """Child protection takes the student, and nobody has lifted the block."""
    story.completes("own_words")
    for step, answer in (("hurt", "none"), ("emergent", "none"), ("staff_suspected", "no_one")):
        story.answers(step, answer)
    story.completes("tell_admin")
    story.does(screen("nnnn-"), tier(Tier.NONE), *home)
    story.answers("protection_says", "they_take")
    story.does(release(ReleaseTo.CHILD_PROTECTION), offer(basis=LegalBasis.CHILD_PROTECTION_REPORT, threat=None))
    story.does(accepted(story.incident), ccmd.FinishTask(by=COUNSELOR, task=RecordTask.CHECK_ICWA, note=WORDS))
    story.completes("who_knows")
    for report in story.incident.obligations.values():
        story.does(tcmd.FileReport(by=COUNSELOR, obligation=report.id, agency="DCF", number=WORDS, worker=WORDS))
    story.follows_up_and_closes()
    return story


def effect(story: Story) -> ContactEffect:
    assert story.store is not None
    with story.store.read() as tx:
        (card,) = contacting.cards(tx, STUDENT, None, story.now)
    return card.decision.effect


def standing(store: Store) -> list[restrictions.Kept]:
    with store.read() as tx:
        return [each for each in restrictions.of_student(tx, STUDENT) if each.lifted_at is None]


@pytest.mark.page
def test_the_block_stands_in_the_record_from_the_close_until_two_people_lift_it_i_10_pr_4_pr_6(store: Store) -> None:
    story = closed(disclosure(store))
    (kept,) = standing(store)
    assert (kept.entry.person, kept.entered_by, kept.numbers) == (None, PRINCIPAL.id, frozenset())
    assert effect(story) is ContactEffect.REFUSE

    story.now += DAY
    later = story.another("suicide_risk")
    later.does(screen("nnnn-"), tier(Tier.LOW))
    assert later.refuses(contact()) == {"PR-4"}
    assert "PR-4" in later.refuses(release())
    later.does(exception("contraindicated"))  # somebody is told all the same: child protection in their place (I-9)
    assert later.state("guardian_contact") is StepState.SUBSTITUTED
    later.does(cmd.LiftException(by=COUNSELOR, exception="contraindicated", reason=WORDS))
    later.does(cmd.LiftException(by=PRINCIPAL, exception="contraindicated", reason=WORDS))
    assert later.refuses(contact()) == {"PR-4"}  # what this incident declared is lifted; what the record says is not

    with store.write() as tx:
        restrictions.ask_to_lift(tx, kept.id, DISTRICT, by=COUNSELOR.id, at=later.now)  # type: ignore[arg-type]
        with pytest.raises(Refused):
            restrictions.lift(tx, kept.id, DISTRICT, by=COUNSELOR.id, at=later.now)  # type: ignore[arg-type]
    assert later.refuses(contact()) == {"PR-4"}
    with store.write() as tx:
        restrictions.lift(tx, kept.id, DISTRICT, by=NURSE.id, at=later.now)  # type: ignore[arg-type]
    assert later.refuses(contact()) == set()
    assert effect(story) is ContactEffect.ALLOW


def test_nothing_goes_on_where_two_people_lifted_it_before_the_close_or_nobody_blocked(
    sqlite_url: str, key_file: Path
) -> None:
    store = open_store(sqlite_url, key_file)
    story = disclosure(store)
    story.does(cmd.LiftException(by=COUNSELOR, exception="contraindicated", reason=WORDS))
    story.does(cmd.LiftException(by=PRINCIPAL, exception="contraindicated", reason=WORDS))
    closed(story, contact())

    assert standing(store) == []
    store.close()
