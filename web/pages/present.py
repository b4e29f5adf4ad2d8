"""Who else looks at this incident now, and whose form of which step is open: as far as the viewer may know it."""

from dataclasses import dataclass
from datetime import datetime

from crisis.protocols.schema import Step
from crisis.store import queries
from crisis.store.queries import IncidentView
from crisis.vocabulary import PersonId, StepState
from web.deps import Desk
from web.presence import Place, Present
from web.rendering import translations
from web.words import N_

NAMED = 8  # of a crowd, and how many more


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`step` is the title of what they fill in; `step_id` is its own."""

    name: str
    step: str | None
    step_id: str | None
    since: datetime
    connected: bool


def claim(desk: Desk, view: IncidentView, step: Step) -> None:
    """Whoever opens a form is doing that step, says this page to others: with or without script."""
    desk.presence.here([Place(view.incident.id, desk.person, step.id)])


def present(desk: Desk, view: IncidentView) -> dict[str, object]:
    """Nobody who may not see the incident themselves, whatever they had open; a step only to whose view lists it."""
    others = [each for each in desk.presence.of(view.incident.id, desk.at) if each.person != desk.person]
    found = _shown(desk, view, others) if others else []
    return {"present": found[:NAMED], "present_more": max(0, len(found) - NAMED)}


def _shown(desk: Desk, view: IncidentView, others: list[Present]) -> list[Shown]:
    with desk.store.read() as tx:
        may = queries.who_sees(tx, {each.person for each in others}, view.incident, desk.at)
    somebody = translations(desk.language).gettext(N_("Somebody"))
    open_steps = {step.id: step for step, state in view.steps if state is not StepState.DONE}
    titles = {id_: step.title.in_language(desk.language) for id_, step in open_steps.items()}
    found, looking = [], set[PersonId]()
    for each in others:
        step = each.step if each.step in titles else None
        if each.person not in may or (step is None and (each.person in looking or not each.connected)):
            continue
        if step is None:
            looking.add(each.person)
        found.append(
            Shown(
                name=view.names.get(each.person) or somebody,
                step=None if step is None else titles[step],
                step_id=step,
                since=each.since,
                connected=each.connected,
            )
        )
    return found
