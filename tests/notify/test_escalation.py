"""The cadence of one level for one person, as a pure function of what was tried."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis.ladders import CADENCES
from crisis.notify.bulkhead import Bulkhead, lane_of
from crisis.notify.escalation import Try, due, next_due
from crisis.vocabulary import AttemptOutcome, Channel, Urgency

BEGAN = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
TEXT, VOICE = Channel.TEXT, Channel.VOICE
ACCEPTED, REFUSED, UNKNOWN = AttemptOutcome.ACCEPTED, AttemptOutcome.REFUSED, AttemptOutcome.UNKNOWN


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


def a_try(channel: Channel, outcome: AttemptOutcome, seconds: float) -> Try:
    return Try(channel=channel, outcome=outcome, at=after(seconds))


@pytest.mark.parametrize(
    ("urgency", "channels"), [(Urgency.U1, [TEXT, VOICE]), (Urgency.U2, [TEXT]), (Urgency.U3, [TEXT])]
)
def test_what_a_level_begins_with(urgency: Urgency, channels: list[Channel]) -> None:
    assert due(CADENCES[urgency], BEGAN, [], BEGAN) == channels


WRITTEN = {  # paging.md 6.5, seconds since the level began
    Urgency.U1: {TEXT: (0, 60), VOICE: (0, 45, 90, 210, 330, 450)},
    Urgency.U2: {TEXT: (0, 150), VOICE: (60, 180, 300, 420, 540, 660)},
    Urgency.U3: {TEXT: (0,), VOICE: (300,)},
}


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_silent_person_is_called_at_the_written_times(urgency: Urgency) -> None:
    tries: list[Try] = []
    while (when := next_due(CADENCES[urgency], BEGAN, tries)) is not None:
        tries += [
            Try(channel=channel, outcome=ACCEPTED, at=when) for channel in due(CADENCES[urgency], BEGAN, tries, when)
        ]

    made = {
        channel: tuple(round((each.at - BEGAN).total_seconds()) for each in tries if each.channel is channel)
        for channel in (TEXT, VOICE)
    }

    assert made == WRITTEN[urgency]


@pytest.mark.parametrize("outcome", [REFUSED, UNKNOWN])
def test_a_text_that_was_not_accepted_is_made_good_by_a_call_at_once_f12(outcome: AttemptOutcome) -> None:
    tries = [a_try(TEXT, outcome, 1)]

    assert due(CADENCES[Urgency.U3], BEGAN, tries, after(1)) == [VOICE]


def test_while_nothing_is_accepted_both_channels_are_tried_again_and_more_rarely() -> None:
    tries = [a_try(TEXT, REFUSED, 0), a_try(VOICE, REFUSED, 0)]

    assert due(CADENCES[Urgency.U3], BEGAN, tries, after(1)) == []
    assert due(CADENCES[Urgency.U3], BEGAN, tries, after(2)) == [TEXT, VOICE]
    assert next_due(CADENCES[Urgency.U3], BEGAN, [*tries, a_try(TEXT, UNKNOWN, 2), a_try(VOICE, UNKNOWN, 2)]) == after(
        7
    )


def test_one_accepted_call_ends_the_extra_tries() -> None:
    tries = [a_try(TEXT, REFUSED, 0), a_try(VOICE, ACCEPTED, 0)]

    assert next_due(CADENCES[Urgency.U1], BEGAN, tries) == after(45)


def test_a_receipt_that_takes_back_an_acceptance_brings_the_other_channel() -> None:
    assert due(CADENCES[Urgency.U2], BEGAN, [a_try(TEXT, REFUSED, 1)], after(10)) == [VOICE]


def test_what_was_missed_while_the_system_was_down_is_one_call_for_each_channel() -> None:
    assert due(CADENCES[Urgency.U1], BEGAN, [], after(100)) == [TEXT, VOICE]
    assert due(CADENCES[Urgency.U1], BEGAN, [a_try(TEXT, ACCEPTED, 100), a_try(VOICE, ACCEPTED, 100)], after(100)) == []


@given(st.sampled_from(Urgency), st.lists(st.sampled_from(AttemptOutcome), max_size=40))
def test_a_person_whom_nothing_has_reached_is_always_due_again_within_half_a_minute(
    urgency: Urgency, outcomes: list[AttemptOutcome]
) -> None:
    tries: list[Try] = []
    now = BEGAN
    for outcome in outcomes:
        now = next_due(CADENCES[urgency], BEGAN, tries) or now
        tries += [
            Try(channel=channel, outcome=outcome, at=now) for channel in due(CADENCES[urgency], BEGAN, tries, now)[:1]
        ]

    again = next_due(CADENCES[urgency], BEGAN, tries)

    if not any(each.outcome in (ACCEPTED, AttemptOutcome.SILENT) for each in tries):
        assert again is not None
        assert again <= now + timedelta(seconds=30)


def test_silence_on_one_channel_brings_the_other_and_no_more_of_its_own() -> None:
    silent = a_try(TEXT, AttemptOutcome.SILENT, 1)

    assert due(CADENCES[Urgency.U2], BEGAN, [silent], after(31)) == [VOICE]
    assert due(CADENCES[Urgency.U2], BEGAN, [silent, a_try(VOICE, REFUSED, 31)], after(60)) == [VOICE]
    assert due(CADENCES[Urgency.U2], BEGAN, [silent, a_try(VOICE, AttemptOutcome.SILENT, 31)], after(59)) == []


@pytest.mark.parametrize("urgency", list(Urgency))
def test_no_call_goes_out_but_that_a_text_went_before_or_with_it_f24(urgency: Urgency) -> None:
    """Calls queue at a provider that makes one a second: nobody's page hangs on that queue alone."""
    calls, texts = CADENCES[urgency].calls, CADENCES[urgency].texts

    assert texts[0] == timedelta() <= calls[0]


