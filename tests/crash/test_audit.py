"""The audit of the crash harness sees what it is there to see; otherwise finding nothing would prove nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.commands import OpenIncident
from crisis.notify.ledger import Entry, Ledger
from crisis.store import inbox, incidents, people, protocols, sample
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident, submit
from crisis.vocabulary import AttemptOutcome, Beside, Channel, IncidentId, Mode, Role, SchoolId, Urgency
from tests.crash.audit import Story, faults, story_of
from tests.crash.district import TUESDAY, Prepared, prepared

LATER = TUESDAY + timedelta(seconds=1)


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Prepared:
    return prepared(tmp_path_factory.mktemp("prepared"), key_file, None)


@pytest.fixture
def store(district: Prepared, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(district.copy(tmp_path), district.key_file)
    yield opened
    opened.close()


@pytest.fixture
def incident(store: Store) -> str:
    """Open, with a page to the clinician that was sent."""
    with store.read() as tx:
        maya = people.actor(tx, sample.person_id("Maya", "Okafor"))
        protocol, hashed = protocols.current(tx, "suicide_ideation", sample.DISTRICT, TUESDAY)
    order = OpenIncident(
        by=maya,
        mode=Mode.LIVE,
        school=SchoolId(sample.HIGH),
        crisis_type="suicide_ideation",
        protocol=protocol.id,
        version=protocol.version,
        protocol_hash=hashed,
        place=None,
        student=None,
        beside=Beside.ME,
    )
    opened = open_incident(store, order, at=TUESDAY).incident
    page = pcmd.RequestPage(by=maya, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1)
    submit(store, opened.id, page, at=TUESDAY)
    with store.write() as tx:
        tx.execute(text("UPDATE outbox SET done_at = due_at WHERE kind <> 'StartTimer'"))
    return opened.id


@pytest.fixture
def heard(store: Store, incident: str, tmp_path: Path) -> list[Entry]:
    """The telephone of whoever is on call got the text of the page."""
    with store.read() as tx:
        job = tx.execute(text("SELECT id FROM outbox WHERE kind = 'PageLevel'")).scalar_one()
        noor = sample.person_id("Noor", "Abdi")
        (phone, *_others) = people.dialled(tx, [noor])[noor]
    return [Ledger(tmp_path / "ledger").add("text", phone, "page", "SM1", reference=f"{job}-{noor}-text")]


Look = Callable[[list[Entry]], list[str]]


@pytest.fixture
def look(store: Store, heard: list[Entry]) -> Look:
    story = story_of(store, heard)

    def found(heard: list[Entry], at: datetime = LATER, undisturbed: Story = story) -> list[str]:
        return faults(store, heard, at, crashes=1, undisturbed=undisturbed)

    return found


def spoilt(store: Store, sql: str) -> None:
    with store.write() as tx:
        tx.execute(text(sql))


def test_a_sound_district_has_no_faults(look: Look, heard: list[Entry]) -> None:
    assert look(heard) == []


def test_each_timer_that_is_gone_is_found(store: Store, look: Look, heard: list[Entry], incident: str) -> None:
    spoilt(store, "UPDATE outbox SET done_at = due_at")

    found = look(heard)

    assert set(found) == {f"I1 {incident}: the timer {name} is missing" for name in ("deadline", "page_unanswered")}


def test_a_job_that_nobody_does_is_found(store: Store, look: Look, heard: list[Entry]) -> None:
    spoilt(store, "UPDATE outbox SET done_at = NULL WHERE kind = 'PageLevel'")

    assert look(heard) == ["1 jobs are overdue"]


def test_a_page_that_no_telephone_got_is_found(look: Look) -> None:
    found = look([])

    assert "nobody was texted for level 0 of oncall_clinician" in found
    assert found[0].startswith("another story")


def test_one_crash_allows_one_duplicate(look: Look, heard: list[Entry]) -> None:
    assert look(heard * 2) == []
    assert look(heard * 3) == [f"{heard[0].reference} came 3 times"]


def test_a_state_that_its_log_does_not_tell_is_found(
    store: Store, look: Look, heard: list[Entry], incident: str
) -> None:
    spoilt(store, "UPDATE incident SET state = replace(state, 'oncall_clinician', 'nurse')")

    assert f"{incident} is not what its log says" in look(heard)


def test_an_order_that_happened_twice_is_another_story(
    store: Store, look: Look, heard: list[Entry], incident: str
) -> None:
    with store.read() as tx:
        maya = people.actor(tx, sample.person_id("Maya", "Okafor"))
    submit(store, incident, pcmd.RequestPage(by=maya, role=Role.NURSE, urgency=Urgency.U3), at=LATER)  # type: ignore[arg-type]

    assert any(fault.startswith("another story: events {'PageRequested': 1} for {}") for fault in look(heard))


def test_a_text_that_was_never_dealt_with_is_found(store: Store, look: Look, heard: list[Entry]) -> None:
    with store.write() as tx:
        inbox.receive(tx, store.keys, "text", "SM2", {"From": "+16175550131", "Body": "47A"}, at=TUESDAY)

    assert look(heard) == ["a text was never dealt with"]


def test_a_call_that_the_log_only_claims_is_found(store: Store, look: Look, heard: list[Entry], incident: str) -> None:
    with store.read() as tx:
        (page,) = incidents.load(tx, IncidentId(incident)).pages
    call = pcmd.RecordPageAttempt(
        by=cmd.Actor(kind=cmd.ActorKind.SYSTEM, id=None, district=sample.DISTRICT),
        page=page,
        person=sample.person_id("Noor", "Abdi"),
        channel=Channel.TEXT,
        outcome=AttemptOutcome.ACCEPTED,
        attempt="1-nobody-text-1",
    )
    submit(store, IncidentId(incident), call, at=LATER)

    assert look(heard) == ["call 1-nobody-text-1 is in the log and never came"]
