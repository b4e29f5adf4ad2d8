"""What a level owes: one cadence a person, and no more calls than carriers bear, however many levels ask them."""

from dataclasses import replace
from datetime import datetime, timedelta

from crisis import page_events as pev
from crisis.effects import PageLevel
from crisis.ladders import LADDERS
from crisis.notify.owing import Past, next_call, owing, past
from crisis.notify.pacing import Turn
from crisis.notify.people_to_tell import Reachable
from crisis.statemachine.incident import Incident, Page
from crisis.vocabulary import AttemptOutcome, Channel, Mode, PageId, PageState, PersonId, Role, Urgency
from tests.factories import MORNING, an_incident

ANA, BEN = (Reachable(PersonId(name), f"+1617555010{n}", "en") for n, name in enumerate(("ana", "ben")))
LEVEL = timedelta(minutes=2)
PAGE = Page(
    id=PageId("p"),
    role=Role.ONCALL_CLINICIAN,
    urgency=Urgency.U1,
    step=None,
    state=PageState.PAGING,
    level=2,
    requested_at=MORNING,
    level_since=MORNING + 2 * LEVEL,
    began=(MORNING, MORNING + LEVEL, MORNING + 2 * LEVEL),
    ladder=LADDERS[Urgency.U1],
)


def a_level(level: int) -> PageLevel:
    return PageLevel(page=PAGE.id, role=PAGE.role, urgency=PAGE.urgency, level=level, mode=Mode.LIVE)


def called(who: Reachable, seconds: int, level: int, channel: Channel = Channel.VOICE) -> pev.PageAttempted:
    return pev.PageAttempted(
        at=MORNING + timedelta(seconds=seconds),
        by=None,
        page=PAGE.id,
        person=who.person,
        channel=channel,
        outcome=AttemptOutcome.ACCEPTED,
        attempt=f"{level}-{who.person}-{channel}-{seconds}",
        level=level,
    )


def known(level: int, *events: pev.PageAttempted) -> Past:
    return past(PAGE, a_level(level), 0, list(enumerate(events, start=1)))


def due(level: int, seconds: int, *events: pev.PageAttempted) -> list[tuple[PersonId, Channel]]:
    at = MORNING + timedelta(seconds=seconds)
    turns = [a_turn(who, PAGE.began[level]) for who in (ANA, BEN)]
    owed = owing(paging(), PAGE, a_level(level), turns, past=known(level, *events), at=at, line=True)
    return [(each.who.person, each.channel) for each in owed.due]


def a_turn(who: Reachable, began: datetime = MORNING) -> Turn:
    return Turn(who=who, began=began, text_from=began, spread=False)


def paging() -> Incident:
    return replace(an_incident(), pages={PAGE.id: PAGE})


def test_whom_a_later_level_has_called_is_left_to_it() -> None:
    before = [called(ANA, at, 0) for at in (0, 45, 90)] + [called(ANA, 0, 0, Channel.TEXT)]
    pool = [called(ANA, 240, 2), called(ANA, 240, 2, Channel.TEXT)]

    assert (ANA.person, Channel.VOICE) in due(0, 330, *before)
    assert (ANA.person, Channel.VOICE) not in due(0, 330, *before, *pool)
    assert (ANA.person, Channel.VOICE) in due(2, 330, *before, *pool)
    assert next_call(PAGE, a_level(0), [a_turn(ANA)], known(0, *before, *pool)) is None


def test_what_is_heard_late_of_an_earlier_search_is_no_later_level() -> None:
    """The page was asked for again while a text of the last level was still under way at a silent provider."""
    again = replace(PAGE, level=0, level_since=MORNING, began=(MORNING,))
    late = [(1, called(ANA, 2, 2, Channel.TEXT))]

    assert past(again, a_level(0), 0, late).later == frozenset()
    assert past(PAGE, a_level(0), 0, late).later == frozenset()  # also once this search has come so far
    assert past(PAGE, a_level(0), 0, [(1, called(ANA, 240, 2))]).later == {ANA.person}


def test_nobody_is_rung_more_than_six_times_in_one_search() -> None:
    """By whatever levels; texts go on."""
    five = [called(BEN, at, 0) for at in (0, 45, 90)] + [called(BEN, at, 2) for at in (240, 285)]

    assert (BEN.person, Channel.VOICE) in due(2, 400, *five)
    assert (BEN.person, Channel.VOICE) not in due(2, 500, *five, called(BEN, 400, 2))
    assert (BEN.person, Channel.TEXT) in due(2, 500, *five, called(BEN, 400, 2))


def test_what_was_refused_rang_nobody() -> None:
    refused = [replace(called(BEN, at, 2), outcome=AttemptOutcome.REFUSED) for at in range(240, 300, 10)]

    assert known(2, *refused).rung.get(BEN.person, 0) == 0
    assert (BEN.person, Channel.VOICE) in due(2, 500, *refused)


def test_a_level_that_may_call_nobody_any_more_waits_for_nobody() -> None:
    """The one it asks wrote STOP and was rung as often as a page may: the next level begins at once."""
    six = [called(BEN, at, 0) for at in (0, 45, 90, 210, 330, 450)]
    at, stopped = MORNING + timedelta(seconds=500), replace(BEN, texts=False)

    def nobody(who: Reachable, since: int, *events: pev.PageAttempted) -> bool:
        numbered = list(enumerate(events, start=1))
        level = past(PAGE, a_level(2), since, numbered)
        return owing(paging(), PAGE, a_level(2), [a_turn(who, at)], past=level, at=at, line=True).nobody

    assert nobody(stopped, 6, *six)
    assert not nobody(stopped, 6, *six[:5])
    assert not nobody(stopped, 5, *six)  # the sixth is this level's: they may still answer it
    assert not nobody(BEN, 6, *six)
