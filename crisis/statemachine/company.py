"""Who sits with the student because the student trusts them (`privacy-and-culture.md` 2.3, field 25).

Nothing waits for it: one accountable adult is with the student in any case (I-1), and whoever comes takes over as
everybody does.
"""

from dataclasses import replace

from crisis import record_commands as ccmd
from crisis import record_events as cev
from crisis.effects import Effect, NotifyPerson
from crisis.errors import Reason, Refused, refuse_if
from crisis.events import Event
from crisis.protocol_words import Subject
from crisis.protocols.schema import Protocol
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.folding import folded, with_
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Company, Incident
from crisis.statemachine.reacting import reaction
from crisis.vocabulary import Custody, PersonId

RULE, COMES = "FIELD-25", "asked_to_come"


def sits(protocol: Protocol) -> bool:
    """Whether this is about one student whom somebody could sit with."""
    return protocol.subject is Subject.STUDENT


def could_be_about_staff(protocol: Protocol) -> bool:
    """Whoever is trusted may be whom the report is about: then nobody is told before a person has thought of it."""
    return protocol.at_opening is not None or protocol.guardians_when is not None


@rule.register
def _(command: ccmd.AskToCome, case: Case) -> list[Event]:
    person(command)
    incident, to = case.incident, command.to
    refuse_if(
        None if sits(case.protocol) else Reason(RULE, "This is not about one student whom somebody could sit with"),
        Reason("I-1", "The student is in other hands already") if incident.custody is Custody.RELEASED else None,
        Reason("I-1", "This adult is with the student already") if to == incident.adult else None,
        None
        if to in case.ground.trusted
        else Reason(RULE, "Choose an adult whom the student named and who can be asked now"),
    )
    return [] if _is_asked(incident, to) else [cev.CompanyAsked(**stamp(command, case.at), to=to)]


def _is_asked(incident: Incident, person: PersonId) -> bool:
    known = incident.company.get(person)
    return known is not None and known.coming is not False


def at_once(case: Case) -> list[Event]:
    """By the student's own wish. Not who knows already, and nobody where the report could be about them."""
    incident = case.incident
    if not sits(case.protocol) or could_be_about_staff(case.protocol) or incident.custody is Custody.RELEASED:
        return []
    wanted = [each for each in case.ground.trusted if each in case.ground.trusted_at_once]
    known = {incident.opened_by, incident.adult, incident.lead}
    return [
        cev.CompanyAsked(at=case.at, by=None, to=each)
        for each in wanted
        if each not in known and not _is_asked(incident, each)
    ]


@rule.register
def _(command: ccmd.SayIfComing, case: Case) -> list[Event]:
    by = person(command)
    known = case.incident.company.get(by)
    if known is None:
        raise Refused(Reason(RULE, "Nobody asked you to sit with the student"))
    if known.coming is command.coming:
        return []
    return [cev.CompanyAnswered(**stamp(command, case.at), coming=command.coming)]


@folded.register
def _(event: cev.CompanyAsked, incident: Incident) -> Incident:
    asked = Company(asked_at=event.at, asked_by=event.by)
    return replace(incident, company=with_(incident.company, event.to, asked))


@folded.register
def _(event: cev.CompanyAnswered, incident: Incident) -> Incident:
    assert event.by is not None
    answered = replace(incident.company[event.by], coming=event.coming)
    return replace(incident, company=with_(incident.company, event.by, answered))


@reaction.register
def _(event: cev.CompanyAsked, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    return [NotifyPerson(person=event.to, subject=COMES, mode=after.mode)]


@reaction.register
def _(event: cev.CompanyAnswered, after: Incident, protocol: Protocol, ground: Ground) -> list[Effect]:
    """To whoever asked and whoever is with the student; to the lead where neither is known."""
    assert event.by is not None
    known = {after.company[event.by].asked_by, after.adult} - {event.by, None} or {after.lead} - {event.by}
    told = sorted(each for each in known if each is not None)
    return [NotifyPerson(person=each, subject="company_answered", mode=after.mode) for each in told]
