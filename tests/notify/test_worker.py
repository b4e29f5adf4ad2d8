"""The worker against real databases and the real stand-in: who is called, when, and what the log says of it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy import text as sql

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.effects import ConfirmPage, StartTimer
from crisis.notify.gateway import Lines, lines
from crisis.notify.handsets import Exchange
from crisis.notify.handsets_app import build_handsets
from crisis.notify.ledger import Entry
from crisis.notify.worker import BACKOFF, LEASE, Worker
from crisis.store import accounts, incidents, oncall, outbox, roster, sessions
from crisis.store.engine import Store, open_store
from crisis.store.tables import OUTBOX
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, Mode, PageState, PersonId, Role, Urgency
from tests.cheap import HASHING
from tests.cluster import owners_hand
from tests.factories import DISTRICT
from tests.notify.village import (
    ANA,
    BEN,
    COUNSELOR,
    LEVEL,
    PHONES,
    PRINCIPAL,
    Village,
    a_network,
    a_shift,
    served,
    the_settings,
    wait_until,
)
from tests.notify.village import village as a_village_with

CONSOLE_ONLY = Lines(None, None)


def attempts(village: Village, incident: IncidentId) -> list[tuple[PersonId, Channel, AttemptOutcome]]:
    events = [stored.event for stored in village.log(incident)]
    return [(each.person, each.channel, each.outcome) for each in events if isinstance(each, pev.PageAttempted)]


def test_the_most_urgent_page_goes_to_the_first_on_call_by_text_and_voice(village: Village) -> None:
    incident, _page = village.paged(Urgency.U1)

    village.worker.until_quiet()

    assert sorted(village.kinds(ANA)) == ["call", "text"]
    assert village.kinds(BEN) == []
    assert sorted(attempts(village, incident)) == [
        (ANA, Channel.TEXT, AttemptOutcome.ACCEPTED),
        (ANA, Channel.VOICE, AttemptOutcome.ACCEPTED),
    ]


def test_silence_goes_on_to_the_backup_and_then_to_everybody_who_must_hear_it_i_15(village: Village) -> None:
    incident, page = village.paged(Urgency.U3)
    village.worker.until_quiet()

    village.later(LEVEL)
    after_one = village.kinds(BEN)
    village.later(LEVEL)

    assert after_one == ["text"]
    assert village.page(incident, page).state is PageState.EXHAUSTED
    assert "nobody has answered" in village.on(PRINCIPAL)[-1].body


def test_the_alarm_of_a_page_that_nobody_took_repeats(village: Village) -> None:
    village.paged(Urgency.U3)
    village.later(2 * LEVEL)
    village.later(LEVEL)
    before = len(village.on(PRINCIPAL))

    village.later(LEVEL)

    assert len(village.on(PRINCIPAL)) > before


def test_a_timer_that_is_done_again_after_a_crash_does_not_make_two_of_every_later_one(village: Village) -> None:
    """The worker dies between the commit of what a timer led to and the mark that it is done."""
    incident, page = village.paged()
    for _level in range(2):
        village.later(LEVEL)
    village.watch.ahead += LEVEL
    with village.store.write() as tx:
        jobs = outbox.claim(tx, "w-0", village.watch(), limit=50, lease=LEASE)
    (job,) = (each for each in jobs if isinstance(each.effect, StartTimer) and each.effect.name == "page_alarm")
    village.worker.perform(job)
    with village.store.write() as tx:
        tx.execute(sql("UPDATE outbox SET done_at = NULL WHERE id = :id"), {"id": job.id})
        tx.execute(sql("UPDATE outbox SET claimed_until = NULL"))

    village.worker.until_quiet()

    assert village.page(incident, page).alarms == 2
    with village.store.read() as tx:
        query = sql("SELECT count(*) FROM outbox WHERE done_at IS NULL AND body LIKE :name")
        assert tx.execute(query, {"name": "%page_alarm%"}).scalar_one() == 1


def test_an_unanswered_page_rings_again_within_its_level(village: Village) -> None:
    village.paged(Urgency.U1)
    village.worker.until_quiet()

    village.later(timedelta(seconds=46))
    village.later(timedelta(seconds=15))

    assert sorted(village.kinds(ANA)) == ["call", "call", "text", "text"]


def test_a_level_with_nobody_on_call_is_not_waited_for(village: Village) -> None:
    with village.store.write() as tx:
        tx.execute(sql("DELETE FROM shift WHERE level = 0"))

    village.paged(Urgency.U3)
    village.worker.until_quiet()

    assert village.kinds(BEN) == ["text"]


def test_who_has_no_telephone_is_asked_on_the_console_and_the_next_level_is_called(village: Village) -> None:
    with village.store.write() as tx:
        tx.execute(sql("DELETE FROM phone WHERE person = 'p-ana'"))

    incident, page = village.paged(Urgency.U3)
    village.worker.until_quiet()

    assert attempts(village, incident) == [
        (ANA, Channel.CONSOLE, AttemptOutcome.ACCEPTED),
        (BEN, Channel.TEXT, AttemptOutcome.ACCEPTED),
    ]
    assert village.page(incident, page).asked == (ANA, BEN)


def test_a_change_of_the_rota_before_the_page_goes_out_counts(village: Village) -> None:
    village.paged(Urgency.U3)
    with village.store.write() as tx:
        tx.execute(sql("DELETE FROM shift WHERE level = 0"))
        oncall.add_shifts(tx, [a_shift(BEN, 0, village.watch())])

    village.worker.until_quiet()

    assert (village.kinds(ANA), village.kinds(BEN)) == ([], ["text"])


def test_a_page_that_was_taken_before_it_went_out_is_not_sent(village: Village) -> None:
    incident, page = village.paged(Urgency.U3)
    village.gives(incident, pcmd.CancelPage(by=village.actor(COUNSELOR), page=page))

    village.worker.until_quiet()

    assert village.kinds(ANA) == []


def test_who_took_it_and_who_was_asked_are_both_told(village: Village) -> None:
    incident, page = village.paged(Urgency.U3)
    village.worker.until_quiet()
    village.later(LEVEL)

    village.gives(incident, pcmd.AcceptPage(by=village.actor(BEN), page=page, eta_minutes=12))
    village.worker.until_quiet()

    assert "you have it" in village.on(BEN)[-1].body
    assert "somebody else has taken it" in village.on(ANA)[-1].body


@pytest.mark.parametrize("fault", ["busy", "opted_out", "error", "garbage", "no_id", "error_in_success", "unavailable"])
def test_a_text_that_was_not_accepted_is_made_good_by_a_call_at_once(village: Village, fault: str) -> None:
    village.network.plan.set(PHONES[ANA], "messages", fault, 9)  # type: ignore[arg-type]  # one of the faults

    village.paged(Urgency.U3)
    village.worker.until_quiet()

    assert "call" in village.kinds(ANA)


def test_a_page_is_tried_until_the_provider_takes_it_f20(village: Village) -> None:
    incident, _page = village.paged(Urgency.U3)
    village.network.plan.set("*", "*", "error", 4)

    village.worker.until_quiet()
    for _turn in range(4):
        village.later(timedelta(seconds=20))

    assert village.kinds(ANA) != []
    assert attempts(village, incident)[-1][2] is AttemptOutcome.ACCEPTED


def test_a_refused_provider_is_nothing_lost_f13(store: Store, tmp_path: Path) -> None:
    network = a_network(tmp_path)
    dead = the_settings("http://127.0.0.1:9")
    village = a_village_with(store, network, lines(dead))
    incident, _page = village.paged(Urgency.U3)
    village.worker.until_quiet()
    refused = attempts(village, incident)

    with served(build_handsets(network)) as url:
        village.worker.lines = lines(the_settings(url))
        village.later(timedelta(seconds=5))

    assert {outcome for _person, _channel, outcome in refused} == {AttemptOutcome.REFUSED}
    assert len(village.kinds(ANA)) >= 1


def test_a_hanging_provider_does_not_hold_the_lease_f12(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "accept_then_hang", 1)
    began = village.watch()
    incident, _page = village.paged(Urgency.U1)

    village.worker.until_quiet()

    assert village.watch() - began < LEASE
    assert sorted(attempts(village, incident)) == [
        (ANA, Channel.TEXT, AttemptOutcome.UNKNOWN),
        (ANA, Channel.VOICE, AttemptOutcome.ACCEPTED),
    ]


def test_a_text_that_did_not_arrive_is_made_good_at_once_by_its_receipt(village: Village) -> None:
    """The receipt itself comes by HTTP in `test_webhooks.py`; here is what it sets off."""
    incident, page = village.paged(Urgency.U2)
    village.worker.until_quiet()
    stored = next(each.event for each in village.log(incident) if isinstance(each.event, pev.PageAttempted))
    job = int(stored.attempt.partition("-")[0])
    village.gives(
        incident,
        pcmd.RecordPageAttempt(
            by=cmd.Actor(kind=cmd.ActorKind.SYSTEM, id=None, district=DISTRICT),
            page=page,
            person=ANA,
            channel=Channel.TEXT,
            outcome=AttemptOutcome.REFUSED,
            attempt=stored.attempt,
        ),
    )
    with village.store.write() as tx:
        outbox.hasten(tx, job, village.watch())

    village.worker.until_quiet()

    assert village.kinds(ANA) == ["text", "call"]


def test_a_drill_has_a_line_of_its_own_and_says_so_first_i_22(village: Village) -> None:
    village.paged(Urgency.U1, Mode.DRILL)

    village.worker.until_quiet()

    assert {entry.line for entry in village.on(ANA)} == {"+16175550191"}
    assert all(entry.body.startswith("DRILL. ") for entry in village.on(ANA))


def test_a_drill_without_a_line_stays_on_the_console_i_22(village: Village) -> None:
    village.worker.lines = Lines(village.worker.lines.live, None)

    incident, _page = village.paged(Urgency.U1, Mode.DRILL)
    village.worker.until_quiet()

    assert village.network.ledger.entries == []
    assert attempts(village, incident) == [(ANA, Channel.CONSOLE, AttemptOutcome.ACCEPTED)]


def test_without_a_provider_pages_still_escalate_on_the_console(store: Store, tmp_path: Path) -> None:
    village = a_village_with(store, a_network(tmp_path), CONSOLE_ONLY)
    incident, page = village.paged(Urgency.U1)
    village.worker.until_quiet()

    village.later(LEVEL)
    village.later(LEVEL)

    assert [(person, channel) for person, channel, _outcome in attempts(village, incident)] == [
        (ANA, Channel.CONSOLE),
        (BEN, Channel.CONSOLE),
    ]
    assert village.page(incident, page).state is PageState.EXHAUSTED


def test_a_notice_that_was_sent_is_not_repeated_because_another_was_refused(village: Village) -> None:
    with village.store.write() as tx:
        second = PersonId("p-second")
        roster.add_person(tx, DISTRICT, second, ("Given", "Second"), staff=True)
        roster.add_phone(tx, second, "+16175550105")
        shifts = [a_shift(PRINCIPAL, 0, village.watch(), Role.ADMIN), a_shift(second, 0, village.watch(), Role.ADMIN)]
        oncall.add_shifts(tx, shifts)
    village.network.plan.set("+16175550105", "messages", "busy", 9)

    village.opened()
    village.worker.until_quiet()
    village.later(timedelta(seconds=30))

    assert village.kinds(PRINCIPAL) == ["text"]


def test_a_refused_notice_is_tried_again(village: Village) -> None:
    village.network.plan.set("*", "messages", "busy", 1)
    village.opened()
    village.worker.until_quiet()

    village.later(timedelta(seconds=6))

    assert village.kinds(PRINCIPAL) == ["text"]


def test_a_notice_whose_lease_ran_out_unsent_is_still_owed_f11(village: Village) -> None:
    village.opened()
    with village.store.write() as tx:
        slept = outbox.claim(tx, "slept", village.watch(), limit=10, lease=timedelta(0))

    for job in slept:
        village.worker.perform(job)
    village.worker.until_quiet()

    assert village.kinds(PRINCIPAL) == ["text"]


def test_a_worker_that_slept_longer_than_its_lease_sends_nothing_f11(village: Village) -> None:
    village.paged(Urgency.U3)
    with village.store.write() as tx:
        slept = outbox.claim(tx, "slept", village.watch(), limit=1, lease=LEASE)
    village.later(2 * LEASE)
    assert village.kinds(ANA) == ["text"]

    village.worker.perform(slept[0])

    assert village.kinds(ANA) == ["text"]


def test_one_broken_job_ends_neither_the_worker_nor_the_others(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    incident, page = village.paged(Urgency.U3)
    broken = ConfirmPage(page=page, person=ANA, outcome="Ximena Quetzal", mode=Mode.LIVE)
    with village.store.write() as tx:
        outbox.put(tx, incidents.load(tx, incident), [(1_000, broken)], village.watch())

    with running(village.worker):
        wait_until(lambda: village.kinds(ANA) == ["text"] and "failed" in caplog.text)

    assert "ValueError" in caplog.text
    assert "Ximena" not in caplog.text


def owed_again(village: Village, turn: int) -> bool:
    """Whether what failed so often has its next time: until then it is with the worker still."""
    waits = (OUTBOX.c.attempts == turn, OUTBOX.c.claimed_until.is_(None), OUTBOX.c.done_at.is_(None))
    with village.store.read() as tx:
        return tx.execute(select(OUTBOX.c.id).where(*waits)).first() is not None


def test_a_page_for_which_there_was_no_memory_goes_out_as_soon_as_there_is(
    village: Village, caplog: pytest.LogCaptureFixture
) -> None:
    """F09: where the kernel kills, that is a crash like any other; where Python is told, the page stays owed."""
    village.paged(Urgency.U3)
    short = iter((MemoryError(), MemoryError()))

    def is_short(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "INSERT INTO outgoing" in statement and (found := next(short, None)) is not None:
            raise found

    event.listen(Engine, "before_cursor_execute", is_short)
    try:
        with running(village.worker):
            for turn, wait in enumerate(BACKOFF[:2], start=1):
                wait_until(partial(owed_again, village, turn))
                village.watch.ahead += wait
            wait_until(lambda: village.kinds(ANA) == ["text"])
    finally:
        event.remove(Engine, "before_cursor_execute", is_short)
    assert caplog.text.count("MemoryError") == 2


def test_a_database_that_fails_for_a_while_ends_no_worker(village: Village, caplog: pytest.LogCaptureFixture) -> None:
    with owners_hand(village.store) as tx:
        tx.execute(sql("ALTER TABLE outbox RENAME TO outbox_gone"))

    with running(village.worker):
        wait_until(lambda: "a claim failed" in caplog.text)
        with owners_hand(village.store) as tx:
            tx.execute(sql("ALTER TABLE outbox_gone RENAME TO outbox"))
        order = pcmd.RequestPage(by=village.actor(COUNSELOR), role=Role.ONCALL_CLINICIAN, urgency=Urgency.U3)
        village.gives(village.opened().id, order)
        wait_until(lambda: village.kinds(ANA) == ["text"])


def test_a_worker_that_is_asked_to_end_finishes_what_it_began_f08(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "accept_then_hang", 1)
    incident, _page = village.paged(Urgency.U3)

    with running(village.worker):
        wait_until(lambda: village.kinds(ANA) == ["text"])

    assert attempts(village, incident)[0] == (ANA, Channel.TEXT, AttemptOutcome.UNKNOWN)


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()


def calls(network: Exchange) -> list[Entry]:
    """Texts to one telephone wait for each other, calls do not."""
    return [each for each in network.ledger.entries if each.kind == "call"]


@pytest.mark.postgres
def test_several_workers_send_each_page_once(postgres_url: str, key_file: Path, tmp_path: Path) -> None:
    network = a_network(tmp_path)
    store, other = open_store(postgres_url, key_file), open_store(postgres_url, key_file)
    with served(build_handsets(network)) as url:
        out = lines(the_settings(url))
        village = a_village_with(store, network, out)
        pages = [village.paged(Urgency.U1) for _number in range(10)]
        stop = threading.Event()
        workers = [Worker(store, out, "w-1"), Worker(other, out, "w-2"), Worker(other, out, "w-3")]
        threads = [threading.Thread(target=each.run, args=(stop,)) for each in workers]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(calls(network)) >= 10)
        stop.set()
        for thread in threads:
            thread.join(20)

    sent = [each.reference for each in calls(network)]
    assert len(sent) == len(set(sent)) == len(pages)
    codes = {each.body.split("page ")[1].split(",")[0] for each in calls(network)}
    assert len(codes) == len(pages)
    other.close()
    store.close()


def test_a_page_climbs_when_everybody_has_signed_out_pr_17(village: Village) -> None:
    """Who opened the incident is gone; the timers are not theirs."""
    incident, page = village.paged()
    words, cheap, now = "a lamp under seven quiet stairs", HASHING, village.watch()
    with village.store.write() as tx:
        accounts.create_account(tx, COUNSELOR, "counselor", words, at=now, hashing=cheap)
    token = accounts.sign_in(village.store, "counselor", words, now, hashing=cheap)
    assert token is not None
    with village.store.write() as tx:
        sessions.forget(tx, COUNSELOR)
        gone = sessions.holder(tx, token, now)

    village.later(LEVEL)

    assert gone is None
    assert village.page(incident, page).level == 1