def test_of_many_calls_the_most_urgent_go_first_f24() -> None:
    """What waits for a place at a provider enters by urgency, not by when it came."""
    bulkhead, order = Bulkhead(at_once=1, kept_for_pages=0), list[str]()
    lanes = [Urgency.U3, Urgency.U2, None, Urgency.U1]

    def call(urgency: Urgency | None) -> None:
        with bulkhead.place(lane_of(urgency), 5.0) as entered:
            order.append(str(urgency) if entered else "no place")

    with bulkhead.place(0, 1.0):
        threads = [threading.Thread(target=call, args=(each,)) for each in lanes]
        for thread in threads:
            thread.start()
        while len(bulkhead._waiting) < len(lanes):
            time.sleep(0.01)
    for thread in threads:
        thread.join()

    assert order == ["u1", "u2", "u3", "None"]


@pytest.mark.parametrize(
    ("urgency", "calls"),
    [(Urgency.U1, (0, 45, 90, 210, 330, 450)), (Urgency.U2, (0, 60, 180, 300, 420, 540)), (Urgency.U3, (0,))],
)
@pytest.mark.parametrize("refused_first", [False, True])
def test_whom_no_text_reaches_is_called_when_it_would_have_come_f27(
    urgency: Urgency, calls: tuple[int, ...], refused_first: bool
) -> None:
    """As many calls as before; also where it was the refusal of the first text that said so."""
    tries = [a_try(TEXT, REFUSED, 0)] if refused_first else []
    while (when := next_due(CADENCES[urgency], BEGAN, tries, texts=False)) is not None:
        owed = due(CADENCES[urgency], BEGAN, tries, when, texts=False)
        assert owed == [VOICE]
        tries.append(Try(channel=VOICE, outcome=ACCEPTED, at=when))

    made = tuple(round((each.at - BEGAN).total_seconds()) for each in tries if each.channel is VOICE)
    assert made == calls


@pytest.mark.parametrize(("texts", "calls", "left"), [(True, False, TEXT), (False, True, VOICE)])
@pytest.mark.parametrize("outcome", [REFUSED, UNKNOWN])
def test_the_only_channel_that_is_left_is_tried_until_a_provider_takes_it(
    texts: bool, calls: bool, left: Channel, outcome: AttemptOutcome
) -> None:
    """Rung as often as one page may, or without texts: no provider took the last planned one."""
    tries = [a_try(left, outcome, at) for at in (0, 60, 120, 240, 360, 500)]

    when = next_due(CADENCES[Urgency.U1], BEGAN, tries, texts=texts, calls=calls)

    assert when == after(530)
    taken = [*tries, a_try(left, ACCEPTED, 530)]
    assert next_due(CADENCES[Urgency.U1], BEGAN, taken, texts=texts, calls=calls) is None
