"""Pages and their answers (`paging.md` 6.2 to 6.8): one owner, watched until here, replaced when they let go."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from functools import reduce

import pytest

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis import page_events as pev
from crisis.call_words import CallWhy
from crisis.commands import Actor, ActorKind
from crisis.effects import CallPerson, ConfirmPage, Effect, EndCalls, NotifyRole, PageLevel, StartTimer
from crisis.errors import Refused
from crisis.events import Event
from crisis.statemachine.evolve import evolve
from crisis.statemachine.incident import Incident, Page
from crisis.statemachine.react import react
from crisis.vocabulary import (
    AttemptOutcome,
    Channel,
    Custody,
    DeclineReason,
    Disposal,
    PageState,
    PersonId,
    Role,
    Urgency,
    WordsId,
)
from tests.factories import (
    CLINICIAN,
    COUNSELOR,
    GROUND,
    MORNING,
    PRINCIPAL,
    SYSTEM,
    TEACHER,
    a_person,
    an_incident,
    happens,
    suicide_risk,
)

BACKUP = a_person("p-backup", Role.ONCALL_CLINICIAN)
MINUTE = timedelta(minutes=1)


def by_phone(who: Actor) -> Actor:
    return replace(who, kind=ActorKind.PHONE)


def then(incident: Incident, order: cmd.Command, at: datetime = MORNING) -> Incident:
    return reduce(evolve, happens(incident, order, at=at), incident)


def only(incident: Incident) -> Page:
    (page,) = (each for each in incident.pages.values() if each.role is Role.ONCALL_CLINICIAN)
    return page


def paged(urgency: Urgency = Urgency.U1) -> Incident:
    return then(an_incident(), pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=urgency))


def attempt(incident: Incident, who: Actor, level: int | None = None) -> Incident:
    page = only(incident)
    assert who.id is not None
    made = pcmd.RecordPageAttempt(
        by=SYSTEM,
        page=page.id,
        person=who.id,
        channel=Channel.TEXT,
        outcome=AttemptOutcome.ACCEPTED,
        attempt=f"1-{who.id}",
        level=page.level if level is None else level,
    )
    return then(incident, made)


def accept(incident: Incident, who: Actor = CLINICIAN, minutes: int | None = 10, at: datetime = MORNING) -> Incident:
    return then(incident, pcmd.AcceptPage(by=by_phone(who), page=only(incident).id, eta_minutes=minutes), at=at)


def timer(incident: Incident, turn: int, who: Actor = CLINICIAN) -> cmd.TimerDue:
    return cmd.TimerDue(by=SYSTEM, name="page_arrival", key=f"{only(incident).id}:{who.id}:{turn}")


def effects(before: Incident, *events: Event) -> list[Effect]:
    after = reduce(evolve, events, before)
    return [effect for _, effect in react(before, events, after, suicide_risk(), GROUND)]


def names(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def reasons(refused: pytest.ExceptionInfo[Refused]) -> str:
    return " ".join(reason.text for reason in refused.value.reasons)


def test_whoever_accepts_is_asked_at_their_time_again_a_little_later_and_then_given_up() -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=10)
    came_due = [(1, 10), (2, 13), (3, 16)]  # U1: at their time, three minutes later, and the end after six

    seen = []
    for turn, minutes in came_due:
        early = happens(incident, timer(incident, turn), at=MORNING + (minutes - 1) * MINUTE)
        events = happens(incident, timer(incident, turn), at=MORNING + minutes * MINUTE)
        assert early == []
        seen.append(names(events))
        incident = then(incident, timer(incident, turn), at=MORNING + minutes * MINUTE)

    assert seen == [["ArrivalAsked"], ["ArrivalAsked"], ["PageLapsed", "PageEscalated"]]
    assert (only(incident).state, only(incident).level, only(incident).accepted_by) == (PageState.PAGING, 1, None)


def test_the_watch_is_set_with_the_acceptance_and_uses_the_usual_time_where_none_was_said() -> None:
    page = only(paged())
    said = effects(
        attempt(paged(), CLINICIAN),
        *happens(attempt(paged(), CLINICIAN), pcmd.AcceptPage(by=CLINICIAN, page=page.id, eta_minutes=None)),
    )

    watch = [effect for effect in said if isinstance(effect, StartTimer) and effect.name == "page_arrival"]
    assert [each.due_at - MORNING for each in watch] == [15 * MINUTE, 18 * MINUTE, 21 * MINUTE]


def test_nobody_watches_for_who_comes_within_the_day() -> None:
    incident = accept(attempt(paged(Urgency.U3), CLINICIAN), minutes=60)

    assert only(incident).due_here_at is None
    assert happens(incident, timer(incident, 3), at=MORNING + timedelta(hours=9)) == []


@pytest.mark.parametrize("who", [CLINICIAN, COUNSELOR], ids=["themselves", "who sees them"])
def test_who_is_here_is_not_asked_any_more(who: Actor) -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=10)
    here = then(incident, pcmd.Arrive(by=who, page=only(incident).id), at=MORNING + 9 * MINUTE)

    assert only(here).arrived_at == MORNING + 9 * MINUTE
    assert [happens(here, timer(here, turn), at=MORNING + timedelta(hours=1)) for turn in (1, 2, 3)] == [[], [], []]
    assert happens(here, pcmd.Arrive(by=who, page=only(here).id)) == []


def test_a_phone_says_only_of_its_owner_that_they_are_here() -> None:
    incident = accept(attempt(attempt(paged(), CLINICIAN), BACKUP))

    with pytest.raises(Refused) as refused:
        happens(incident, pcmd.Arrive(by=by_phone(BACKUP), page=only(incident).id))

    assert "Somebody else has taken this page" in reasons(refused)


def test_nobody_is_waited_for_once_the_student_is_in_other_hands() -> None:
    incident = accept(attempt(paged(), CLINICIAN))
    released = replace(incident, custody=Custody.RELEASED)

    assert happens(released, timer(released, 3), at=MORNING + timedelta(hours=1)) == []


def test_a_delay_moves_the_watch_but_in_sum_no_further_than_a_quarter_of_an_hour() -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=10)
    page = only(incident).id
    late = then(incident, pcmd.DelayPage(by=by_phone(CLINICIAN), page=page, eta_minutes=10), at=MORNING + 9 * MINUTE)
    later = then(late, pcmd.DelayPage(by=by_phone(CLINICIAN), page=page, eta_minutes=30), at=MORNING + 18 * MINUTE)

    assert only(late).due_here_at == MORNING + 19 * MINUTE
    assert happens(late, timer(late, 3), at=MORNING + 16 * MINUTE) == []  # of the time that was put off
    assert only(later).due_here_at == MORNING + 25 * MINUTE
    assert "PageLapsed" in names(happens(later, timer(later, 3), at=MORNING + 31 * MINUTE))


def test_put_off_for_too_long_the_team_is_told() -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=10)
    delay = pcmd.DelayPage(by=CLINICIAN, page=only(incident).id, eta_minutes=90)

    told = [effect.subject for effect in effects(incident, *happens(incident, delay)) if isinstance(effect, NotifyRole)]

    assert told == ["arrival_late", "arrival_late"]


@pytest.mark.parametrize("minutes", [0, 601])
def test_a_delay_says_how_long(minutes: int) -> None:
    incident = accept(attempt(paged(), CLINICIAN))

    with pytest.raises(Refused, match="1 to 600"):
        happens(incident, pcmd.DelayPage(by=CLINICIAN, page=only(incident).id, eta_minutes=minutes))


def test_given_up_on_and_here_after_all_they_have_it_again() -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=1)
    gone = then(incident, timer(incident, 3), at=MORNING + 7 * MINUTE)
    here = then(gone, pcmd.Arrive(by=by_phone(CLINICIAN), page=only(gone).id), at=MORNING + 8 * MINUTE)

    assert (only(here).state, only(here).accepted_by) == (PageState.ACCEPTED, CLINICIAN.id)
    assert only(here).arrived_at == MORNING + 8 * MINUTE


def test_nobody_is_here_for_a_page_that_nobody_has_taken() -> None:
    incident = attempt(paged(), BACKUP)

    with pytest.raises(Refused, match="Nobody has taken this page yet"):
        happens(incident, pcmd.Arrive(by=COUNSELOR, page=only(incident).id))


@pytest.mark.parametrize("reason", [DeclineReason.CONFLICT, None])
def test_whoever_lets_go_is_replaced_at_once_and_not_asked_again(reason: DeclineReason | None) -> None:
    incident = accept(attempt(attempt(paged(), CLINICIAN), BACKUP))
    incident = then(incident, pcmd.StandBy(by=by_phone(BACKUP), page=only(incident).id))
    let_go = happens(incident, pcmd.DeclinePage(by=by_phone(CLINICIAN), page=only(incident).id, reason=reason))
    after = then(incident, pcmd.DeclinePage(by=by_phone(CLINICIAN), page=only(incident).id, reason=reason))
    obliged = effects(incident, *let_go)

    assert names(let_go) == ["PageLetGo", "PageEscalated"]
    assert isinstance(let_go[0], pev.PageLetGo)
    assert let_go[0].reason is (reason or DeclineReason.OTHER)
    assert (only(after).state, only(after).level) == (PageState.PAGING, 1)
    assert CLINICIAN.id in only(after).declined
    assert [effect.level for effect in obliged if isinstance(effect, PageLevel)] == [1]
    assert ("still_open", BACKUP.id) in [(e.outcome, e.person) for e in obliged if isinstance(e, ConfirmPage)]


def test_a_step_that_is_done_does_not_end_the_search_for_somebody_else() -> None:
    incident = accept(attempt(paged(), CLINICIAN))
    after = then(incident, pcmd.DeclinePage(by=CLINICIAN, page=only(incident).id))
    again = then(after, cmd.AddNote(by=COUNSELOR, words=WordsId("w-1")))

    assert only(again).state is PageState.PAGING


def test_standing_by_takes_nothing_and_stops_nothing() -> None:
    asked = attempt(paged(), BACKUP)
    incident = then(asked, pcmd.StandBy(by=by_phone(BACKUP), page=only(asked).id))

    assert only(incident).state is PageState.PAGING
    assert only(incident).standing_by == (BACKUP.id,)
    assert only(accept(incident, BACKUP)).standing_by == ()


def test_seen_stops_nothing_and_is_told_once() -> None:
    incident = attempt(paged(), CLINICIAN)
    see = pcmd.SeePage(by=by_phone(CLINICIAN), page=only(incident).id)
    seen = then(incident, see)

    assert only(seen).seen == (CLINICIAN.id,)
    assert replace(only(seen), seen=()) == only(incident)
    assert happens(seen, see) == []
    assert effects(incident, *happens(incident, see)) == []


def test_everybody_of_the_level_says_no_and_the_next_is_paged_though_an_earlier_one_is_silent() -> None:
    silent = attempt(paged(), CLINICIAN)
    next_level = then(silent, cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{only(silent).id}:0"))
    asked = attempt(next_level, BACKUP)

    no = happens(asked, pcmd.DeclinePage(by=by_phone(BACKUP), page=only(asked).id, reason=DeclineReason.TOO_FAR))

    assert names(no) == ["PageDeclined", "PageEscalated"]


def test_a_late_no_from_a_level_before_moves_nothing() -> None:
    silent = attempt(paged(), CLINICIAN)
    next_level = then(silent, cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{only(silent).id}:0"))
    asked = attempt(next_level, BACKUP)

    assert names(happens(asked, pcmd.DeclinePage(by=by_phone(CLINICIAN), page=only(asked).id))) == ["PageDeclined"]


def test_a_receipt_of_an_earlier_level_does_not_count_for_the_present_one() -> None:
    silent = attempt(paged(), CLINICIAN)
    next_level = then(silent, cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=f"{only(silent).id}:0"))

    assert only(attempt(next_level, CLINICIAN, level=0)).on_level == ()


def test_handed_over_only_when_the_other_says_yes() -> None:
    held = accept(attempt(paged(), CLINICIAN))
    assert BACKUP.id is not None
    offered = then(held, pcmd.OfferPage(by=CLINICIAN, page=only(held).id, to=BACKUP.id))
    taken = accept(offered, BACKUP, minutes=5)

    assert (only(offered).accepted_by, only(offered).offered_to) == (CLINICIAN.id, BACKUP.id)
    assert (only(taken).accepted_by, only(taken).offered_to) == (BACKUP.id, None)
    told = effects(offered, *happens(offered, pcmd.AcceptPage(by=BACKUP, page=only(held).id, eta_minutes=5)))
    assert ("someone_else", CLINICIAN.id) in [(e.outcome, e.person) for e in told if isinstance(e, ConfirmPage)]


def test_an_offer_that_nobody_answers_goes_back_and_the_team_is_told() -> None:
    held = accept(attempt(paged(), CLINICIAN))
    assert BACKUP.id is not None
    offered = then(held, pcmd.OfferPage(by=CLINICIAN, page=only(held).id, to=BACKUP.id))
    due = cmd.TimerDue(by=SYSTEM, name="page_offer", key=f"{only(held).id}:{BACKUP.id}")

    assert happens(offered, due, at=MORNING + MINUTE) == []
    ended = happens(offered, due, at=MORNING + 2 * MINUTE)
    assert names(ended) == ["PageOfferEnded"]
    told = effects(offered, *ended)
    assert ("still_yours", CLINICIAN.id) in [(e.outcome, e.person) for e in told if isinstance(e, ConfirmPage)]
    assert [e.subject for e in told if isinstance(e, NotifyRole)] == ["handover_refused"] * 2


def test_who_is_offered_it_and_says_no_leaves_it_where_it_was() -> None:
    held = accept(attempt(paged(), CLINICIAN))
    assert BACKUP.id is not None
    offered = then(held, pcmd.OfferPage(by=CLINICIAN, page=only(held).id, to=BACKUP.id))
    refused = then(offered, pcmd.DeclinePage(by=by_phone(BACKUP), page=only(held).id))

    assert (only(refused).accepted_by, only(refused).offered_to) == (CLINICIAN.id, None)


def test_only_whoever_has_it_can_hand_it_over() -> None:
    held = accept(attempt(paged(), CLINICIAN))
    assert TEACHER.id is not None

    with pytest.raises(Refused, match="Only whoever has taken this page"):
        happens(held, pcmd.OfferPage(by=BACKUP, page=only(held).id, to=TEACHER.id))
    offered = then(held, pcmd.OfferPage(by=CLINICIAN, page=only(held).id, to=BACKUP.id or PersonId("")))
    with pytest.raises(Refused, match="Only the two of them"):
        happens(offered, pcmd.EndPageOffer(by=TEACHER, page=only(held).id))


def exhausted() -> Incident:
    incident = attempt(paged(), CLINICIAN)
    while only(incident).state is PageState.PAGING:
        key = f"{only(incident).id}:{only(incident).level}"
        incident = then(incident, cmd.TimerDue(by=SYSTEM, name="page_unanswered", key=key))
    return incident


def test_the_alarm_repeats_until_a_person_ends_it_i_15() -> None:
    incident = exhausted()
    alarm = cmd.TimerDue(by=SYSTEM, name="page_alarm", key=f"{only(incident).id}:")

    for _turn in range(30):
        again = happens(incident, alarm)
        assert names(again) == ["PageExhausted"]
        assert any(isinstance(each, StartTimer) and each.name == "page_alarm" for each in effects(incident, *again))


@pytest.mark.parametrize(
    ("how", "state"),
    [
        (Disposal.COVERED, PageState.COVERED_ELSEWHERE),
        (Disposal.OUTSIDE_HELP, PageState.COVERED_ELSEWHERE),
        (Disposal.STAND_DOWN, PageState.CANCELLED),
    ],
)
def test_a_person_ends_the_alarm_with_words_i_15(how: Disposal, state: PageState) -> None:
    incident = exhausted()
    page = only(incident).id
    ended = then(incident, pcmd.DisposePage(by=PRINCIPAL, page=page, how=how, words=WordsId("w-1")))

    assert (only(ended).state, only(ended).disposed) == (state, how)
    assert happens(ended, cmd.TimerDue(by=SYSTEM, name="page_alarm", key=f"{page}:")) == []
    with pytest.raises(Refused, match="Write w"):
        happens(incident, pcmd.DisposePage(by=PRINCIPAL, page=page, how=how))


def test_started_again_everybody_is_asked_from_the_first() -> None:
    incident = then(exhausted(), pcmd.DeclinePage(by=by_phone(CLINICIAN), page=only(exhausted()).id))
    restart = pcmd.DisposePage(by=PRINCIPAL, page=only(incident).id, how=Disposal.RESTART)
    again = then(incident, restart, at=MORNING + MINUTE)

    assert (only(again).state, only(again).level, only(again).declined) == (PageState.PAGING, 0, ())
    levels = [each.level for each in effects(incident, *happens(incident, restart)) if isinstance(each, PageLevel)]
    assert levels == [0]


def test_a_late_yes_ends_the_alarm_too() -> None:
    assert only(accept(exhausted())).state is PageState.ACCEPTED


def test_what_is_no_alarm_cannot_be_ended_as_one() -> None:
    incident = paged()
    dispose = pcmd.DisposePage(by=PRINCIPAL, page=only(incident).id, how=Disposal.STAND_DOWN, words=WordsId("w-1"))

    with pytest.raises(Refused, match="not an alarm now"):
        happens(incident, dispose)


def test_nobody_takes_a_page_that_has_ended() -> None:
    incident = attempt(paged(), CLINICIAN)
    ended = then(incident, pcmd.CancelPage(by=COUNSELOR, page=only(incident).id))

    with pytest.raises(Refused, match="This page has ended"):
        happens(ended, pcmd.AcceptPage(by=by_phone(CLINICIAN), page=only(ended).id))


def moves(incident: Incident, chance: random.Random) -> cmd.Command:
    page, who = only(incident), by_phone(chance.choice([CLINICIAN, BACKUP]))
    console = chance.choice([COUNSELOR, PRINCIPAL, CLINICIAN, BACKUP])
    assert BACKUP.id is not None
    return chance.choice(
        [
            pcmd.AcceptPage(by=who, page=page.id, eta_minutes=chance.choice([None, 0, 5, 60])),
            pcmd.DeclinePage(by=who, page=page.id, reason=chance.choice([None, *DeclineReason])),
            pcmd.SeePage(by=who, page=page.id),
            pcmd.StandBy(by=who, page=page.id),
            pcmd.Arrive(by=chance.choice([who, console]), page=page.id),
            pcmd.DelayPage(by=who, page=page.id, eta_minutes=chance.randrange(1, 40)),
            pcmd.OfferPage(by=console, page=page.id, to=BACKUP.id),
            pcmd.EndPageOffer(by=console, page=page.id),
            pcmd.DisposePage(by=console, page=page.id, how=chance.choice(list(Disposal)), words=WordsId("w-1")),
        ]
    )


def owner_is_clear(incident: Incident) -> None:
    page = only(incident)
    held = page.state is PageState.ACCEPTED
    assert held == (page.accepted_by is not None) or page.state in (PageState.CANCELLED, PageState.COVERED_ELSEWHERE)
    assert page.offered_to is None or held
    assert page.accepted_by not in page.declined
    assert not (set(page.standing_by) & set(page.declined))


@pytest.mark.parametrize("seed", range(40))
def test_whatever_happens_a_page_has_one_owner_or_a_clock_that_runs(seed: int) -> None:
    """No open page falls silent: each has its level's timer, its alarm, or the watch for whoever comes."""
    chance = random.Random(seed)  # a story, not a secret
    at, before = MORNING, an_incident()
    incident = paged()
    timers: list[StartTimer] = [
        e
        for e in effects(
            before, *happens(before, pcmd.RequestPage(by=COUNSELOR, role=Role.ONCALL_CLINICIAN, urgency=Urgency.U1))
        )
        if isinstance(e, StartTimer)
    ]
    incident = attempt(attempt(incident, CLINICIAN), BACKUP)
    for _turn in range(120):
        at += timedelta(seconds=chance.randrange(1, 200))
        due = sorted((each for each in timers if each.due_at <= at), key=lambda each: each.due_at)
        timers = [each for each in timers if each.due_at > at]
        orders: list[cmd.Command] = [cmd.TimerDue(by=SYSTEM, name=each.name, key=each.key) for each in due]
        for order in [*orders, moves(incident, chance)]:
            try:
                events = happens(incident, order, at=at)
            except Refused:
                continue
            timers += [each for each in effects(incident, *events) if isinstance(each, StartTimer)]
            incident = then(incident, order, at=at)
            owner_is_clear(incident)
        waits_silently = only(incident).state in (PageState.PAGING, PageState.EXHAUSTED)
        assert not waits_silently or any(each.name in ("page_unanswered", "page_alarm") for each in timers)
        on_the_way = only(incident).state is PageState.ACCEPTED and only(incident).arrived_at is None
        assert not on_the_way or any(each.name == "page_arrival" for each in timers)


