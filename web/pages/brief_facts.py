"""What is known for a brief, in words, from the incident and the record; what may stand in it is decided elsewhere."""

from collections.abc import Callable, Mapping, Sequence

from crisis import events as ev
from crisis.policy.naming import called
from crisis.privacy_words import InstructionKind
from crisis.record_words import NameContext
from crisis.referral_words import Audience, BriefField
from crisis.statemachine.timers import live_deadlines
from crisis.store import names, people
from crisis.store.phones import for_people
from crisis.store.queries import IncidentView
from crisis.vocabulary import HandoffId, StepState, StepType
from web import words
from web.deps import Desk
from web.rendering import Language, Local, babel_language, translations
from web.words import N_

CONTEXTS = {Audience.CLINICIAN: NameContext.EXTERNAL_CLINICIAN, Audience.EMERGENCY: NameContext.EMERGENCY_SERVICES}
ASKED_FOR = {
    BriefField.MEDICAL: (InstructionKind.MEDICAL,),
    BriefField.COMMUNICATION: (InstructionKind.COMMUNICATION,),
    BriefField.HELPS: (InstructionKind.HELPS, InstructionKind.TRUSTED_ADULT),
    BriefField.MAKES_WORSE: (InstructionKind.MAKES_WORSE, InstructionKind.TOUCH),
}
Facts = Mapping[BriefField, Sequence[str]]


def facts(desk: Desk, view: IncidentView, audience: Audience, handoff: HandoffId | None) -> Facts:
    """Each field with all that is known; what is missing is left out, and is shown as not known."""
    translate = translations(desk.language).gettext
    return {
        **_student(desk, view, audience),
        **_adults(view, desk.language, translate),
        **{field: _asked(view, kinds) for field, kinds in ASKED_FOR.items()},
        **_incident(view, desk.language, handoff),
        BriefField.CALL_BACK: _call_back(desk, view),
    }


def _student(desk: Desk, view: IncidentView, audience: Audience) -> Facts:
    """The enrolled name, and the one to use only where the student wants it in this context (PR-9)."""
    if view.incident.student is None or audience not in CONTEXTS:
        return {}
    with desk.store.read() as tx:
        student = people.student(tx, view.incident.student)
        to_use = called(names.naming(tx, desk.store.keys, student), CONTEXTS[audience])
    return {
        BriefField.NAME: [student.name],
        BriefField.CALLED: [to_use.name] if to_use.name is not None else [],
        BriefField.BIRTH_DATE: [str(student.birth_date)] if student.birth_date is not None else [],
        BriefField.LANGUAGE: [babel_language(student.language, desk.language)] if student.language else [],
    }


def _adults(view: IncidentView, language: Language, translate: Callable[[str], str]) -> Facts:
    """Whom they may call, and to whom the student must not be given; the reason for that stays here."""
    guardians = [each for each in view.family if each.contact.guardian is True and not each.refused]
    lines = []
    for each in guardians:
        spoken = [babel_language(each.contact.language, language)] if each.contact.language else []
        phones = [for_people(number) for number, _ in each.numbers]
        lines.append(", ".join([each.contact.name, translate(words.of(each.contact.relation)), *phones, *spoken]))
    barred = [each.contact.name for each in view.family if each.refused]
    return {BriefField.GUARDIANS: lines, BriefField.NOT_RELEASED_TO: barred or [translate(N_("Nobody on record"))]}


def _asked(view: IncidentView, kinds: Sequence[InstructionKind]) -> list[str]:
    return [each.text for each in view.instructions if each.kind in kinds and each.text is not None]


def _incident(view: IncidentView, language: Language, handoff: HandoffId | None) -> Facts:
    incident, translate = view.incident, translations(language).gettext
    place, tier, safe = view.place, incident.effective_tier, _done(view, "safety_plan")
    made = {True: N_("Made with the student"), False: N_("Not made yet")}
    return {
        BriefField.CONCERN: [view.protocol.crisis_types[incident.crisis_type].in_language(language)],
        BriefField.DANGERS: _dangers(view, language),
        BriefField.PLACE: [place] if place else [],
        BriefField.WITH: [name for person, name in view.names.items() if person == incident.adult],
        BriefField.TIER: [translate(words.of(tier))] if tier is not None else [],
        BriefField.SCREEN: [translate(words.of(incident.screen))] if incident.screen is not None else [],
        BriefField.STATEMENT: _statement(view, handoff),
        BriefField.MEANS: _means(view, language),
        BriefField.SAFETY_PLAN: [translate(made[safe])],
        BriefField.NEXT: _next(view, language),
    }


def _dangers(view: IncidentView, language: Language) -> list[str]:
    raised = [each.dangers for each in view.happened(ev.EmergencyRaised)]
    found = raised[-1] if raised else frozenset[str]()
    return [danger.label.in_language(language) for danger in view.protocol.lane.dangers if danger.id in found]


def _statement(view: IncidentView, handoff: HandoffId | None) -> list[str]:
    threats = [
        each.threat for each in view.happened(ev.HandoffOffered) if each.handoff == handoff and each.threat is not None
    ]
    return [view.words[threat] for threat in threats if threat in view.words]


def _means(view: IncidentView, language: Language) -> list[str]:
    """As the step that looks for them was answered."""
    return [
        field.options[str(record.evidence["means"])].in_language(language)
        for step, _ in view.steps
        if (record := view.incident.steps.get(step.id)) is not None and "means" in record.evidence
        for field in step.evidence
        if field.name == "means" and field.options is not None
    ]


def _done(view: IncidentView, step_id: str) -> bool:
    return any(step.id == step_id and state is StepState.DONE for step, state in view.steps)


def _next(view: IncidentView, language: Language) -> list[str]:
    live = live_deadlines(view.incident, view.protocol, view.ground)
    due = [each for each in live if each.step.type is StepType.FOLLOW_UP]
    local = Local(language, view.zone)
    return [f"{due[0].step.title.in_language(language)}, {local.clock(due[0].due_at)}"] if due else []


def _call_back(desk: Desk, view: IncidentView) -> list[str]:
    office = desk.settings.office_phone
    lead = view.names.get(view.incident.lead) if view.incident.lead is not None else None
    return [*([for_people(office)] if office else []), *([lead] if lead else []), view.school.name]
