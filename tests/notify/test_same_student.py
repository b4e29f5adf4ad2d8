"""Two incidents of one student at a time: what one of them blocks is blocked in the other, whatever comes first."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crisis import commands as cmd
from crisis.errors import Refused
from crisis.message_words import SendState
from crisis.privacy_words import ContactEffect
from crisis.statemachine.incident import Incident
from crisis.store import contacting, people, same_student
from crisis.store.engine import Store
from crisis.submit import submit
from crisis.vocabulary import ContactMethod, ContactOutcome, IncidentId, LanguageHelp, ReleaseTo, WordsId
from tests.factories import STUDENT
from tests.notify.family import MOTHER, STEP, Home, a_home
from tests.notify.village import COUNSELOR, PRINCIPAL


@pytest.fixture
def home(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Its incident is at the step that reaches the family; `second` opens another one of the same student."""
    return a_home(store, tmp_path, monkeypatch)


def second(home: Home, *, known: bool = True) -> IncidentId:
    incident = home.village.opened().id
    home.village.gives(
        incident, cmd.RaiseEmergency(by=home.village.actor(COUNSELOR), dangers=frozenset({"weapon"}), called_911=False)
    )
    if known:
        home.village.gives(incident, cmd.IdentifyStudent(by=home.village.actor(COUNSELOR), student=STUDENT))
    return incident


def blocks(home: Home, incident: IncidentId) -> None:
    why = WordsId(f"w-{incident}")
    order = cmd.DeclareException(by=home.village.actor(COUNSELOR), step=STEP, exception="contraindicated", reason=why)
    submit(home.store, incident, order, at=home.at, words={why: "A reason"})


def lifts(home: Home, incident: IncidentId) -> None:
    for person in (COUNSELOR, PRINCIPAL):
        why = WordsId(f"w-{incident}-{person}")
        order = cmd.LiftException(by=home.village.actor(person), exception="contraindicated", reason=why)
        submit(home.store, incident, order, at=home.at, words={why: "A reason"})


def call(home: Home, *, named: bool = True) -> cmd.RecordContact:
    return cmd.RecordContact(
        by=home.village.actor(PRINCIPAL),
        step=STEP,
        contact=MOTHER if named else None,
        guardian=True,
        method=ContactMethod.IN_PERSON,
        outcome=ContactOutcome.REACHED,
        language="es",
        language_help=LanguageHelp.SHARED,
        understood=True,
    )


def fetched(home: Home) -> cmd.ReleaseCustody:
    return cmd.ReleaseCustody(
        by=home.village.actor(PRINCIPAL), to=ReleaseTo.GUARDIAN, contact=MOTHER, receiver=None, identity_checked=True
    )


def why_not(home: Home, order: cmd.Command) -> set[str]:
    try:
        home.village.gives(home.incident, order)
    except Refused as refused:
        return {reason.rule for reason in refused.reasons}
    return set()


def effect(home: Home, incident: Incident | None) -> ContactEffect:
    with home.store.read() as tx:
        (hers,) = [each for each in contacting.cards(tx, STUDENT, incident, home.at) if each.contact.person == MOTHER]
    return hers.decision.effect


BLOCKED = {"I-10", "PR-4"}


@pytest.mark.page
def test_a_block_in_one_incident_holds_in_every_other_one_of_the_student_i_10_pr_4(home: Home) -> None:
    assert home.state().links == ()
    other = second(home)
    ordered = home.ordered()
    blocks(home, other)
    home.work()

    with home.store.read() as tx:  # by themselves, to each other, and once
        found = {each.id: each.links for each in same_student.open_of(tx, STUDENT)}
    assert found == {home.incident: (other,), other: (home.incident,)}
    assert (home.text().id, home.text().state, home.text().rules) == (ordered, SendState.STOPPED, frozenset({"PR-4"}))
    assert home.bodies() == []
    assert {each.rule for each in home.offer().against} == {"PR-4"}
    assert why_not(home, call(home)) == {"PR-4"}
    assert "I-10" in why_not(home, call(home, named=False))
    assert why_not(home, fetched(home)) & BLOCKED
    assert {effect(home, home.state()), effect(home, None)} == {ContactEffect.REFUSE}

    lifts(home, other)

    assert why_not(home, call(home)) == set()
    assert not why_not(home, fetched(home)) & BLOCKED
    assert effect(home, home.state()) is not ContactEffect.REFUSE


@pytest.mark.page
def test_a_block_of_before_the_student_was_known_holds_from_then_on_i_10(home: Home) -> None:
    other = second(home, known=False)
    blocks(home, other)
    assert effect(home, home.state()) is not ContactEffect.REFUSE
    sent = home.sent()
    home.village.gives(other, cmd.IdentifyStudent(by=home.village.actor(COUNSELOR), student=STUDENT))
    home.work()

    assert effect(home, home.state()) is ContactEffect.REFUSE
    assert home.state().texts[sent].outrun  # what had left before is on record, and the lead hears of it
    assert sorted(home.told("text_outrun")) == ["admin", "incident_lead"]


def test_whoever_hands_the_student_over_waits_for_whoever_blocks_and_the_other_way_round_i_10(home: Home) -> None:
    """Both hold the student's row, so that the second one sees what the first one did."""
    other, done = second(home), threading.Event()

    def in_time() -> None:
        blocks(home, other)
        done.set()

    racing = threading.Thread(target=in_time)
    with home.store.write() as tx:
        people.hold_student(tx, STUDENT)
        racing.start()
        assert not done.wait(0.2)
    racing.join()

    assert why_not(home, fetched(home)) & BLOCKED
