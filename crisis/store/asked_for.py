"""What a student asked for, as the rules and the paging take it: read anew each time, so that a wish counts at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from crisis import commands as cmd
from crisis import instrument_commands as icmd
from crisis import page_commands as pcmd
from crisis import record_commands as ccmd
from crisis.commands import ActorKind
from crisis.policy.preferences import LEAD_FIRST, SKILLS
from crisis.record_words import Preference, PreferenceKind
from crisis.statemachine.answering import CLINICAL
from crisis.statemachine.ground import Ground, Wishes
from crisis.statemachine.incident import Incident
from crisis.store import company, conflicts, instrument_texts, preferences, skills
from crisis.store.preferences import KeptPreference
from crisis.vocabulary import DistrictId, PersonId, Role, StudentId

WEIGHED = (pcmd.AcceptPage, pcmd.Arrive, cmd.SetTier, cmd.SignTier, cmd.RecordSupports, cmd.AnswerDecision)

WITH_INSTRUMENTS = (cmd.RecordScreen, cmd.RecordInterview, icmd.RecordQuestionnaire, icmd.RecordTooYoung)


def ground_for(tx: Connection, ground: Ground, incident: Incident, command: cmd.Command, at: datetime) -> Ground:
    """With what the student asked for, or with what is at hand to ask them with, where this order weighs it."""
    if isinstance(command, cmd.CompleteStep):
        return replace(ground, conflict_entered=conflicts.names_somebody(tx, incident))
    if isinstance(command, ccmd.AskToCome):
        return company.ground_of(tx, ground, incident, at)
    if isinstance(command, cmd.IdentifyStudent):
        about = replace(incident, student=command.student)  # who is kept out of it, once it is about this student
        return company.ground_of(tx, ground, about, at)
    if isinstance(command, WITH_INSTRUMENTS):
        return replace(ground, kit=instrument_texts.kit(tx, incident.district, incident.student, at))
    if incident.student is None or not isinstance(command, WEIGHED):
        return ground
    return replace(ground, wishes=of_student(tx, incident.district, incident.student))


def at_opening(tx: Connection, ground: Ground, command: cmd.OpenIncident, at: datetime) -> Ground:
    """Before there is an incident."""
    if command.student is None or command.by.kind is ActorKind.SYSTEM:
        return ground
    return company.ground_for(tx, ground, (command.by.district, command.student), at)


def of_student(tx: Connection, district: DistrictId, student: StudentId) -> Wishes:
    kept = preferences.of_student(tx, student)
    wanted = skills.wanted(tx, student, _skills(kept))
    return Wishes(
        skills=wanted,
        named=_persons(kept, Preference.NAMED_CLINICIAN),
        avoided=_persons(kept, Preference.NOT_THIS_CLINICIAN),
        ours=_persons(kept, Preference.OWN_COMMUNITY),
        can=skills.plainly(tx, district) if wanted else {},
        supports=frozenset(each.preference.value for each in kept if each.kind is PreferenceKind.SUPPORT),
        lead_first=any(each.kind in LEAD_FIRST for each in kept),
    )


def of_page(tx: Connection, incident: Incident, role: Role, prefers: Iterable[str]) -> Wishes:
    """Whom to ask first: what the step prefers, and for clinicians what the student asked for."""
    if incident.student is not None and role in CLINICAL:
        known = of_student(tx, incident.district, incident.student)
    else:
        known = Wishes(skills=skills.wanted(tx, incident.student, ()))
    wanted = known.skills | frozenset(prefers)
    return replace(known, skills=wanted, can=skills.plainly(tx, incident.district) if wanted else {})


def _skills(kept: Iterable[KeptPreference]) -> list[str]:
    return [each.preference.value for each in kept if each.preference in SKILLS]


def _persons(kept: Iterable[KeptPreference], preference: Preference) -> frozenset[PersonId]:
    return frozenset(each.person for each in kept if each.preference is preference and each.person is not None)
