"""The student's name as a card shows it: what this viewer may know, and how to speak of it to others."""

from dataclasses import dataclass

from crisis.record_words import NameCaution, NameContext
from crisis.store.people import StudentView
from crisis.store.queries import IncidentView
from web.rendering import Language, translations
from web.words import N_

MIND: dict[NameCaution, str] = {
    NameCaution.ASK_STUDENT_FIRST: N_("Ask the student before you tell anybody else the name they go by"),
    NameCaution.DO_NOT_VOLUNTEER: N_("Do not bring up with parents the name they go by"),
}
ASKED = N_(
    "If a parent asks about it: say nothing untrue, do not answer for the school, send them to the privacy officer"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameCard:
    """`say` None: nothing but the enrolled name may stand here. `mind` are sentences on what not to do with it.

    `ask`: whoever comes from outside asks the student, whether or not anything is on record.
    """

    say: str | None
    pronouns: str | None
    mind: tuple[str, ...]
    ask: bool


def card(view: IncidentView, language: Language) -> NameCard:
    translate, caution = translations(language).gettext, view.called.caution
    mind = [MIND[caution]] if caution in MIND else []
    if caution is NameCaution.DO_NOT_VOLUNTEER:
        mind.append(ASKED)
    return NameCard(
        say=view.called.name,
        pronouns=view.called.pronouns,
        mind=tuple(translate(each) for each in mind),
        ask=view.called.context is NameContext.EXTERNAL_CLINICIAN,
    )


def told_apart(student: StudentView) -> str:
    """Enough to choose the right one of several."""
    return " · ".join(filter(None, (student.name, student.goes_by and f"“{student.goes_by}”", student.grade)))