def test_after_ten_alarms_they_come_every_ten_minutes_i_15() -> None:
    incident = exhausted()
    alarm = cmd.TimerDue(by=SYSTEM, name="page_alarm", key=f"{only(incident).id}:")
    waits = []
    for _turn in range(12):
        again = happens(incident, alarm)
        (timer_,) = (each for each in effects(incident, *again) if isinstance(each, StartTimer))
        waits.append(timer_.due_at - MORNING)
        incident = then(incident, alarm)

    assert waits == [*[2 * MINUTE] * 8, *[10 * MINUTE] * 4]


@pytest.mark.parametrize(("minutes", "watched"), [(None, False), (10, True)])
def test_a_lead_who_gives_no_time_need_not_come(minutes: int | None, watched: bool) -> None:
    incident = then(an_incident(), pcmd.RequestPage(by=COUNSELOR, role=Role.INCIDENT_LEAD, urgency=Urgency.U1))
    (page,) = incident.pages.values()
    taken = then(incident, pcmd.AcceptPage(by=COUNSELOR, page=page.id, eta_minutes=minutes))

    assert (taken.pages[page.id].due_here_at is not None) == watched


def test_a_page_that_opened_again_ends_when_the_student_is_in_other_hands() -> None:
    held = accept(attempt(paged(), CLINICIAN))
    open_again = then(held, pcmd.DeclinePage(by=CLINICIAN, page=only(held).id))
    released = replace(open_again, custody=Custody.RELEASED)

    assert only(then(released, cmd.AddNote(by=COUNSELOR, words=WordsId("w-1")))).state is PageState.CANCELLED


