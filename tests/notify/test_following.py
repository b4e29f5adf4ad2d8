"""A page of which its provider said nothing is asked about, and what it says is a later word on the same attempt."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.delivery import AttemptState
from crisis.notify.gateway import lines
from crisis.notify.handsets_app import build_handsets
from crisis.notify.handsets_plans import Delivery
from crisis.notify.worker import Worker
from crisis.store import outgoing
from crisis.store.engine import Store
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, Urgency
from tests.notify.village import (
    ANA,
    PHONES,
    SECOND,
    Village,
    a_network,
    a_village,
    served,
    the_settings,
    with_second,
)
from tests.watch import Watch

SECONDS = timedelta(seconds=1)
ACCEPTED, REFUSED, UNKNOWN, SILENT = AttemptOutcome


@pytest.fixture
def with_two(store: Store, tmp_path: Path) -> Iterator[Village]:
    """The village with both providers."""
    watch = Watch()
    network = a_network(tmp_path, now=watch)
    with served(build_handsets(network)) as url:
        out = lines(with_second(the_settings(url), url))
        yield Village(store, a_village(store), network, Worker(store, out, "w-1", watch), watch)
        out.close()


def words(village: Village, incident: IncidentId, channel: Channel = Channel.TEXT) -> list[AttemptOutcome]:
    """What the log says of the first attempt on a channel, in order."""
    events = [stored.event for stored in village.log(incident)]
    said = [each for each in events if isinstance(each, pev.PageAttempted) and each.channel is channel]
    return [each.outcome for each in said if each.attempt == said[0].attempt]


def follow(village: Village, seconds: int) -> None:
    village.watch.ahead += seconds * SECONDS
    village.worker.follow()


@pytest.mark.parametrize(("channel", "what"), [(Channel.TEXT, "messages"), (Channel.VOICE, "calls")])
def test_what_was_taken_and_broke_off_is_found_at_the_first_provider(
    village: Village, channel: Channel, what: str
) -> None:
    """Its words are not kept there and it shows no callback: it is the only one made at that time (F05, F12)."""
    village.network.plan.set(PHONES[ANA], what, "accept_then_reset", 1)  # type: ignore[arg-type]  # one of the two
    incident, _page = village.paged(Urgency.U1)
    village.worker.until_quiet()
    before = words(village, incident, channel)

    follow(village, 2)

    assert (before, words(village, incident, channel)) == ([UNKNOWN], [UNKNOWN, ACCEPTED])


@pytest.mark.parametrize(("channel", "what"), [(Channel.TEXT, "messages"), (Channel.VOICE, "calls")])
def test_it_is_found_at_the_second_provider_too(with_two: Village, channel: Channel, what: str) -> None:
    with_two.network.plan.set(PHONES[ANA], what, "busy", 1, at="first")  # type: ignore[arg-type]  # one of the two
    with_two.network.plan.set(PHONES[ANA], what, "accept_then_reset", 1, at="second")  # type: ignore[arg-type]
    incident, _page = with_two.paged(Urgency.U1)
    with_two.worker.until_quiet()

    follow(with_two, 2)

    assert words(with_two, incident, channel) == [UNKNOWN, ACCEPTED]
    assert SECOND.number in {each.line for each in with_two.on(ANA)}


def test_what_was_never_taken_counts_as_refused_once_its_provider_says_so(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "reset", 1)
    incident, _page = village.paged(Urgency.U3)
    village.worker.until_quiet()

    for wait in (2, 4, 10):
        follow(village, wait)
    early, called = words(village, incident), village.kinds(ANA)
    follow(village, 20)

    assert (early, words(village, incident)) == ([UNKNOWN], [UNKNOWN, REFUSED])
    assert "call" in called  # it was not waited for


def test_where_a_provider_does_not_say_nothing_is_concluded(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "reset", 1)
    village.network.plan.lookups.set("*", "*", "error", 9)
    incident, _page = village.paged(Urgency.U3)
    village.worker.until_quiet()

    for wait in (2, 4, 10, 20, 20):
        follow(village, wait)

    assert words(village, incident) == [UNKNOWN]


def test_a_provider_that_does_not_say_is_asked_again(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "accept_then_reset", 1)
    village.network.plan.lookups.set("*", "*", "error", 1)
    incident, _page = village.paged(Urgency.U3)
    village.worker.until_quiet()

    follow(village, 2)
    first = words(village, incident)
    follow(village, 4)

    assert (first, words(village, incident)) == ([UNKNOWN], [UNKNOWN, ACCEPTED])


def test_a_text_without_a_sign_for_half_a_minute_is_followed_by_a_call_f32(village: Village) -> None:
    village.network.plan.deliveries.set(PHONES[ANA], "messages", Delivery(end="silent"), 1)
    incident, _page = village.paged(Urgency.U2)  # which calls after a minute
    village.worker.until_quiet()

    follow(village, 21)
    village.worker.until_quiet()
    early = words(village, incident)
    follow(village, 10)
    village.worker.until_quiet()

    assert (early, words(village, incident)) == ([ACCEPTED], [ACCEPTED, SILENT])
    assert village.kinds(ANA) == ["call"]


def test_what_is_silent_is_called_by_the_cadence_and_not_without_end(village: Village) -> None:
    village.network.plan.deliveries.set(PHONES[ANA], "*", Delivery(end="silent"), 99)
    village.paged(Urgency.U1)
    village.worker.until_quiet()

    for _turn in range(11):
        follow(village, 10)
        village.worker.until_quiet()

    sent = [each.what for each in village.network.sent.values() if each.phone == PHONES[ANA]]
    assert (sent.count("messages"), sent.count("calls")) == (2, 3)  # texts at 0 and 60 s, calls at 0, 45 and 90


def test_silence_that_ends_is_a_later_word_too(village: Village) -> None:
    village.network.plan.deliveries.set(PHONES[ANA], "messages", Delivery(end="silent"), 1)
    incident, _page = village.paged(Urgency.U2)
    village.worker.until_quiet()
    follow(village, 31)

    for sent in village.network.sent.values():
        sent.status = "delivered" if sent.what == "messages" else sent.status
    follow(village, 30)

    assert words(village, incident) == [ACCEPTED, SILENT, ACCEPTED]


def test_a_lost_receipt_of_a_text_that_did_not_arrive_is_fetched_f32(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "undelivered", 1)
    incident, _page = village.paged(Urgency.U3)  # which calls after five minutes
    village.worker.until_quiet()

    follow(village, 21)
    village.worker.until_quiet()

    assert words(village, incident) == [ACCEPTED, REFUSED]
    assert village.kinds(ANA) == ["call"]


def test_nobody_is_asked_about_a_page_that_somebody_has(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "messages", "accept_then_reset", 1)
    incident, page = village.paged(Urgency.U1)
    village.worker.until_quiet()
    village.gives(incident, pcmd.AcceptPage(by=village.actor(ANA), page=page, eta_minutes=5))
    village.network.plan.lookups.set("*", "*", "error", 9)

    follow(village, 31)

    assert words(village, incident) == [UNKNOWN]
    assert village.network.plan.lookups.planned[0][-1] == 9
    with village.store.read() as tx:
        assert outgoing.next_look(tx) is None


def test_two_workers_do_not_ask_for_the_same_at_once(village: Village) -> None:
    village.network.plan.set(PHONES[ANA], "*", "accept_then_reset", 2)
    village.paged(Urgency.U1)
    village.worker.until_quiet()
    at = village.watch() + 2 * SECONDS

    with village.store.write() as tx:
        taken = [outgoing.to_look_at(tx, at, limit=9, lease=10 * SECONDS) for _worker in range(2)]

    assert [len(each) for each in taken] == [2, 0]


def test_what_is_older_than_its_code_is_forgotten(village: Village) -> None:
    village.paged(Urgency.U1)
    village.worker.until_quiet()
    with village.store.write() as tx:
        outgoing.forget(tx, village.watch() + timedelta(days=6))
        before = len(outgoing.recent(tx, village.watch() - timedelta(hours=1)))
        outgoing.forget(tx, village.watch() + timedelta(days=31))  # also where its provider has not deleted its own

        assert before > 0
        assert outgoing.recent(tx, village.watch() - timedelta(hours=1)) == []


def test_a_state_never_goes_backwards_whatever_comes_in_which_order_f31(village: Village) -> None:
    incident, _page = village.paged(Urgency.U1)
    village.worker.until_quiet()
    first = next(each.event for each in village.log(incident) if isinstance(each.event, pev.PageAttempted))
    at = village.watch()

    def heard(state: AttemptState) -> AttemptState | None:
        with village.store.write() as tx:
            return outgoing.heard(tx, first.attempt, state, at)

    assert heard(AttemptState.SENT) is AttemptState.SENT
    assert heard(AttemptState.FAILED) is AttemptState.FAILED
    assert [heard(state) for state in AttemptState] == [AttemptState.FAILED] * len(AttemptState)
