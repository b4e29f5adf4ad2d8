"""How far something is known to have come: pure, for every order in which word of it can arrive."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crisis.delivery import AttemptState
from crisis.notify.standing import Found, further, next_look, ours, outcome_of, state_of, taken_by_none
from crisis.vocabulary import AttemptOutcome

AT = datetime(2026, 11, 27, 15, tzinfo=UTC)
STATES = st.sampled_from(AttemptState)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def found(**changes: object) -> Found:
    known: dict[str, object] = {"sid": "SM1", "sender": "+1", "status": "sent", "made_at": AT + seconds(1)}
    return Found(**(known | changes))  # type: ignore[arg-type]  # what each test changes


@given(st.lists(STATES, min_size=1))
def test_word_in_any_order_never_leads_back_f31(words: list[AttemptState]) -> None:
    known = [AttemptState.UNKNOWN]
    for word in words:
        known.append(further(known[-1], word))

    ranks = [state.rank for state in known]
    assert ranks == sorted(ranks)
    assert known[-1].rank == max(state.rank for state in [*words, AttemptState.UNKNOWN])


@given(STATES, st.sampled_from([None, *AttemptOutcome]))
def test_the_log_is_told_nothing_twice(state: AttemptState, latest: AttemptOutcome | None) -> None:
    word = outcome_of(state, latest)

    assert word is None or word is not latest
    assert outcome_of(state, word) is None or word is None


def test_a_word_that_nobody_knows_says_nothing() -> None:
    assert [state_of(word) for word in ("", "received", "machine_end_beep")] == [
        None,
        None,
        AttemptState.MACHINE_ANSWERED,
    ]


def test_the_attempt_in_the_callbacks_address_decides() -> None:
    mine, other = found(sid="2", callback="https://x/a-1?seal=1"), found(sid="1", callback="https://x/b-1")

    assert ours([other, mine], "a-1", "47", AT, []) == mine
    assert ours([other], "a-1", "47", AT, []) is None


def test_without_an_address_it_is_the_only_one_that_fits_or_none() -> None:
    fitting = found()

    assert ours([fitting], "a-1", "47", AT, []) == fitting
    assert ours([fitting, found(sid="SM2")], "a-1", "47", AT, []) is None
    assert ours([fitting, found(sid="SM2")], "a-1", "47", AT, ["SM2"]) == fitting
    assert ours([found(made_at=AT - seconds(60))], "a-1", "47", AT, []) is None
    assert ours([found(made_at=None)], "a-1", "47", AT, []) is None
    assert ours([found(body="CRISIS page 48, now")], "a-1", "47", AT, []) is None
    assert ours([found(body="CRISIS page 47, now")], "a-1", "47", AT, []) is not None


def test_that_nobody_has_it_is_said_only_where_nothing_can_be_it() -> None:
    for listed, nobody in (
        ([], True),
        ([found()], False),
        ([found(), found(sid="SM2")], False),  # one of the two
        ([found(made_at=None)], False),
        ([found(made_at=AT - seconds(60))], True),
        ([found(callback="https://x/a-1")], False),
        ([found(callback="https://x/b-1")], True),
    ):
        assert taken_by_none(listed, "a-1", "47", AT, []) is nobody


def test_what_is_unknown_is_asked_about_sooner_and_nothing_for_ever() -> None:
    assert next_look(AT, AT, unknown=True) == AT + seconds(1)
    assert next_look(AT, AT, unknown=False) == AT + seconds(20)
    assert next_look(AT, AT + seconds(20), unknown=False) == AT + seconds(30)
    assert next_look(AT, AT + timedelta(hours=1), unknown=True) is None
