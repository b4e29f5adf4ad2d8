"""Which adult is with the student: from identification to release exactly one, by offer and acceptance (I-1 to I-4)."""

from crisis import commands as cmd
from crisis import events as ev
from crisis.errors import Reason
from crisis.protocol_words import Subject
from crisis.protocols.schema import Protocol, Step
from crisis.record_words import RecordTask
from crisis.statemachine.by_record import opened
from crisis.statemachine.case import Case, person, rule, stamp
from crisis.statemachine.conditions import holds
from crisis.statemachine.incident import Incident
from crisis.statemachine.lifecycle import CUSTODY
from crisis.statemachine.steps import SETTLED, not_open, standing
from crisis.vocabulary import Custody, Emergency, PersonId, Phase, ReleaseTo, Role, StepState, StepType, Tier

RESCUERS = frozenset({ReleaseTo.EMS, ReleaseTo.POLICE, ReleaseTo.CHILD_PROTECTION})
FAMILY = frozenset({ReleaseTo.GUARDIAN, ReleaseTo.AUTHORISED_ADULT})


def _taken(case: Case, adult: PersonId, command: cmd.Command) -> list[ev.Event]:
    who = stamp(command, case.at)
    CUSTODY.move(case.incident.custody, "take", _held_by_another(case))
    steps = [step for step in case.protocol.steps if step.custody == "taken"]
    undone = [step for step in steps if standing(case.incident, case.protocol)[step.id] not in SETTLED]
    return [
        ev.CustodyTaken(**who, adult=adult),
        *(ev.StepCompleted(**who, step=step.id, evidence={}) for step in undone),
    ]


def _held_by_another(case: Case) -> list[Reason]:
    if case.protocol.subject is not Subject.STUDENT:
        return [Reason("I-1", "This is not about one student; whoever needs an adult gets an incident of their own")]
    held = case.incident.custody in (Custody.HELD, Custody.OFFERED)
    return [Reason("I-1", "Another adult is with the student; ask them to hand over")] if held else []


@rule.register
def _(command: cmd.TakeCustody, case: Case) -> list[ev.Event]:
    adult = person(command)
    if case.incident.custody is Custody.HELD and case.incident.adult == adult:
        return []
    return _taken(case, adult, command)


@rule.register
def _(command: cmd.NameAdult, case: Case) -> list[ev.Event]:
    person(command)
    return _taken(case, command.adult, command)


@rule.register
def _(command: cmd.OfferCustody, case: Case) -> list[ev.Event]:
    by, incident = person(command), case.incident
    holder = by == incident.adult or bool(command.by.roles & {Role.INCIDENT_LEAD, Role.ADMIN})
    CUSTODY.move(
        incident.custody,
        "offer",
        [
            *([] if holder else [Reason("I-1", "Only the adult who is with the student, or the lead, can hand over")]),
            *([Reason("I-1", "This adult is with the student already")] if command.to == incident.adult else []),
        ],
    )
    return [ev.CustodyOffered(**stamp(command, case.at), to=command.to)]


@rule.register
def _(command: cmd.AcceptCustody, case: Case) -> list[ev.Event]:
    by = person(command)
    for_another = by != case.incident.custody_offered_to
    reasons = [Reason("I-1", "The student was offered to somebody else")] if for_another else []
    CUSTODY.move(case.incident.custody, "accept", reasons)
    return [ev.CustodyAccepted(**stamp(command, case.at), adult=by)]


@rule.register
def _(command: cmd.DeclineCustody, case: Case) -> list[ev.Event]:
    concerned = {case.incident.custody_offered_to, case.incident.adult}
    foreign = person(command) not in concerned and Role.INCIDENT_LEAD not in command.by.roles
    reasons = [Reason("I-1", "This offer is between two others")] if foreign else []
    CUSTODY.move(case.incident.custody, "end_offer", reasons)
    return [ev.CustodyOfferEnded(**stamp(command, case.at))]


@rule.register
def _(command: cmd.ReportCustodyLost, case: Case) -> list[ev.Event]:
    person(command)
    CUSTODY.move(case.incident.custody, "lose")
    return [ev.CustodyLost(**stamp(command, case.at), last_seen=command.last_seen)]


@rule.register
def _(command: cmd.ReportStudentFound, case: Case) -> list[ev.Event]:
    adult = person(command)
    CUSTODY.move(case.incident.custody, "find")
    return [ev.StudentFound(**stamp(command, case.at), adult=adult)]


@rule.register
def _(command: cmd.ReleaseCustody, case: Case) -> list[ev.Event]:
    person(command)
    who = stamp(command, case.at)
    steps = [step for step in case.protocol.steps if step.custody == "released"]
    CUSTODY.move(case.incident.custody, "release", _against_release(command, case, steps))
    now = standing(case.incident, case.protocol)
    return [
        ev.CustodyReleased(**who, to=command.to, contact=command.contact, receiver=command.receiver),
        *(ev.StepCompleted(**who, step=step.id, evidence={}) for step in steps if now[step.id] not in SETTLED),
        *_of_the_state(command, case),
    ]


def _of_the_state(command: cmd.ReleaseCustody, case: Case) -> list[ev.Event]:
    """Field 18: where the state takes the student, its caseworker looks at the Indian Child Welfare Act."""
    return opened(RecordTask.CHECK_ICWA, command, case) if command.to is ReleaseTo.CHILD_PROTECTION else []