def phoned(incident: Incident, kind: type[cmd.Command], at: datetime = MORNING, **fields: object) -> list[Event]:
    return happens(incident, kind(by=by_phone(CLINICIAN), page=only(incident).id, **fields), at=at)  # type: ignore[call-arg]  # of the kind


def test_whoever_has_it_says_when_they_come_without_putting_it_off() -> None:
    """The first time and a sooner one as they like; a later one is a delay, with the limit of delays."""
    incident = accept(attempt(attempt(paged(), CLINICIAN), BACKUP), minutes=None)

    first = phoned(incident, pcmd.AcceptPage, eta_minutes=20)
    said = reduce(evolve, first, incident)
    sooner = phoned(said, pcmd.AcceptPage, MORNING + 5 * MINUTE, eta_minutes=5)
    later = phoned(said, pcmd.AcceptPage, MORNING + 15 * MINUTE, eta_minutes=60)
    nothing = [*phoned(said, pcmd.AcceptPage, eta_minutes=20), *phoned(said, pcmd.AcceptPage)]

    assert [names(each) for each in (first, sooner, later)] == [["PageAccepted"], ["PageAccepted"], ["PageDelayed"]]
    assert nothing == []
    assert isinstance(later[0], pev.PageDelayed)
    assert later[0].due_here_at == MORNING + 35 * MINUTE  # 20, and a quarter of an hour at most
    told = [each for each in effects(incident, *first) if isinstance(each, ConfirmPage)]
    assert [(each.person, each.outcome) for each in told] == [(CLINICIAN.id, "delayed")]  # the others know already


