"""The circuit breaker in a time of its own, and the bulkhead with real threads."""

import threading
from contextlib import ExitStack

from crisis.notify.breaker import FAILURES, OPEN_FOR, TRY_AGAIN, WITHIN, Breaker
from crisis.notify.bulkhead import NOTICE, Bulkhead, lane_of
from crisis.vocabulary import Urgency
from tests.notify.village import wait_until


class Clock:
    at = 1000.0

    def __call__(self) -> float:
        return self.at


def a_breaker(failures: int = 0) -> tuple[Breaker, Clock]:
    clock = Clock()
    breaker = Breaker(clock)
    for _turn in range(failures):
        breaker.report(failed=True)
    return breaker, clock


def test_it_opens_at_the_fifth_failure_f13() -> None:
    breaker, _clock = a_breaker(FAILURES - 1)
    before = breaker.lets_through()

    breaker.report(failed=True)

    assert (before, breaker.lets_through()) == (True, False)


def test_failures_that_lie_far_apart_do_not_open_it() -> None:
    breaker, clock = a_breaker(FAILURES - 1)
    clock.at += WITHIN + 1

    breaker.report(failed=True)

    assert breaker.lets_through()


def test_a_success_in_between_starts_the_count_anew() -> None:
    breaker, _clock = a_breaker(FAILURES - 1)

    breaker.report(failed=False)
    breaker.report(failed=True)

    assert breaker.lets_through()


def test_after_thirty_seconds_one_try_is_let_through() -> None:
    breaker, clock = a_breaker(FAILURES)
    clock.at += OPEN_FOR

    assert [breaker.lets_through() for _turn in range(3)] == [True, False, False]


def test_a_try_that_succeeds_closes_it_and_one_that_fails_opens_it_again() -> None:
    breaker, clock = a_breaker(FAILURES)
    clock.at += OPEN_FOR
    breaker.lets_through()

    breaker.report(failed=True)
    again = breaker.lets_through()
    clock.at += OPEN_FOR
    later = breaker.lets_through()
    breaker.report(failed=False)

    assert (again, later, breaker.lets_through()) == (False, True, True)


def test_a_try_that_nobody_reported_on_is_not_waited_for_for_ever() -> None:
    breaker, clock = a_breaker(FAILURES)
    clock.at += OPEN_FOR
    breaker.lets_through()

    clock.at += TRY_AGAIN

    assert breaker.lets_through()


def test_the_most_urgent_page_is_first_and_notices_are_last() -> None:
    assert [lane_of(urgency) for urgency in (Urgency.U1, Urgency.U2, Urgency.U3, None)] == [0, 1, 2, NOTICE]


def test_there_is_no_place_beyond_the_limit_f16() -> None:
    bulkhead = Bulkhead(at_once=1, kept_for_pages=0)

    with bulkhead.place(0, 1) as first, bulkhead.place(0, 0.01) as second:
        assert (first, second) == (True, False)
    with bulkhead.place(0, 0.01) as third:
        assert third


def test_notices_leave_places_for_pages_f23() -> None:
    bulkhead = Bulkhead(at_once=3, kept_for_pages=2)

    with ExitStack() as inside:
        entered = [inside.enter_context(bulkhead.place(lane, 0.01)) for lane in (NOTICE, NOTICE, 2, 0)]

    assert entered == [True, False, True, True]


def test_of_those_that_wait_the_most_urgent_enters_first_f23() -> None:
    bulkhead, entered = Bulkhead(at_once=1, kept_for_pages=0), list[int]()

    def enters(lane: int) -> None:
        with bulkhead.place(lane, 5):
            entered.append(lane)

    waiting = [threading.Thread(target=enters, args=(lane,)) for lane in (NOTICE, 2, 0, 1)]
    with bulkhead.place(0, 1):
        for number, thread in enumerate(waiting, start=1):
            thread.start()
            wait_until(lambda wanted=number: len(bulkhead._waiting) == wanted)  # type: ignore[misc]
    for thread in waiting:
        thread.join(5)

    assert entered == [0, 1, 2, NOTICE]
