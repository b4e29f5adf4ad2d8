"""One crisis that is two: two incidents of one student side by side, from the opening to both closes, on one database.

`protocols.md` 1 c (both in one of twenty threats), 1 a with 1 e. The worker's part is done by `works`.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import commands as cmd
from crisis import linked_commands as lcmd
from crisis import record_commands as ccmd
from crisis import report_commands as tcmd
from crisis.effects import LinkSameStudent, MoveAdult
from crisis.notify.linking import tell_the_others
from crisis.protocols import loader
from crisis.record_words import RecordTask
from crisis.store import outbox, roster
from crisis.store.engine import Store, open_store
from crisis.vocabulary import (
    Beside,
    Custody,
    Guardian,
    LegalBasis,
    Phase,
    Relation,
    ReleaseTo,
    StepId,
    StepState,
    Tier,
)
from tests.factories import (
    COLLEAGUE,
    COUNSELOR,
    DISTRICT,
    GUARDIAN,
    NURSE,
    STUDENT,
    WORDS,
    accepted,
    contact,
    exception,
    interview,
    offer,
    release,
    screen,
    signed,
    tier,
)
from tests.journeys.playing import Story

STEP = StepId("guardian_contact")


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    """One database is enough: what is asked of both is in `tests/notify/test_same_student.py`."""
    made = open_store(sqlite_url, key_file)
    yield made
    made.close()


def begun(store: Store, first: str, second: str) -> tuple[Story, Story]:
    """The second one while the first goes on: the counselor stays with the student, and one press says so there."""
    one = Story(loader.protocol(first), store).begins()
    with store.write() as tx:
        roster.add_person(tx, DISTRICT, GUARDIAN, ("Given", "Guardian"), staff=False, language="en")
        roster.tie(tx, STUDENT, GUARDIAN, Relation.PARENT, guardian=Guardian.YES, priority=1)
    one.now += timedelta(minutes=5)
    two = one.another(second, beside=Beside.NOBODY)
    two.does(cmd.NameAdult(by=COLLEAGUE, adult=COUNSELOR.id))  # type: ignore[arg-type]
    works(one, two)
    return one, two


def works(*stories: Story) -> None:
    """What the worker does with what one incident has to tell the others; then everybody looks again."""
    store, now = stories[0].store, max(each.now for each in stories)
    assert store is not None
    for _ in range(3):  # what is told tells on, until nothing is news
        with store.write() as tx:
            jobs = outbox.claim(tx, "a test", now, limit=200, lease=timedelta(days=900))
        for job in jobs:
            if isinstance(job.effect, LinkSameStudent | MoveAdult):
                tell_the_others(store, job, job.effect, now)
    for each in stories:
        each.now = now
        each.reads()


def goes_over(one: Story, other: Story) -> None:
    """From the counselor to the nurse, in the one; the other says the same by itself."""
    one.does(cmd.OfferCustody(by=COUNSELOR, to=NURSE.id), cmd.AcceptCustody(by=NURSE))  # type: ignore[arg-type]
    works(one, other)
    assert one.incident.adult == other.incident.adult == NURSE.id
    assert one.incident.custody is other.incident.custody is Custody.HELD


@pytest.mark.parametrize("order", [("threat_others", "suicide_risk"), ("suicide_risk", "threat_others")])
def test_a_threat_and_a_risk_of_suicide_side_by_side_whichever_came_first_i_1_i_5_i_9_i_19(
    store: Store, order: tuple[str, str]
) -> None:
    one, two = begun(store, *order)
    suicide, threat = (two, one) if order[1] == "suicide_risk" else (one, two)
    assert (one.incident.links, two.incident.links) == ((two.incident.id,), (one.incident.id,))

    threat.answers("imminent", "not_now")
    threat.completes("clear_means", "tell_admin", "interviews")
    threat.answers("signs", "found")
    threat.answers("threat_level", "substantive")
    goes_over(threat, suicide)

    suicide.does(screen("ynnnn"), interview("further_evaluation"), tier(Tier.HIGH), signed())
    works(suicide, threat)
    assert threat.incident.effective_tier is Tier.HIGH  # nobody has been asked there yet
    assert "I-2" in threat.refuses(release(ReleaseTo.CLASS))

    threat.does(screen("nnnn-"))
    assert "I-3" in threat.refuses(cmd.SignClose(by=COUNSELOR))
    threat.does(tier(Tier.HIGH), signed())
    suicide.now = threat.now
    suicide.does(contact())
    threat.now = suicide.now
    threat.does(lcmd.CountContact(by=COUNSELOR, step=STEP, other=suicide.incident.id))
    assert threat.state(STEP) is StepState.DONE
    assert threat.incident.contact_attempts == ()  # one call, and it counts in both
    assert threat.incident.guardian_reached_at == suicide.incident.guardian_reached_at
    assert "STEP" in threat.refuses(lcmd.CountContact(by=COUNSELOR, step=STEP, other=suicide.incident.id))

    threat.completes("tell_superintendent", "targets")
    for each in (suicide, threat):
        each.answers("emergency_decision", "clinician")
        each.completes("safety_plan", "means_counseling")
        each.does(offer())
        each.does(accepted(each.incident), release(ReleaseTo.GUARDIAN))
        works(suicide, threat)
    threat.completes("team_meeting", "management_plan")
    assert [each.follows_up_and_closes().phase for each in (suicide, threat)] == [Phase.CLOSED, Phase.CLOSED]


def test_a_disclosure_of_abuse_during_the_questions_about_suicide_closes_both_without_a_call_home_i_9_i_10_i_19(
    store: Store,
) -> None:
    """protocols.md 1 a, 1 e: the block of the one holds in the other, and child protection stands in for both."""
    suicide, abuse = begun(store, "suicide_risk", "abuse_disclosure")
    assert suicide.refuses(contact()) == {"PR-4"}
    abuse.completes("own_words")
    for step, answer in (("hurt", "none"), ("emergent", "none"), ("staff_suspected", "no_one")):
        abuse.answers(step, answer)
    abuse.completes("tell_admin")
    goes_over(suicide, abuse)

    suicide.does(screen("nnnn-"), tier(Tier.LOW), exception("contraindicated"))
    works(suicide, abuse)
    assert suicide.state(STEP) is abuse.state(STEP) is StepState.SUBSTITUTED
    abuse.does(screen("nnnn-"), tier(Tier.LOW))
    abuse.answers("protection_says", "they_take")
    for each in (suicide, abuse):
        each.does(offer(basis=LegalBasis.CHILD_PROTECTION_REPORT, threat=None))
        each.does(accepted(each.incident), release(ReleaseTo.CHILD_PROTECTION))
        each.does(ccmd.FinishTask(by=COUNSELOR, task=RecordTask.CHECK_ICWA, note=WORDS))
        for report in each.incident.obligations.values():
            each.does(tcmd.FileReport(by=COUNSELOR, obligation=report.id, agency="DCF", number=WORDS, worker=WORDS))
    abuse.completes("who_knows")

    assert [each.follows_up_and_closes().phase for each in (abuse, suicide)] == [Phase.CLOSED, Phase.CLOSED]
    assert {each.incident.guardian_reached_at for each in (abuse, suicide)} == {None}
