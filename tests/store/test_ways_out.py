"""The rows of what goes out and of the ways to people mean the same on both databases."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crisis.delivery import AttemptState, ProviderFault, Purpose
from crisis.errors import Refused
from crisis.store import canaries, extra_ways, leases, outgoing, provider_alarms, roster
from crisis.store.canaries import Canary
from crisis.store.engine import Store
from crisis.store.extra_ways import Subscription
from crisis.store.leases import Held
from crisis.store.outgoing import Asked, Outgoing
from crisis.vocabulary import Channel, Mode, PersonId, Urgency
from tests.factories import DISTRICT

AT = datetime(2026, 11, 27, 15, tzinfo=UTC)
SECOND, ANA = timedelta(seconds=1), PersonId("p-ana")
OUT = Outgoing(
    reference="41-p-ana-text-1",
    purpose=Purpose.PAGE,
    channel=Channel.TEXT,
    mode=Mode.LIVE,
    urgency=Urgency.U1,
    person=ANA,
    phone="+16175550103",
    at=AT,
)
CANARY = Canary(id="c-1", provider="twilio", slot_at=AT, period=timedelta(minutes=5), sent_at=AT)


def test_a_lease_is_held_by_one_until_it_ends(store: Store) -> None:
    def take(holder: str, after: int) -> Held | None:
        with store.write() as tx:
            return leases.take(tx, "work", holder, AT + after * SECOND, 18 * SECOND)

    taken = [take("a", 0), take("b", 10), take("a", 10), take("b", 29), take("a", 29)]

    assert [each and (each.holder, each.fence) for each in taken] == [("a", 1), None, ("a", 1), ("b", 2), None]
    with store.write() as tx:
        assert (leases.holds(tx, Held("work", "a", 1)), leases.holds(tx, Held("work", "b", 2))) == (False, True)
        leases.release(tx, Held("work", "b", 2), AT + 30 * SECOND)
    assert take("a", 30) == Held("work", "a", 3)


def test_what_went_out_is_looked_at_by_one_and_knows_more_and_more(store: Store) -> None:
    with store.write() as tx:
        outgoing.begin(tx, OUT)
        outgoing.answered(
            tx, OUT.reference, {"twilio": Asked(failure="unknown")}, AttemptState.UNKNOWN, AT, look_at=AT + SECOND
        )
        both = [outgoing.to_look_at(tx, AT + SECOND, limit=5, lease=10 * SECOND) for _worker in range(2)]
        outgoing.adopt(tx, OUT.reference, "twilio", Asked(sid="SM1"))
        known = [outgoing.heard(tx, OUT.reference, state, AT) for state in (AttemptState.SENT, AttemptState.SUBMITTED)]
        waits = outgoing.next_look(tx)
        outgoing.heard(tx, OUT.reference, AttemptState.DELIVERED, AT)

        found = outgoing.one(tx, OUT.reference)
        assert [len(each) for each in both] == [1, 0]
        assert known == [AttemptState.SENT, AttemptState.SENT]
        assert (waits, outgoing.next_look(tx)) == (AT + 11 * SECOND, None)
        assert found is not None
        assert (found.state, found.asked, found.tries) == (AttemptState.DELIVERED, {"twilio": Asked(sid="SM1")}, 1)
        assert outgoing.heard(tx, "nothing", AttemptState.SENT, AT) is None


def test_a_callback_that_was_faster_than_the_answer_stays(store: Store) -> None:
    with store.write() as tx:
        outgoing.begin(tx, OUT)
        outgoing.heard(tx, OUT.reference, AttemptState.DELIVERED, AT)
        outgoing.answered(tx, OUT.reference, {}, AttemptState.UNKNOWN, AT, look_at=AT + SECOND)

        assert outgoing.next_look(tx) is None
        assert [each.state for each in outgoing.texts_to(tx, OUT.phone, AT - SECOND)] == [AttemptState.DELIVERED]


def test_a_further_try_begins_anew_and_what_failed_does_not_count(store: Store) -> None:
    with store.write() as tx:
        outgoing.begin(tx, OUT)
        outgoing.answered(tx, OUT.reference, {}, AttemptState.FAILED, AT, look_at=None)
        failed = outgoing.texts_to(tx, OUT.phone, AT - SECOND)
        outgoing.begin(tx, replace(OUT, at=AT + SECOND))

        assert failed == []
        assert [each.tries for each in outgoing.texts_to(tx, OUT.phone, AT)] == [2]


def test_a_canary_is_sent_once_and_comes_back_once(store: Store) -> None:
    with store.write() as tx:
        begun = canaries.begin(tx, CANARY), canaries.begin(tx, replace(CANARY, id="c-2"))
        canaries.taken(tx, "c-1", AT, None)
        canaries.delivered(tx, "c-1", AT + SECOND)
        back = canaries.came_back(tx, "c-1", AT + SECOND), canaries.came_back(tx, "c-1", AT + 9 * SECOND)

        assert begun == (True, False)
        assert back == (True, True)
        assert not canaries.came_back(tx, "guessed", AT)
        assert canaries.latest(tx)["twilio"][0].round_trip == SECOND
        canaries.forget(tx, AT + canaries.KEPT + SECOND)
        assert canaries.latest(tx) == {}


def test_an_alarm_stands_once_is_told_once_and_ends(store: Store) -> None:
    hour = timedelta(hours=1)
    with store.write() as tx:
        for _time in range(2):
            provider_alarms.seen(tx, "twilio", Channel.TEXT, ProviderFault.BLOCKED, AT)
        told = [len(provider_alarms.to_tell(tx, AT + after, hour)) for after in (SECOND, SECOND, 2 * hour)]
        provider_alarms.quiet(tx, ProviderFault.BLOCKED, AT + SECOND, hour)
        stands = len(provider_alarms.standing(tx))
        provider_alarms.quiet(tx, ProviderFault.BLOCKED, AT + hour, hour)

        assert (told, stands, provider_alarms.standing(tx)) == ([1, 0, 1], 1, [])


def test_an_address_counts_once_its_code_is_back_and_codes_run_out(store: Store) -> None:
    with store.write() as tx:
        roster.add_district(tx, DISTRICT, "Larkfield")
        roster.add_person(tx, DISTRICT, ANA, ("Ana", "Ruiz"), staff=True)
        code = extra_ways.give_email(tx, ANA, "ana@example.org", AT)
        wrong = extra_ways.confirm_email(tx, ANA, "x", AT)
        right = extra_ways.confirm_email(tx, ANA, code, AT)
        late = extra_ways.give_email(tx, ANA, "ana@example.org", AT)

        assert (wrong, right, extra_ways.emails(tx, [ANA])) == (False, True, {})
        with pytest.raises(Refused, match="no longer valid"):
            extra_ways.confirm_email(tx, ANA, late, AT + timedelta(minutes=30))
        extra_ways.give_email(tx, ANA, "ana@example.org", AT)
        with pytest.raises(Refused, match="Three codes"):
            extra_ways.give_email(tx, ANA, "ana@example.org", AT + timedelta(minutes=59))
        extra_ways.give_email(tx, ANA, "ana@example.org", AT + timedelta(minutes=60))


def test_a_browser_belongs_to_who_added_it_last(store: Store) -> None:
    mine = Subscription(id="s-1", person=ANA, endpoint="https://push", key="k", auth="a", language="es", added_at=AT)
    with store.write() as tx:
        roster.add_district(tx, DISTRICT, "Larkfield")
        for person in (ANA, PersonId("p-ben")):
            roster.add_person(tx, DISTRICT, person, ("Given", person), staff=True)
        extra_ways.subscribe(tx, mine)
        there = extra_ways.subscriptions(tx, [ANA])
        extra_ways.subscribe(tx, replace(mine, id="s-2", person=PersonId("p-ben")))

        assert there == {ANA: [mine]}
        assert list(extra_ways.subscriptions(tx, [ANA, PersonId("p-ben")])) == [PersonId("p-ben")]
        extra_ways.browser_gone(tx, "s-2")
        assert extra_ways.subscriptions(tx, [PersonId("p-ben")]) == {}