def test_sooner_and_later_in_turn_puts_nothing_off_for_ever() -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=15)

    for minute in range(0, 120, 2):
        at = MORNING + minute * MINUTE
        for eta in (1, 600):
            incident = reduce(evolve, phoned(incident, pcmd.AcceptPage, at, eta_minutes=eta), incident)

    due = only(incident).due_here_at
    assert due is not None
    assert due <= MORNING + 30 * MINUTE


def test_a_no_may_be_explained_once() -> None:
    incident = reduce(evolve, phoned(attempt(paged(), CLINICIAN), pcmd.DeclinePage), attempt(paged(), CLINICIAN))

    why = phoned(incident, pcmd.DeclinePage, reason=DeclineReason.TOO_FAR)
    after = reduce(evolve, why, incident)

    assert names(why) == ["PageDeclineExplained"]
    assert phoned(after, pcmd.DeclinePage, reason=DeclineReason.OFF_DUTY) == []
    assert only(after).declined == (CLINICIAN.id,)


def test_texts_that_stop_call_whoever_is_waited_for_and_nobody_else() -> None:
    open_page = attempt(attempt(paged(), CLINICIAN), BACKUP)
    taken = accept(open_page)
    lost = accept(open_page, BACKUP)

    stopped, holder, other = (phoned(each, pcmd.StopTexts) for each in (open_page, taken, lost))
    twice = phoned(reduce(evolve, stopped, open_page), pcmd.StopTexts)

    assert [names(each) for each in (stopped, holder, other, twice)] == [
        ["PageTextsStopped"],
        ["PageTextsStopped"],
        [],
        [],
    ]
    called = [each for each in effects(open_page, *stopped) if isinstance(each, CallPerson)]
    assert [(each.person, each.why, each.urgency) for each in called] == [
        (CLINICIAN.id, CallWhy.TEXTS_STOPPED, Urgency.U1)
    ]
    assert only(reduce(evolve, stopped, open_page)).state is PageState.PAGING


