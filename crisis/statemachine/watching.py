"""Days that a school watches after a death (protocols.md 1 i): a birthday, an anniversary, graduation, holidays.

A calendar anchor, not a deadline: nothing counts days from an event. Each is a task on its day with a reminder a week
before; it goes on until somebody says how the day went, or has taken over the follow-up.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from crisis import watch_commands as wcmd
from crisis import watch_events as wev
from crisis.effects import Effect, StartTimer
from crisis.errors import Reason, Refused, refuse_if
from crisis.events import Event, Reminded
from crisis.protocol_words import WatchWhy
from crisis.protocols.schema import Protocol
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.deadlines import local_date, opening_bell
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.ground import Ground, SchoolCalendar
from crisis.statemachine.incident import Incident, WatchDate
from crisis.statemachine.reacting import reaction
from crisis.statemachine.steps import find_step, not_open, standing, wrong_role
from crisis.vocabulary import StepState, StepType

ABOUT = "watch"  # begins what a reminder is about
BEFORE = timedelta(days=7)  # D
AGAIN = timedelta(days=1)


def key_of(day: date, why: WatchWhy) -> str:
    return f"{day.isoformat()}_{why.value}"


@rule.register
def _(command: wcmd.AddWatchDate, case: Case) -> list[Event]:
    person(command)
    step = find_step(case.protocol, command.step, StepType.ACT)
    if not step.watches:
        raise Refused(Reason("STEP", "This step asks for no dates"))
    today = local_date(case.at, case.ground.calendar)
    done = standing(case.incident, case.protocol)[step.id] is StepState.DONE  # one that was forgotten is added later
    refuse_if(
        None if done else not_open(case.incident, case.protocol, step),
        wrong_role(command.by.roles, step.roles),
        Reason("WATCH", "Choose a day that is still to come") if command.day < today else None,
        Reason("WATCH", "Choose a day within %(days)s days", (("days", str(step.watches)),))
        if command.day > today + timedelta(days=step.watches)
        else None,
    )
    if key_of(command.day, command.why) in case.incident.watched:
        return []
    return [wev.WatchDateAdded(**stamp(command, case.at), step=step.id, day=command.day, why=command.why)]


@rule.register
def _(command: wcmd.KeepWatchDate, case: Case) -> list[Event]:
    person(command)
    known = case.incident.watched.get(key_of(command.day, command.why))
    refuse_if(
        Reason("WATCH", "This day is not on the list") if known is None else None,
        Reason("WATCH", "This day is over already") if known is not None and known.kept_at is not None else None,
        Reason("WATCH", "This day has not come yet")
        if command.day > local_date(case.at, case.ground.calendar)
        else None,
    )
    return [wev.WatchDateKept(**stamp(command, case.at), day=command.day, why=command.why, note=command.note)]


@folded.register
def _(event: wev.WatchDateAdded, incident: Incident) -> Incident:
    added = WatchDate(day=event.day, why=event.why)
    return replace(incident, watched=with_(incident.watched, key_of(event.day, event.why), added))


@folded.register
def _(event: wev.WatchDateKept, incident: Incident) -> Incident:
    key = key_of(event.day, event.why)
    kept = replace(incident.watched[key], kept_at=event.at)
    return replace(incident, watched=with_(incident.watched, key, kept))


@reaction.register
def _(event: wev.WatchDateAdded, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """The first reminder, a week before; on the day itself where that is sooner."""
    due = due_at(event.day, ground.calendar)
    first = due - BEFORE if due - BEFORE > event.at else due
    return [StartTimer(name="overdue", key=f"{ABOUT}:{key_of(event.day, event.why)}#1", due_at=max(first, event.at))]


def after_reminder(event: Reminded, ground: Ground) -> StartTimer:
    """The one on the day, after the one before it; from then on each day."""
    due = due_at(_day(event.about), ground.calendar)
    next_at = due if event.at < due else max(due, event.at) + AGAIN
    return StartTimer(name="overdue", key=f"{event.about}#{event.turn + 1}", due_at=next_at)


def still_to_keep(incident: Incident) -> Iterator[WatchDate]:
    """Those that nobody has kept; none, once a named owner has the follow-up."""
    if not incident.follow_up_transferred:
        yield from (each for each in incident.watched.values() if each.kept_at is None)


def is_to_keep(key: str, incident: Incident) -> bool:
    return any(key_of(each.day, each.why) == key for each in still_to_keep(incident))


def due_at(day: date, calendar: SchoolCalendar) -> datetime:
    """UTC: when school begins, or would; a holiday counts as well."""
    return opening_bell(day, calendar)


def _day(about: str) -> date:
    return date.fromisoformat(about.removeprefix(f"{ABOUT}:").partition("_")[0])
