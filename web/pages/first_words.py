"""What a caller says to the family first: only what is true of the student at this moment."""

from typing import assert_never

from crisis.protocols import loader
from crisis.protocols.schema import Protocol
from crisis.statemachine.incident import Incident
from crisis.store.queries import IncidentView
from crisis.vocabulary import Custody, Emergency, ReleaseTo, StepId
from web.rendering import Language, translations
from web.words import N_

WITH_FAMILY = frozenset({ReleaseTo.GUARDIAN, ReleaseTo.AUTHORISED_ADULT, ReleaseTo.CLASS})
FOUND = StepId("student_found")  # of the protocol that searches
SAFE = N_(
    "“I am calling from the school. Your child is safe and with an adult. I would like to talk with you about something"
    " we heard today.”"
)
IN_DANGER = N_(
    "“I am calling from the school. An adult is with your child. I have to tell you what happened and what we are doing"
    " now.”"
)
MISSING = N_(
    "“I am calling from the school. We do not know where your child is right now. We are looking, and we need your"
    " help.”"
)
TAKEN = N_(
    "“I am calling from the school. Your child is not here now. I will tell you first where they are and who is with"
    " them.”"
)
ABOUT = N_("“I am calling from the school. I would like to talk with you about your child.”")
AS_PROTECTION_SAID = N_("Say only what child protection said may be told.")
AS_THE_STUDENT_SAID = N_("Say only what the student agreed to, or what child protection said may be told.")


def values(view: IncidentView, language: Language) -> dict[str, object]:
    translate, only = translations(language).gettext, _told_only(view.protocol)
    return {
        "say_first": translate(say_first(view.incident, view.protocol)),
        "told_only": None if only is None else translate(only),
    }


def say_first(incident: Incident, protocol: Protocol) -> str:
    """Nobody says of a child that it is safe whom an ambulance took, or who is gone.

    “Safe” needs an adult with the student (the catalog's own rule, at `use` of f1) and no danger so far.
    """
    if not any(step.custody for step in protocol.steps):  # it hands the student to nobody, so it knows nothing of it
        return MISSING if searches(protocol) and not _found(incident) else ABOUT
    match incident.custody:
        case Custody.HELD | Custody.OFFERED:
            return IN_DANGER if in_danger(incident) else SAFE
        case Custody.LOST:
            return MISSING
        case Custody.RELEASED:
            return ABOUT if incident.released_to in WITH_FAMILY else TAKEN
        case Custody.UNHELD:
            return ABOUT
        case _:
            assert_never(incident.custody)


def with_an_adult(view: IncidentView) -> bool:
    return say_first(view.incident, view.protocol) in (SAFE, IN_DANGER)


def in_danger(incident: Incident) -> bool:
    return incident.emergency is Emergency.ACTIVE or incident.acute_at is not None


def searches(protocol: Protocol) -> bool:
    """Whether another protocol opens this one when a student is gone (I-4)."""
    return any(loader.protocol(name).missing_student_protocol == protocol.id for name in loader.names())


def _found(incident: Incident) -> bool:
    done = incident.steps.get(FOUND)
    return (done is not None and done.done_at is not None) or any(
        each.choice == "found" for each in incident.steps.values()
    )


def _told_only(protocol: Protocol) -> str | None:
    """Where the family may be who it is about, somebody else decides what they are told (I-10)."""
    opening = protocol.at_opening
    declared = map(protocol.exception, opening.declares if opening is not None else ())
    if any(found is not None and found[1].blocks_guardians for found in declared):
        return AS_PROTECTION_SAID
    return None if protocol.guardians_when is None else AS_THE_STUDENT_SAID