def test_who_is_not_here_is_texted_first_and_called_the_second_time() -> None:
    incident = accept(attempt(paged(), CLINICIAN), minutes=10)
    first = happens(incident, timer(incident, 1), at=MORNING + 10 * MINUTE)
    second = happens(reduce(evolve, first, incident), timer(incident, 2), at=MORNING + 13 * MINUTE)

    calls = [
        [each for each in effects(incident, *events) if isinstance(each, CallPerson)] for events in (first, second)
    ]

    assert calls[0] == []
    assert [(each.person, each.why) for each in calls[1]] == [(CLINICIAN.id, CallWhy.HERE_YET)]


def test_a_late_answer_is_on_record_once_and_changes_nothing_f44() -> None:
    incident = attempt(paged(), CLINICIAN)
    ended = then(incident, pcmd.CancelPage(by=COUNSELOR, page=only(incident).id))

    with pytest.raises(Refused, match="has not ended"):
        phoned(incident, pcmd.AnswerLate)
    late = phoned(ended, pcmd.AnswerLate, words=WordsId("w-1"))
    after = reduce(evolve, late, ended)

    assert names(late) == ["PageAnsweredLate"]
    assert phoned(after, pcmd.AnswerLate, words=WordsId("w-2")) == []
    assert replace(only(after), late=()) == only(ended)
    closed = replace(incident, closed_at=MORNING)  # the page was never ended by itself
    assert names(phoned(closed, pcmd.AnswerLate)) == ["PageAnsweredLate"]


def test_when_somebody_takes_it_nobody_else_is_rung_any_more() -> None:
    incident = attempt(attempt(paged(), CLINICIAN), BACKUP)
    page = only(incident)
    orders: list[cmd.Command] = [
        pcmd.AcceptPage(by=by_phone(CLINICIAN), page=page.id),
        pcmd.CancelPage(by=COUNSELOR, page=page.id),
    ]

    ended = [
        [each for each in effects(incident, *happens(incident, order)) if isinstance(each, EndCalls)]
        for order in orders
    ]

    assert [len(each) for each in ended] == [1, 1]


def test_a_page_by_mistake_is_called_off_for_everybody_who_was_asked_f78() -> None:
    incident = attempt(attempt(paged(), CLINICIAN), BACKUP)

    done = effects(incident, *happens(incident, pcmd.CancelPage(by=COUNSELOR, page=only(incident).id)))

    told = {each.person for each in done if isinstance(each, ConfirmPage) and each.outcome == "cancelled"}
    assert told == {CLINICIAN.id, BACKUP.id}
