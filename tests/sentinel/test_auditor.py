"""Each fault is planted in a real database; the auditor says so, and repairs it where something can be done."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from crisis import page_commands as pcmd
from crisis.page_events import PageEscalated
from crisis.sentinel import auditor
from crisis.sentinel.auditing import Finding
from crisis.sentinel.auditor import SLOW, Auditor, Report
from crisis.sentinel.repairing import repair
from crisis.sentinel.watching import LEASE
from crisis.store import audit, canaries, inbox, leases, oncall, signs
from crisis.store.canaries import Canary
from crisis.store.engine import Store
from crisis.store.leases import Held
from crisis.vocabulary import AttemptOutcome, Channel, Mode, PageState, Role, Urgency
from tests.cluster import owners_hand
from tests.factories import SYSTEM
from tests.notify.village import ANA, BEN, COUNSELOR, LEVEL, PRINCIPAL, Village, a_served_village, a_shift

SECOND = timedelta(seconds=1)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)  # here a worker does what it is told to, and is never late


@pytest.fixture
def village(store: Store, tmp_path: Path) -> Iterator[Village]:
    with a_served_village(store, tmp_path) as made:
        with store.write() as tx:
            signs.leave(tx, signs.WORKER, FAR_AHEAD, good=True)
        yield made


def an_audit(village: Village) -> Report:
    return Auditor(village.store, now=village.watch).audit()


def names(report: Report) -> set[str]:
    return {found.invariant for found in report.findings}


def spoilt(village: Village, sql: str, **values: object) -> None:
    """As somebody with the database at hand would."""
    with village.store.write() as tx:
        tx.execute(text(sql), values)


def lease(village: Village) -> Held:
    with village.store.write() as tx:
        held = leases.take(tx, leases.SENTINEL, "tester", village.watch(), LEASE)
    assert held is not None
    return held


def repaired(village: Village) -> list[Finding]:
    """What is found, repaired, done by the worker, and found after that."""
    found = an_audit(village).findings
    assert repair(village.store, found, village.watch(), lease(village)) == len(found)
    village.worker.until_quiet()
    return list(an_audit(village).findings)


def rows(village: Village, where: str) -> int:
    with village.store.read() as tx:
        return int(tx.execute(text(f"SELECT count(*) FROM outbox WHERE {where}")).scalar_one())


def test_a_sound_village_has_nothing_to_be_found(village: Village) -> None:
    assert an_audit(village).clean
    village.paged(Urgency.U2)  # beside a page that cannot wait no drill begins
    village.worker.until_quiet()
    village.opened(Mode.DRILL)
    village.worker.until_quiet()

    report = an_audit(village)

    assert report.findings == ()
    assert len(report.look.open) == 2


def test_i1_the_timer_of_a_page_that_was_lost_is_given_to_the_rules_once_it_is_due(village: Village) -> None:
    incident, page = village.paged()
    village.worker.until_quiet()
    spoilt(village, "DELETE FROM outbox WHERE kind = 'StartTimer' AND body LIKE '%page_unanswered%'")

    assert names(an_audit(village)) == {"I1"}
    assert repaired(village) == []
    assert village.page(incident, page).level == 0
    assert rows(village, "done_at IS NULL AND body LIKE '%page_unanswered%'") == 1

    spoilt(village, "DELETE FROM outbox WHERE kind = 'StartTimer' AND body LIKE '%page_unanswered%'")
    village.later(LEVEL)
    assert repaired(village) == []
    assert village.page(incident, page).level == 1


def test_i1_the_alarm_of_a_page_that_nobody_took_begins_again(village: Village) -> None:
    incident, page = village.paged()
    village.later(LEVEL)
    village.later(LEVEL)
    assert village.page(incident, page).state is PageState.EXHAUSTED
    spoilt(village, "DELETE FROM outbox WHERE body LIKE '%page_alarm%'")

    assert names(an_audit(village)) == {"I1"}
    assert repaired(village) == []


def test_i1_a_deadline_that_was_lost_or_set_wrong_comes_at_its_time(village: Village) -> None:
    village.opened()
    village.worker.until_quiet()
    spoilt(village, "DELETE FROM outbox WHERE kind = 'StartTimer'")
    lost = len(an_audit(village).findings)
    assert repaired(village) == []

    spoilt(village, "UPDATE outbox SET due_at = '2031-01-01' WHERE kind = 'StartTimer' AND done_at IS NULL")

    assert lost > 0
    assert names(an_audit(village)) == {"I1"}
    assert repaired(village) == []


def test_i1_an_incident_without_any_timer_is_woken(village: Village) -> None:
    """All of its deadlines were missed and all of its reminders are lost."""
    village.opened()
    village.later(timedelta(days=300))
    spoilt(village, "DELETE FROM outbox WHERE kind = 'StartTimer' AND done_at IS NULL")

    assert names(an_audit(village)) == {"I1"}
    assert repaired(village) == []
    assert rows(village, "done_at IS NULL AND kind = 'StartTimer'") > 0


@pytest.mark.parametrize("kind", ["PageLevel", "StartTimer", "NotifyRole"])
def test_i2_a_row_that_cannot_be_read_is_written_again_from_the_log(village: Village, kind: str) -> None:
    """Everything else goes on meanwhile, and what it asked for is done once."""
    incident = village.opened().id
    village.watch.ahead += timedelta(seconds=1)  # what is written at one moment was decided together
    order = pcmd.RequestPage(by=village.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1)
    village.gives(incident, order)
    spoilt(village, "UPDATE outbox SET body = '{' WHERE done_at IS NULL AND kind = :kind", kind=kind)
    village.worker.until_quiet()

    assert "I2" in names(an_audit(village))
    assert repaired(village) == []
    assert rows(village, "body = '{' AND done_at IS NULL") == 0
    assert [village.kinds(who).count("text") for who in (ANA, PRINCIPAL)] == [1, 1]
    village.later(LEVEL)
    assert len([each for each in village.log(incident) if isinstance(each.event, PageEscalated)]) == 1


def test_a_repair_is_on_record_and_a_worker_that_was_faster_is_left_alone(village: Village) -> None:
    village.paged()
    village.worker.until_quiet()
    spoilt(village, "DELETE FROM outbox WHERE body LIKE '%page_unanswered%'")
    found = an_audit(village).findings

    assert repair(village.store, found, village.watch(), lease(village)) == 1
    assert repair(village.store, found, village.watch(), lease(village)) == 0

    with village.store.read() as tx:
        acts = tx.execute(text("SELECT count(*) FROM audit WHERE action = 'repaired by the sentinel'")).scalar_one()
        assert audit.verify(tx).ok
    assert acts == 1


def test_i2_what_nobody_does_is_overdue(village: Village) -> None:
    village.paged()
    village.watch.ahead += 4 * SECOND
    assert names(an_audit(village)) == set()

    village.watch.ahead += 2 * SECOND
    found = [each for each in an_audit(village).findings if each.invariant == "I2"]

    assert found
    assert all(each.live for each in found)


def test_i2_a_timer_that_fails_again_and_again_is_found(village: Village) -> None:
    village.paged()
    village.worker.until_quiet()
    spoilt(village, "UPDATE outbox SET attempts = 3 WHERE body LIKE '%page_unanswered%'")

    assert [found.what[-14:] for found in an_audit(village).findings] == ["failed 3 times"]


def test_i2_no_worker_at_all_is_a_fault_before_anything_is_late(village: Village) -> None:
    with village.store.write() as tx:
        signs.leave(tx, signs.WORKER, village.watch(), good=True)
    assert an_audit(village).clean

    village.watch.ahead += 31 * SECOND
    assert [found.subject for found in an_audit(village).findings] == ["worker"]

    spoilt(village, "DELETE FROM sign_of_life")
    assert [found.subject for found in an_audit(village).findings] == ["worker"]


def test_i2_no_console_is_a_fault_once_it_had_time_to_start(village: Village) -> None:
    auditor = Auditor(village.store, now=village.watch, monotonic=lambda: village.watch().timestamp())
    assert auditor.audit().clean

    village.watch.ahead += 31 * SECOND
    never = auditor.audit()
    with village.store.write() as tx:
        signs.leave(tx, signs.WEB, village.watch(), good=True)
    there = auditor.audit()
    village.watch.ahead += 31 * SECOND
    gone = auditor.audit()

    subjects = [[found.subject for found in report.findings] for report in (never, there, gone)]
    assert subjects == [["console"], [], ["console"]]


def test_a_sentinel_whose_lease_was_taken_over_repairs_nothing(village: Village) -> None:
    village.paged()
    village.worker.until_quiet()
    spoilt(village, "DELETE FROM outbox WHERE body LIKE '%page_unanswered%'")
    found, old = an_audit(village).findings, lease(village)
    with village.store.write() as tx:
        leases.take(tx, leases.SENTINEL, "another", village.watch() + LEASE, LEASE)

    assert repair(village.store, found, village.watch(), old) == 0


def test_what_cannot_be_read_is_found_and_does_not_end_the_audit(village: Village) -> None:
    village.opened()
    village.worker.until_quiet()
    spoilt(village, "UPDATE outbox SET body = '[]' WHERE done_at IS NULL")
    assert names(an_audit(village)) >= {"I1", "I2"}

    spoilt(village, "UPDATE incident SET state = '[]'")
    assert names(an_audit(village)) >= {"I20"}


def test_i3_a_page_that_nobody_was_called_for_is_called(village: Village) -> None:
    village.paged()
    spoilt(village, "DELETE FROM outbox WHERE kind = 'PageLevel'")
    village.watch.ahead += 13 * SECOND

    assert names(an_audit(village)) == {"I3"}
    assert repaired(village) == []
    assert sorted(village.kinds(ANA)) == ["call", "text"]


def test_i3_a_level_that_was_put_off_is_hastened(village: Village) -> None:
    village.paged()
    spoilt(village, "UPDATE outbox SET due_at = '2031-01-01' WHERE kind = 'PageLevel'")
    village.watch.ahead += 13 * SECOND

    assert names(an_audit(village)) == {"I3"}
    assert repaired(village) == []
    assert "text" in village.kinds(ANA)


def test_i3_who_is_on_both_levels_is_not_called_in_vain(village: Village) -> None:
    with village.store.write() as tx:
        tx.execute(text("DELETE FROM shift"))
        oncall.add_shifts(tx, [a_shift(ANA, level, village.watch()) for level in (0, 1)])
    village.paged()
    for step in (1, 13, 30, 77, 13, 30):
        village.later(step * SECOND)
        assert an_audit(village).findings == ()


def test_i4_a_claim_that_nobody_takes_over_is_found(village: Village) -> None:
    village.paged()
    ended = village.watch()
    spoilt(village, "UPDATE outbox SET claimed_by = 'w', claimed_until = :at WHERE kind = 'PageLevel'", at=ended)
    village.watch.ahead += 6 * SECOND

    assert "I4" in names(an_audit(village))


def test_i5_a_call_that_nobody_knows_of_is_made_again(village: Village) -> None:
    incident, page = village.paged()
    spoilt(village, "DELETE FROM outbox WHERE kind = 'PageLevel'")
    call = pcmd.RecordPageAttempt(
        by=SYSTEM, page=page, person=ANA, channel=Channel.TEXT, outcome=AttemptOutcome.UNKNOWN, attempt="1", level=0
    )
    village.gives(incident, call)
    village.watch.ahead += 30 * SECOND
    assert an_audit(village).clean

    village.watch.ahead += 16 * SECOND

    assert names(an_audit(village)) == {"I5"}
    assert repaired(village) == []
    assert village.kinds(ANA) == ["call"]  # the other channel


def test_i6_a_changed_state_a_changed_row_and_a_changed_chain_are_found(village: Village) -> None:
    village.opened()
    village.worker.until_quiet()

    spoilt(village, "UPDATE incident SET state = replace(state, 'p-counselor', 'p-principal')")
    assert names(an_audit(village)) >= {"I6"}
    spoilt(village, "UPDATE incident SET state = replace(state, 'p-principal', 'p-counselor')")

    spoilt(village, "UPDATE incident SET seq = seq + 1")
    assert names(an_audit(village)) == {"I6"}


def test_i6_what_was_changed_in_the_chain_is_found_in_passing_and_stays_found(village: Village) -> None:
    kept = Auditor(village.store, now=village.watch)
    village.opened()
    village.worker.until_quiet()
    assert kept.audit().clean
    unguarded(village, "UPDATE audit SET action = 'something else' WHERE number = 1")

    assert names(kept.audit()) == {"I6"}
    assert names(kept.audit()) == {"I6"}


def unguarded(village: Village, sql: str) -> None:
    with owners_hand(village.store) as tx:
        if village.store.dialect == "sqlite":
            for guard in ("audit_no_update", "audit_no_delete", "event_no_delete"):
                tx.execute(text(f"DROP TRIGGER {guard}"))
        else:
            tx.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
            tx.execute(text("ALTER TABLE event DISABLE TRIGGER USER"))
        tx.execute(text(sql))


def test_i14_an_end_that_was_cut_off_is_found(village: Village) -> None:
    village.opened()
    village.worker.until_quiet()
    unguarded(village, "DELETE FROM event WHERE position = (SELECT max(position) FROM event)")

    assert "I14" in names(an_audit(village))


def test_i8_whoever_is_called_is_on_call(village: Village) -> None:
    incident, page = village.paged()
    village.worker.until_quiet()
    call = pcmd.RecordPageAttempt(
        by=SYSTEM, page=page, person=BEN, channel=Channel.TEXT, outcome=AttemptOutcome.ACCEPTED, attempt="x", level=0
    )
    village.gives(incident, call)

    assert names(an_audit(village)) == {"I8"}


def test_i9_what_waits_under_another_mode_is_found(village: Village) -> None:
    village.opened(Mode.DRILL)
    spoilt(village, "UPDATE outbox SET mode = 'live'")

    assert names(an_audit(village)) == {"I9"}


def test_i12_a_protocol_that_is_gone_or_changed_is_found(village: Village) -> None:
    village.opened()
    village.worker.until_quiet()
    spoilt(village, "UPDATE protocol SET body = replace(body, 'suicide', 'other')")
    assert names(an_audit(village)) == {"I12"}

    spoilt(village, "DELETE FROM protocol_in_force")
    spoilt(village, "DELETE FROM protocol")
    assert names(an_audit(village)) == {"I12"}


def test_i13_a_text_that_nobody_read_is_found(village: Village) -> None:
    with village.store.write() as tx:
        inbox.receive(tx, village.store.keys, "text", "SM1", {"Body": "47A"}, at=village.watch() - 31 * SECOND)

    assert names(an_audit(village)) == {"I13"}


def test_i15_a_clock_that_was_moved_is_found(village: Village) -> None:
    kept = Auditor(village.store, now=village.watch)
    assert kept.audit().clean

    village.watch.ahead -= 3 * SECOND

    found = names(kept.audit())
    assert found == {"I15"}
    village.watch.ahead += 3 * SECOND
    kept.audit()
    assert kept.audit().clean


def test_i19_a_heartbeat_that_nobody_hears_is_found_and_may_begin_again(village: Village) -> None:
    with village.store.write() as tx:
        signs.leave(tx, signs.HEARTBEAT, village.watch(), good=False)

    report = an_audit(village)

    assert names(report) == {"I19"}
    assert report.clean


def test_i20_an_audit_that_is_slow_or_sees_too_little_is_not_clean(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    village.opened()
    village.worker.until_quiet()
    monkeypatch.setattr(auditor, "SLOW", SLOW)
    times = iter([0.0, 2.1])
    slow = Auditor(village.store, now=village.watch, monotonic=lambda: next(times)).audit()
    monkeypatch.setattr(auditor, "SLOW", 10 * SLOW)
    monkeypatch.setattr("crisis.store.watch.all_open", lambda tx: [])
    blind = an_audit(village)

    assert (names(slow), slow.clean) == ({"I20"}, False)
    assert (names(blind), blind.clean) == ({"I20"}, False)


def test_through_a_whole_page_the_auditor_finds_nothing(village: Village) -> None:
    """From the request over a no, the alarm, a start from the first, an acceptance, a hand-over, to the arrival."""
    incident, page = village.paged()
    take = pcmd.AcceptPage(by=village.actor(BEN), page=page, eta_minutes=5)
    orders = [
        None,
        pcmd.DeclinePage(by=village.actor(ANA), page=page),
        None,
        None,
        None,
        take,
        pcmd.DelayPage(by=village.actor(BEN), page=page, eta_minutes=6),
        None,
        None,
        pcmd.Arrive(by=village.actor(BEN), page=page),
    ]
    for order in orders:
        village.worker.until_quiet()
        assert an_audit(village).findings == ()
        if order is not None:
            village.gives(incident, order)
            assert an_audit(village).findings == ()
        village.later(LEVEL)

    assert village.page(incident, page).state is PageState.ACCEPTED


def test_i17_canary_pages_that_do_not_come_back_are_found(village: Village) -> None:
    """One provider of two that loses them is told and stops no heartbeat; both do."""
    began, period = village.watch(), timedelta(minutes=5)
    with village.store.write() as tx:
        signs.leave(tx, signs.CANARY, began, good=True, detail={"providers": ["telnyx", "twilio"]})
        for name in ("telnyx", "twilio"):
            canary = Canary(id=name, provider=name, slot_at=began, period=period, sent_at=began)
            canaries.begin(tx, canary)
            canaries.came_back(tx, name, began)
    village.watch.ahead += 3 * period - 30 * SECOND
    early = an_audit(village)
    village.watch.ahead += 60 * SECOND
    with village.store.write() as tx:
        canary = Canary(id="new", provider="telnyx", slot_at=village.watch(), period=period, sent_at=village.watch())
        canaries.begin(tx, canary)
        canaries.came_back(tx, "new", village.watch())
    one = an_audit(village)
    village.watch.ahead += 4 * period
    both = an_audit(village)

    assert (names(early), early.clean) == (set(), True)
    assert ([found.subject for found in one.findings], one.clean) == (["twilio"], True)
    assert ([found.subject for found in both.findings], both.clean) == (["telnyx", "twilio"], False)


def test_i3_a_text_that_waits_for_another_page_to_the_same_telephone_is_no_fault(village: Village) -> None:
    """It is on record with until when; after that somebody must have been called."""
    incident, page = village.paged(Urgency.U2)
    until = village.watch() + 30 * SECOND
    held = pcmd.HoldBackPage(
        by=SYSTEM, page=page, person=ANA, channel=Channel.TEXT, attempt=f"1-{ANA}-text-1", until=until
    )
    village.gives(incident, held)

    village.watch.ahead += 25 * SECOND
    waiting = names(an_audit(village))
    village.watch.ahead += 25 * SECOND

    assert "I3" not in waiting
    assert "I3" in names(an_audit(village))
