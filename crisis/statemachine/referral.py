"""Referrals as closed loops: asked for is not received, received is not accepted, and an end says what came of it.

States and their names: Gravity's Task for referral management (`products-and-standards.md` 3.3). Somebody asks again at
a time that each move sets; a referral of which nobody hears is told to people, never forgotten (I-18).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from crisis import referral_commands as rcmd
from crisis import referral_events as rev
from crisis.errors import Reason, refuse_if
from crisis.events import Event
from crisis.record_words import RecordTask
from crisis.referral_words import Care, ReferralId, ReferralReason, ReferralState
from crisis.statemachine.by_record import opened
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.deadlines import next_school_time
from crisis.statemachine.incident import Incident, Referral
from crisis.statemachine.lifecycle import REFERRAL
from crisis.statemachine.steps import wrong_role
from crisis.vocabulary import LegalBasis, Role

State = ReferralState
MAY_REFER = (Role.INCIDENT_LEAD, Role.ASSESSOR, Role.CARE_COORDINATOR, Role.LIAISON, Role.ADMIN)
ENDED = frozenset({State.REJECTED, State.COMPLETED, State.CANCELLED, State.FAILED})
NEEDS_REASON = frozenset({State.REJECTED, State.ON_HOLD, State.CANCELLED, State.FAILED})
SAID_THERE = frozenset({State.RECEIVED, State.ACCEPTED, State.REJECTED})  # I-15: by a named person, never assumed
ASKED_AGAIN: Mapping[ReferralState, timedelta] = {  # D: no source sets these; each move may set another time
    State.DRAFT: timedelta(days=1),
    State.REQUESTED: timedelta(days=1),
    State.RECEIVED: timedelta(days=2),
    State.ACCEPTED: timedelta(days=7),
    State.IN_PROGRESS: timedelta(days=14),
    State.ON_HOLD: timedelta(days=7),
}
LATEST = timedelta(days=60)
GROUNDS = (LegalBasis.PARTNER_OFFICIAL, LegalBasis.CONSENT)  # what the law asks for is no referral of ours
TRIGGERS: Mapping[ReferralState, str] = {
    State.REQUESTED: "request",
    State.RECEIVED: "receive",
    State.ACCEPTED: "accept",
    State.REJECTED: "reject",
    State.IN_PROGRESS: "begin",
    State.ON_HOLD: "hold",
    State.COMPLETED: "complete",
    State.CANCELLED: "cancel",
    State.FAILED: "fail",
}


@rule.register
def _(command: rcmd.DraftReferral, case: Case) -> list[Event]:
    person(command)
    refuse_if(wrong_role(command.by.roles, MAY_REFER), *_time(command.check_at, case.at))
    drafted = rev.ReferralDrafted(
        **stamp(command, case.at),
        referral=ReferralId(f"{case.incident.id}-{case.incident.seq + 1}"),
        agency=command.agency,
        care=command.care,
        check_at=command.check_at or _usually(State.DRAFT, case),
    )
    if command.care is Care.SEXUAL_HARM:
        return [drafted, *opened(RecordTask.TELL_TITLE_IX, command, case)]
    return [drafted]


@rule.register
def _(command: rcmd.MoveReferral, case: Case) -> list[Event]:
    person(command)
    known = case.incident.referrals.get(command.referral)
    unknown = Reason("REFERRAL", "There is no such referral; load the page again")
    refuse_if(wrong_role(command.by.roles, MAY_REFER), unknown if known is None else None)
    assert known is not None
    trigger = TRIGGERS.get(command.to)
    refuse_if(Reason("REFERRAL", "A referral is not made a draft again; begin a new one") if trigger is None else None)
    assert trigger is not None
    REFERRAL.move(known.state, trigger, _against(command, case.at))
    moved = rev.ReferralMoved(
        **stamp(command, case.at),
        referral=known.id,
        state=command.to,
        reason=command.reason,
        said_by=command.said_by,
        note=command.note,
        basis=command.basis,
        check_at=None if command.to in ENDED else command.check_at or _usually(command.to, case),
    )
    return [moved]


def _against(command: rcmd.MoveReferral, at: datetime) -> list[Reason]:
    found = list(_time(command.check_at, at))
    if command.to is State.REQUESTED and command.basis is None:
        found.append(Reason("I-16", "Say why this may be shared with them before you ask"))
    if command.to is State.REQUESTED and command.basis not in (None, *GROUNDS):
        text = (
            "A referral is asked for under an agreement or with a signed consent; an emergency is handed over at once"
        )
        found.append(Reason("PR-24", text))
    if command.to in SAID_THERE and command.said_by is None:
        found.append(Reason("I-15", "Write down who there said it: name and role"))
    if command.to in NEEDS_REASON and command.reason is None:
        found.append(Reason("REFERRAL", "Say why, so that the next one goes better"))
    if command.reason is ReferralReason.OTHER and command.note is None:
        found.append(Reason("REFERRAL", "Say the reason in words"))
    if command.to is State.COMPLETED and command.note is None:
        text = "Say what came of it: was the first appointment kept, and what the school should do; no therapy content"
        found.append(Reason("REFERRAL", text))
    return found


def _time(check_at: datetime | None, at: datetime) -> list[Reason]:
    if check_at is None or at < check_at <= at + LATEST:
        return []
    return [Reason("I-18", "Ask again at a time that is to come, within 60 days")]


def _usually(state: ReferralState, case: Case) -> datetime:
    """In school time: nobody asks an office at night."""
    return next_school_time(case.at + ASKED_AGAIN[state], case.ground.calendar)


def can_move(known: Referral) -> list[ReferralState]:
    return [state for state, trigger in TRIGGERS.items() if REFERRAL.allows(known.state, trigger)]


def open_ones(incident: Incident) -> list[Referral]:
    """Those that somebody still has to ask about, the next first."""
    return sorted((each for each in incident.referrals.values() if not ended(each)), key=_when)


def ended(known: Referral) -> bool:
    return known.state in ENDED


def stale(known: Referral, at: datetime) -> bool:
    return known.check_at is not None and known.check_at <= at


def _when(known: Referral) -> datetime:
    assert known.check_at is not None
    return known.check_at


def about(known: Referral) -> str:
    """Names the reminder of this state alone, so that the one of an earlier state finds nothing to do."""
    return f"referral:{known.id}:{known.moves}"


def due_again(key: str, incident: Incident, at: datetime) -> bool:
    """Whether the check that `about` names, without its first word, is due and was not made."""
    return any(about(each) == f"referral:{key}" and stale(each, at) for each in incident.referrals.values())