def _against_release(command: cmd.ReleaseCustody, case: Case, steps: list[Step]) -> list[Reason]:
    found = [*_unsafe_place(command, case), *_unverified(command), *_contraindicated(command, case)]
    if command.to is ReleaseTo.POLICE and not _police_decided(case):
        found.append(Reason("I-14", "Police only after a decision with a reason, or in an emergency"))
    found += _unaccepted(command, case)
    if command.to not in RESCUERS:  # an ambulance does not wait for a form
        blocked = [not_open(case.incident, case.protocol, step) for step in steps]
        found += [reason for reason in blocked if reason is not None]
    return found


def _highest(case: Case) -> Tier | None:
    """The level of risk that counts for what is done with the student, whichever of their incidents found it."""
    known = [each for each in (case.incident.effective_tier, case.ground.elsewhere.tier) if each is not None]
    return max(known, key=lambda each: each.rank, default=None)


def _unsafe_place(command: cmd.ReleaseCustody, case: Case) -> list[Reason]:
    tier = _highest(case) if case.incident.effective_tier is not None else None
    if tier is None and command.to not in RESCUERS and command.to is not ReleaseTo.CLINICIAN:
        text = "The level of risk is not known yet, so the student counts as at risk; assess first"
        assess = next((step.id for step in case.protocol.steps if step.type is StepType.ASSESS), None)
        return [Reason("I-3", text, at=f"/steps/{assess}" if assess else "")]
    if case.ground.elsewhere.level_owed and command.to not in RESCUERS and command.to is not ReleaseTo.CLINICIAN:
        text = "In another open incident of this student the level of risk is not known yet; assess there first"
        return [Reason("I-3", text)]
    if command.to is not ReleaseTo.CLASS:
        return []
    if tier not in (Tier.NONE, Tier.LOW):
        return [Reason("I-2", "Back to class only at no or low risk", at="release_to")]
    if Role.ASSESSOR not in command.by.roles:
        return [Reason("I-2", "Back to class only when the assessor signs off", at="release_to")]
    return []


def _unaccepted(command: cmd.ReleaseCustody, case: Case) -> list[Reason]:
    """Accept before release (I-15): a clinician takes the student when somebody there has taken responsibility."""
    if command.to is not ReleaseTo.CLINICIAN or case.incident.emergency is Emergency.ACTIVE:
        return []
    handoffs = [step.id for step in case.protocol.steps if step.type is StepType.HANDOFF]
    records = [case.incident.steps[step] for step in handoffs if step in case.incident.steps]
    if not handoffs or any(record.done_at is not None and not record.waived for record in records):
        return []  # an acceptance is what completes such a step; a new assessment wants a new one
    text = "Nobody there has accepted yet: first record who did, by name, then hand the student over"
    needed = standing(case.incident, case.protocol)[handoffs[0]] is not StepState.NOT_NEEDED
    return [Reason("I-15", text, at=f"/steps/{handoffs[0]}" if needed else "release_to")]


def _unverified(command: cmd.ReleaseCustody) -> list[Reason]:
    if command.to in FAMILY:
        known = command.contact is not None and command.identity_checked
        text = "Choose the adult from the record and check who they are first"
        return [] if known else [Reason("I-2", text, at="contact" if command.contact is None else "identity_checked")]
    if command.to is ReleaseTo.CLASS or command.receiver is not None:
        return []
    return [Reason("I-2", "Write down who took over: name and organisation", at="receiver")]


def _contraindicated(command: cmd.ReleaseCustody, case: Case) -> list[Reason]:
    if command.to not in FAMILY or not guardians_blocked(case):
        return []
    return [
        Reason(
            "I-10", "Family contact is blocked for this student; child protection decides on release", at="release_to"
        )
    ]


def guardians_blocked(case: Case) -> bool:
    """I-10: whether a declared exception, also an expired one, blocks every contact with the guardians.

    Of this incident or of another one of the same student.
    """
    return case.ground.elsewhere.guardians_blocked or family_blocked(case.incident, case.protocol)


def family_blocked(incident: Incident, protocol: Protocol) -> bool:
    """By an exception, or because nobody knows yet whether the family is safe."""
    rules = [protocol.exception(name) for name in incident.exceptions]
    declared = any(found is not None and found[1].blocks_guardians for found in rules)
    return declared or family_unknown(incident, protocol)


def family_unknown(incident: Incident, protocol: Protocol) -> bool:
    """Whether a question has to be answered first: not knowing is no permission."""
    waits = protocol.guardians_when
    return waits is not None and holds(waits, incident, standing(incident, protocol).settled) is not True


def _police_decided(case: Case) -> bool:
    if case.incident.emergency is Emergency.ACTIVE:
        return True
    decisions = [step for step in case.protocol.steps if step.type is StepType.DECISION]
    return any(
        choice.police and case.incident.steps[step.id].choice == choice.id
        for step in decisions
        if step.id in case.incident.steps
        for choice in step.choices
    )


@rule.register
def _(command: cmd.RecordReturn, case: Case) -> list[ev.Event]:
    """I-17: it anchors the re-entry meeting and never keeps the student out of school."""
    in_our_care = any(step.custody is not None for step in case.protocol.steps)
    still_here = case.incident.custody is not Custody.RELEASED or case.incident.phase is Phase.IDENTIFICATION
    if in_our_care and still_here:
        return []
    if case.incident.returned_at is not None:
        return []
    return [ev.StudentReturned(**stamp(command, case.at))]
