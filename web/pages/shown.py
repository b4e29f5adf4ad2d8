"""What the incident page shows, worked out once from the view so that templates only loop and show."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crisis.access_words import Matter
from crisis.protocols.schema import ExceptionRule, Step
from crisis.statemachine.steps import unattended
from crisis.store.queries import IncidentView
from crisis.store.upcoming import NextStep
from crisis.vocabulary import Anchor, Custody, Emergency, PageState, PersonId, Phase, Role, StepState, StepType
from web import words
from web.pages.family import Member, members
from web.rendering import Language, Local, translations
from web.telling import Known, Told
from web.words import N_
from web.words_of_events import tell

PHASES = tuple(phase for phase in Phase if phase is not Phase.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseMark:
    title: str
    state: str  # done | now | late | todo
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the timeline. `in_error`: it should not be there, and is shown struck."""

    seq: int
    at: datetime
    claimed_at: datetime | None
    told: Told
    by: str | None
    quotes: tuple[str, ...]
    in_error: bool
    untold: bool = False  # a person did it; this view does not say who
    event: str = ""  # its stored name


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What to know before acting; `forbids` marks what must not be done."""

    text: str
    forbids: bool = False
    icon: str = "info"


def known(view: IncidentView, language: Language) -> Known:
    translate = translations(language).gettext
    return Known(
        language=language,
        translate=translate,
        protocol=view.protocol,
        names=view.names,
        zone=view.zone,
        agencies=view.agencies,
        referred={each.id: each.agency for each in view.incident.referrals.values()},
    )


def entries(view: IncidentView, language: Language) -> list[Entry]:
    """The timeline, newest first. Words whose key was destroyed are gone; the line stays."""
    teller, gone, wrong = known(view, language), translations(language).gettext(N_("(erased)")), view.in_error
    return [
        Entry(
            seq=stored.seq,
            at=stored.event.at,
            claimed_at=stored.event.occurred_at,
            told=told,
            by=teller.person(stored.event.by) if stored.event.by is not None else None,
            quotes=tuple(view.words.get(quote, gone) for quote in told.quotes if quote in view.readable),
            untold=stored.seq in view.untold,
            in_error=stored.seq in wrong,
            event=type(stored.event).__name__,
        )
        for stored in reversed(view.events)
        for told in [tell(stored.event, teller)]
    ]


def phase_marks(view: IncidentView, now: datetime, language: Language) -> list[PhaseMark]:
    at = PHASES.index(view.incident.phase) if view.incident.phase in PHASES else len(PHASES)
    local, translate = Local(language, view.zone), translations(language).gettext
    marks = []
    for index, phase in enumerate(PHASES):
        due = _due_in(view.next, phase)
        late = index == at and due is not None and due < now
        state = "late" if late else "done" if index < at else "now" if index == at else "todo"
        marks.append(PhaseMark(title=words.of(phase), state=state, detail=_detail(view, phase, due, local, translate)))
    return marks


def _due_in(steps: tuple[NextStep, ...], phase: Phase) -> datetime | None:
    return min((each.due_at for each in steps if each.step.phase is phase and each.due_at), default=None)


def _detail(
    view: IncidentView, phase: Phase, due: datetime | None, local: Local, translate: Callable[[str], str]
) -> str:
    counted = [state for step, state in view.steps if step.phase is phase and state is not StepState.NOT_NEEDED]
    done = sum(state not in (StepState.OPEN, StepState.BLOCKED) for state in counted)
    parts = [translate(N_("%(done)s of %(all)s done")) % {"done": done, "all": len(counted)}] if counted else []
    if due is not None:
        parts.append(translate(N_("by %(time)s")) % {"time": local.clock(due)})
    return ", ".join(parts)


def comes_back(view: IncidentView) -> bool:
    """Whether the student is away and the day of the return counts: a meeting hangs on it (I-17)."""
    incident, steps = view.incident, view.protocol.steps
    away = incident.custody is Custody.RELEASED or not any(step.custody for step in steps)
    counted = any(deadline.anchor is Anchor.RETURNED for step in steps for deadline in step.deadlines)
    return away and counted and incident.returned_at is None


def warnings(view: IncidentView, language: Language) -> list[Alert]:
    """What must not be done comes first (I-10)."""
    incident, translate = view.incident, translations(language).gettext
    found = []
    if guardians_blocked(view):
        found.append(Alert(text=translate(N_("Do not contact the family")), forbids=True, icon="s-none"))
    barred_one_by_one = [] if found else [each.contact.name for each in view.family if each.refused]
    for barred in barred_one_by_one:
        text = translate(N_("Do not contact %(name)s")) % {"name": barred}
        found.append(Alert(text=text, forbids=True, icon="s-none"))
    for excluded in in_charge_of(view) & view.conflicted:
        said = translate(N_("%(name)s sees nothing of this any more and still answers for it: name somebody else"))
        found.append(Alert(text=said % {"name": view.names.get(excluded, "")}, forbids=True, icon="alert"))
    if alone(view):
        found.append(Alert(text=translate(words.of(incident.custody)), forbids=True, icon="alert"))
    tier = incident.effective_tier
    held = incident.custody in (Custody.HELD, Custody.OFFERED) or elsewhere(view) is not None
    looked_after = any(step.custody is not None for step in view.protocol.steps)  # at a return they are in class
    watched = alone(view) or (held and looked_after and incident.closed_at is None)
    if watched and tier is None and Matter.RISK in view.matters:
        text = translate(N_("Risk not known: do not leave the student alone"))
        found.append(Alert(text=text, forbids=True, icon="shield"))
    if view.student is not None and view.student.goes_by:
        text = translate(N_("Goes by “%(name)s”")) % {"name": view.student.goes_by}
        found.append(Alert(text=text, icon="user"))
    return found


def signers(view: IncidentView) -> tuple[Role, ...]:
    """Who may put the second signature under a level of risk (I-5)."""
    assess = [step for step, _ in view.steps if step.type is StepType.ASSESS]
    return tuple(role for step in assess[:1] for role in (step.sign.second_roles if step.sign else step.roles))


def danger_first(view: IncidentView) -> bool:
    """Whether the dangers come before every step: in kinds that often begin with harm, until somebody knows more."""
    seen = view.incident
    if seen.closed_at is not None or seen.crisis_type not in view.protocol.lane.first_for:
        return False
    return seen.emergency is Emergency.INACTIVE and seen.tier is None


def alone(view: IncidentView) -> bool:
    """Whether an adult is missing who must be with the student: nobody is, in any open incident of theirs."""
    nobody = unattended(view.incident, view.protocol) and elsewhere(view) is None
    return view.incident.custody is Custody.LOST or nobody


def elsewhere(view: IncidentView) -> PersonId | None:
    """Who is with the student by another open incident of theirs, where this one names nobody.

    Somebody who must see nothing of this one is no answer to it: another adult is needed.
    """
    if view.incident.custody is not Custody.UNHELD:
        return None
    found = (each.adult for each in view.alongside if each.adult is not None)
    return next((each for each in found if each not in view.conflicted), None)


def in_charge_of(view: IncidentView) -> frozenset[PersonId]:
    """The lead, the adult with the student, and whoever has taken a page."""
    incident = view.incident
    taken = {page.accepted_by for page in incident.pages.values() if page.state is PageState.ACCEPTED}
    return frozenset(each for each in (incident.lead, incident.adult, *taken) if each is not None)


def family(view: IncidentView, language: Language) -> list[Member]:
    return members(view.family, language)


def kind(view: IncidentView, language: Language) -> str:
    """Of crisis; for whoever may not know it, that it is one."""
    if Matter.RISK not in view.matters:
        return translations(language).gettext(N_("Incident"))
    return view.protocol.crisis_types[view.incident.crisis_type].in_language(language)


def guardians_blocked(view: IncidentView) -> bool:
    """I-10: by this or another open incident of the student, or as long as nobody knows."""
    return view.family_blocked


def plan(view: IncidentView) -> list[tuple[str, list[tuple[Step, StepState]]]]:
    """The steps that are needed, by phase; a phase without any is left out."""
    needed: list[tuple[Step, StepState]] = [
        (step, state) for step, state in view.steps if state is not StepState.NOT_NEEDED
    ]
    grouped: list[tuple[str, list[tuple[Step, StepState]]]] = [
        (words.of(phase), [each for each in needed if each[0].phase is phase]) for phase in PHASES
    ]
    return [(title, steps) for title, steps in grouped if steps]


def exceptions_of(view: IncidentView, step: Step) -> list[ExceptionRule]:
    """Those of the step that are not in force yet."""
    return [rule for rule in step.exceptions if rule.id not in view.incident.exceptions]
