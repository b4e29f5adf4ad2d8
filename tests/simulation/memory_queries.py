"""What takes the place of the functions of `crisis.store`, by name: the same parameters, answered from memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crisis.call_words import CallState
from crisis.commands import Actor, Command, OpenIncident
from crisis.delivery import AttemptState, ProviderFault
from crisis.effects import Effect
from crisis.errors import Conflict, NotFound, Reason, Refused
from crisis.events import Event
from crisis.page_events import PageAttempted
from crisis.policy.sight import About, about
from crisis.protocols.schema import Protocol
from crisis.schedules.rota import Absence
from crisis.statemachine.evolve import fold
from crisis.statemachine.ground import Ground
from crisis.statemachine.incident import Incident
from crisis.statemachine.kit import Kit
from crisis.store import (
    allowances,
    audit,
    calls_out,
    conflicts,
    drill_runs,
    drill_texts,
    drills,
    errands,
    idempotency,
    inbox,
    incidents,
    instrument_texts,
    involved,
    methods,
    outbox,
    outflows,
    outgoing,
    page_codes,
    people,
    pins,
    planners,
    protocols,
    provider_alarms,
    rotations,
    same_student,
    sealed,
    signs,
    skills,
    telephones,
    texted,
    watch,
)
from crisis.store.allowances import FOR_GOOD
from crisis.store.calls_out import CallOut
from crisis.store.drill_texts import DrillText
from crisis.store.errands import Errand
from crisis.store.inbox import Received
from crisis.store.incidents import StoredEvent
from crisis.store.methods import Dialled, Holder
from crisis.store.outbox import Job
from crisis.store.outgoing import Asked, Outgoing
from crisis.store.page_codes import KEPT, Coded, NoCodeLeft, _codes
from crisis.store.people import ContactView, SchoolView, StaffView
from crisis.store.rotations import Book
from crisis.store.signs import Detail, Sign
from crisis.store.watch import Called, Ends, Logged, Waiting
from crisis.vocabulary import (
    AttemptOutcome,
    Channel,
    DistrictId,
    IncidentId,
    Mode,
    PageId,
    PersonId,
    ProtocolHash,
    Role,
    SchoolId,
    StudentId,
    WordsId,
)
from tests.simulation.district import DISTRICT
from tests.simulation.memory import Memory, Row, Sent, Tx
from tests.simulation.replacing import of

# incidents


@of(incidents)
def load(tx: Tx, incident_id: IncidentId, *, lock: bool = False) -> Incident:
    try:
        return tx.memory.incidents[incident_id]
    except KeyError:
        raise NotFound from None


@of(incidents)
def append(
    tx: Tx,
    before: Incident | None,
    after: Incident,
    events: Sequence[Event],
    *,
    at: datetime,
    effects: Sequence[tuple[int, Effect]] = (),
    entry: object = None,
    wait: timedelta = timedelta(0),
) -> int:
    known = tx.memory.incidents.get(after.id)
    if known is not None and (before is None or known.seq != before.seq):
        raise Conflict(known.seq, known.seq + 1, ())
    tx.put(tx.memory.incidents, after.id, after)
    log, position = tx.memory.events.setdefault(after.id, []), tx.memory.position
    length = len(log)
    log.extend(events)
    tx.memory.position += len(events)

    def undo() -> None:
        del log[length:]
        tx.memory.position = position

    tx.undo.append(undo)
    tx.touched[after.id] = None
    tx.info["wake"] = True
    outbox.put(tx, after, effects, at)  # type: ignore[arg-type]  # by its name: a test may have planted another
    return tx.memory.position


@of(incidents)
def events_of(tx: Tx, incident_id: IncidentId, *, after: int = 0, limit: int | None = None) -> list[StoredEvent]:
    log = tx.memory.events.get(incident_id, [])[after:][:limit]
    return [StoredEvent(0, incident_id, after + turn, event) for turn, event in enumerate(log, start=1)]


@of(incidents)
def head(tx: Tx) -> int:
    return tx.memory.position


@of(incidents)
def refold(tx: Tx, incident_id: IncidentId) -> Incident:
    return fold(tx.memory.events[incident_id])


# outbox


@of(outbox)
def put(tx: Tx, incident: Incident, effects: Sequence[tuple[int, Effect]], at: datetime) -> None:
    turns: dict[int, int] = {}
    for seq, effect in effects:
        turns[seq] = turns.get(seq, 0) + 1
        _insert(tx, incident, (seq, turns[seq]), effect, at)


@of(outbox)
def put_again(tx: Tx, incident: Incident, seq: int, effect: Effect, at: datetime) -> None:
    last = max(
        (row.turn for row in tx.memory.rows.values() if (row.incident, row.seq) == (incident.id, seq)), default=0
    )
    _insert(tx, incident, (seq, last + 1), effect, at)


def _insert(tx: Tx, incident: Incident, place: tuple[int, int], effect: Effect, at: datetime) -> None:
    memory = tx.memory
    memory.numbered += 1
    values = outbox._row(incident, *place, effect, at)
    row = Row(
        id=memory.numbered,
        incident=incident.id,
        seq=place[0],
        turn=place[1],
        mode=incident.mode,
        urgency=values["urgency"],  # type: ignore[arg-type]  # a row of the database is untyped
        effect=effect,
        due_at=values["due_at"],  # type: ignore[arg-type]
    )
    memory.keep(row)
    tx.undo.append(lambda: memory.drop(row))
    tx.touched[incident.id] = None
    tx.info["wake"] = True


def _free(tx: Tx, at: datetime) -> list[Row]:
    return [row for row in tx.memory.due(at) if row.claimed_until is None or row.claimed_until <= at]


@of(outbox)
def any_free(tx: Tx, at: datetime) -> bool:
    return bool(_free(tx, at))


@of(outbox)
def claim(tx: Tx, worker: str, at: datetime, *, limit: int, lease: timedelta, notices: bool | None = None) -> list[Job]:
    jobs = []
    free = [row for row in _free(tx, at) if notices in (None, row.urgency % outbox.DRILL >= outbox.TELLING)]
    for row in sorted(free, key=lambda each: (each.urgency, each.due_at, each.id))[:limit]:
        tx.change(row, claimed_until=at + lease, fence=row.fence + 1, attempts=row.attempts + 1)
        jobs.append(Job(row.id, row.incident, row.seq, row.effect, row.due_at, row.attempts, row.fence))
    return jobs


def _mine(tx: Tx, job: Job) -> Row | None:
    row = tx.memory.rows.get(job.id)
    return row if row is not None and row.fence == job.fence else None


@of(outbox)
def finish(tx: Tx, job: Job, at: datetime) -> bool:
    row = _mine(tx, job)
    if row is not None:
        tx.change(row, done_at=at, claimed_until=None)
        tx.touched[row.incident] = None
    return row is not None


@of(outbox)
def retry_at(tx: Tx, job: Job, when: datetime) -> bool:
    row = _mine(tx, job)
    if row is not None:
        tx.change(row, due_at=when if row.due_at == job.due_at else row.due_at, claimed_until=None)
    return row is not None


@of(outbox)
def held(tx: Tx, job: Job, at: datetime) -> bool:
    row = _mine(tx, job)
    return row is not None and row.claimed_until is not None and row.claimed_until > at


@of(outbox)
def hasten(tx: Tx, job_id: int, at: datetime) -> None:
    row = tx.memory.rows.get(job_id)
    if row is not None:
        tx.change(row, due_at=at - timedelta(microseconds=1))
    tx.info["wake"] = True


# telephones


@of(page_codes)
def give(tx: Tx, coded: Coded) -> Coded:
    known = tx.memory.codes.get((coded.phone, coded.page))
    if known is not None:
        return known
    used = {each.code for (phone, _page), each in tx.memory.codes.items() if phone == coded.phone}
    for code in _codes(used):
        given = replace(coded, code=code)
        tx.put(tx.memory.codes, (coded.phone, coded.page), given)
        return given
    raise NoCodeLeft


@of(page_codes)
def of_phone(tx: Tx, phone: str, at: datetime) -> list[Coded]:
    found = [each for each in tx.memory.codes.values() if each.phone == phone and each.given_at >= at - KEPT]
    return sorted(found, key=lambda each: each.given_at, reverse=True)


@of(page_codes)
def of_person(tx: Tx, page: PageId, person: PersonId) -> Coded | None:
    return next((each for each in tx.memory.codes.values() if (each.page, each.person) == (page, person)), None)


@of(inbox)
def receive(
    tx: Tx,
    keys: object,
    source: str,
    external_id: str,
    body: Mapping[str, str],
    *,
    at: datetime,
    kept_by: str | None = None,
) -> bool:
    """Copies at providers are forgotten by the upkeep, which is not played here."""
    if (source, external_id) in tx.memory.inbox:
        return False
    tx.put(tx.memory.inbox, (source, external_id), (Received(source, external_id, at, dict(body)), None))
    return True


@of(inbox)
def unanswered(tx: Tx, keys: object, limit: int) -> list[Received]:
    return [received for received, done_at in tx.memory.inbox.values() if done_at is None][:limit]


@of(inbox)
def done(tx: Tx, source: str, external_id: str, at: datetime) -> None:
    found = tx.memory.inbox.get((source, external_id))
    if found is not None:
        tx.put(tx.memory.inbox, (source, external_id), (found[0], at))


@of(allowances)
def take(tx: Tx, kind: str, subject: str, most: int, *, since: datetime = FOR_GOOD) -> bool:
    number = used(tx, kind, subject, since=since)
    if number < most:
        tx.put(tx.memory.used, (kind, subject, since), number + 1)
    return number < most


@of(allowances)
def used(tx: Tx, kind: str, subject: str, *, since: datetime = FOR_GOOD) -> int:
    return tx.memory.used.get((kind, subject, since), 0)


@of(calls_out)
def note(tx: Tx, call: CallOut) -> None:
    known = tx.memory.ringing.get((call.account, call.sid))
    if known is None:
        tx.put(tx.memory.ringing, (call.account, call.sid), call)
    elif calls_out._RANKS[known.state] < calls_out._RANKS[call.state]:
        tx.put(tx.memory.ringing, (call.account, call.sid), replace(known, state=call.state))


@of(calls_out)
def answered(tx: Tx, account: str, sid: str) -> None:
    known = tx.memory.ringing.get((account, sid))
    if known is not None and known.state is CallState.PLACED:
        tx.put(tx.memory.ringing, (account, sid), replace(known, state=CallState.ANSWERED))


@of(calls_out)
def going_on(tx: Tx, page: PageId, at: datetime) -> list[CallOut]:
    found = [
        each
        for each in tx.memory.ringing.values()
        if each.page == page and each.state is not CallState.OVER and each.made_at > at - calls_out.STALE
    ]
    return sorted(found, key=lambda each: (each.made_at, each.sid))


@of(calls_out)
def over(tx: Tx, call: CallOut) -> None:
    known = tx.memory.ringing.get((call.account, call.sid))
    if known is not None:
        tx.put(tx.memory.ringing, (call.account, call.sid), replace(known, state=CallState.OVER))


@of(methods)
def _dialled_by(tx: Tx, persons: Iterable[PersonId]) -> dict[PersonId, tuple[Dialled, ...]]:
    memory = tx.memory
    return {
        person: tuple(
            Dialled(
                number=number,
                texts=number not in memory.no_texts and (number, Channel.TEXT) not in memory.bad,
                calls=(number, Channel.VOICE) not in memory.bad,
            )
            for number in memory.district.staff[person].phones
        )
        for person in persons
    }


_dialled_by.__name__ = "dialled"  # two modules have one of that name


def _holders(tx: Tx, number: str) -> list[Holder]:
    gone = tx.memory.district.book.gone
    known = tx.memory.district.staff.values()
    return [Holder(each.id, DISTRICT, True) for each in known if number in each.phones and each.id not in gone]


@of(methods)
def opt_out(tx: Tx, number: str, *, at: datetime) -> list[Holder]:
    new = [] if number in tx.memory.no_texts else _holders(tx, number)
    if new:
        tx.put(tx.memory.no_texts, number, True)
    return new


@of(methods)
def opt_in(tx: Tx, number: str, *, at: datetime) -> list[PersonId]:
    raise NotImplementedError("nobody here writes START")


@of(methods)
def mark_bad(tx: Tx, number: str, channel: Channel, code: str, *, at: datetime) -> list[Holder]:
    new = [] if (number, channel) in tx.memory.bad else _holders(tx, number)
    if new:
        tx.put(tx.memory.bad, (number, channel), True)
    return new


@of(planners)
def tell(
    tx: Tx,
    district: DistrictId,
    subject: object,
    *,
    at: datetime,
    amount: int | None = None,
    also: Iterable[PersonId] = (),
    but: PersonId | None = None,
) -> None:
    """Words to planners go out beside the pages, and have tests of their own."""


@of(errands)
def with_codes(tx: Tx, number: str) -> list[Errand]:
    return []


@of(errands)
def asking(tx: Tx, at: datetime, *, number: str | None = None, person: PersonId | None = None) -> list[Errand]:
    return []


@of(pins)
def is_set(tx: Tx, person: PersonId) -> bool:
    return False


# what was given to providers


def _keep(tx: Tx, sent: Sent) -> None:
    memory = tx.memory
    if sent.out.reference not in memory.outgoing:
        theirs = memory.sent_to.setdefault(sent.out.phone, [])
        theirs.append(sent.out.reference)
        tx.undo.append(theirs.pop)
    tx.put(memory.outgoing, sent.out.reference, sent)
    if sent.look_at is not None:
        memory.looked(sent.look_at)


@of(outgoing)
def begin(tx: Tx, out: Outgoing) -> None:
    known = tx.memory.outgoing.get(out.reference)
    again = Outgoing.tries if known is None else known.out.tries  # type: ignore[attr-defined]  # a slot of the class
    tries = 1 if known is None else again + 1
    look_at = None if known is None else known.look_at
    _keep(tx, Sent(replace(out, asked={}, tries=tries), out.at, look_at))


@of(outgoing)
def one_at_a_time(tx: Tx, phone: str) -> None:
    return None


@of(outgoing)
def _answered(
    tx: Tx,
    reference: str,
    asked: Mapping[str, Asked],
    state: AttemptState,
    at: datetime,
    *,
    look_at: datetime | None,
) -> None:
    known = tx.memory.outgoing.get(reference)
    if known is None:
        return
    early = known.out.state.rank < AttemptState.ANSWERED.rank
    out = replace(known.out, asked=dict(asked))
    _keep(tx, replace(known, out=out, look_at=look_at if early else known.look_at))
    heard(tx, reference, state, at)


_answered.__name__ = "answered"  # two modules have one of that name


@of(outgoing)
def heard(tx: Tx, reference: str, state: AttemptState, at: datetime) -> AttemptState | None:
    known = tx.memory.outgoing.get(reference)
    if known is None:
        return None
    if state.rank <= known.out.state.rank:
        return known.out.state
    look_at = None if state.rank >= AttemptState.ANSWERED.rank else known.look_at
    _keep(tx, Sent(replace(known.out, state=state), at, look_at))
    return state


@of(outgoing)
def adopt(tx: Tx, reference: str, provider: str, asked: Asked) -> None:
    known = tx.memory.outgoing.get(reference)
    if known is not None:
        _keep(tx, replace(known, out=replace(known.out, asked={**known.out.asked, provider: asked})))


@of(outgoing)
def one(tx: Tx, reference: str) -> Outgoing | None:
    known = tx.memory.outgoing.get(reference)
    return None if known is None else known.out


@of(outgoing)
def to_look_at(tx: Tx, at: datetime, *, limit: int, lease: timedelta) -> list[Outgoing]:
    due = [each for each in tx.memory.outgoing.values() if each.look_at is not None and each.look_at <= at]
    due.sort(key=lambda each: (each.out.urgency or "", each.look_at, each.out.reference))
    for each in due[:limit]:
        _keep(tx, replace(each, look_at=at + lease))
    return [each.out for each in due[:limit]]


@of(outgoing)
def next_look(tx: Tx) -> datetime | None:
    return min((each.look_at for each in tx.memory.outgoing.values() if each.look_at is not None), default=None)


@of(outgoing)
def look_again(tx: Tx, reference: str, when: datetime | None) -> None:
    _keep(tx, replace(tx.memory.outgoing[reference], look_at=when))


@of(outgoing)
def texts_to(tx: Tx, phone: str, since: datetime) -> list[Outgoing]:
    theirs = (tx.memory.outgoing[each].out for each in tx.memory.sent_to.get(phone, ()))
    found = [
        each
        for each in theirs
        if each.at > since and each.channel is Channel.TEXT and each.state is not AttemptState.FAILED
    ]
    return sorted(found, key=lambda each: each.at)


@of(outgoing)
def family_texts(tx: Tx, phone: str, since: datetime) -> list[Outgoing]:
    """No family here is written to."""
    return []


@of(drill_texts)
def last_to(tx: Tx, phone: str) -> DrillText | None:
    """Nobody is simulated here."""
    return None


@of(texted)
def long_ago(tx: Tx, phone: str) -> list[Outgoing]:
    """No family here is written to."""
    return []


@of(outgoing)
def _of(tx: Tx, references: Collection[str]) -> dict[str, Outgoing]:
    known = tx.memory.outgoing
    return {each: known[each].out for each in references if each in known}


_of.__name__ = "of"  # the mark has this name here


@of(outgoing)
def names_of_others(tx: Tx, out: Outgoing) -> set[str]:
    theirs = (tx.memory.outgoing[each].out for each in tx.memory.sent_to.get(out.phone, ()))
    near = [each for each in theirs if each.at > out.at - timedelta(hours=1) and each.reference != out.reference]
    return {said.sid for each in near for said in each.asked.values() if said.sid}


@of(outgoing)
def recent(tx: Tx, since: datetime) -> list[Outgoing]:
    found = [each for each in tx.memory.outgoing.values() if each.out.at > since or each.state_at > since]
    return [each.out for each in sorted(found, key=lambda each: each.out.at)]


@of(provider_alarms)
def seen(tx: Tx, provider: str, channel: Channel, fault: ProviderFault, at: datetime) -> None:
    """What is wrong with a provider is told beside the pages."""


@of(provider_alarms)
def gone(tx: Tx, provider: str, channel: Channel, fault: ProviderFault, at: datetime) -> None: ...


@of(drills)
def list_staff(tx: Tx, drill: Incident) -> None:
    """All of the staff, who do not change here."""


@of(drills)
def enrolled(tx: Tx, drill: IncidentId) -> frozenset[PersonId] | None:
    """None of them is planned here."""
    return None


@of(drill_runs)
def hold(tx: Tx, command: OpenIncident) -> None: ...


@of(drill_runs)
def started(tx: Tx, incident: Incident, command: OpenIncident, at: datetime) -> None: ...


@of(drill_runs)
def waits(tx: Tx, incident: Incident, command: Command, at: datetime) -> timedelta:
    return timedelta(0)


@of(drill_runs)
def of_close(tx: Tx, events: Iterable[Event], after: Incident, at: datetime) -> None: ...


@of(drill_runs)
def running(tx: Tx, district: DistrictId, school: SchoolId) -> list[Incident]:
    """None is stood down here: universes practise beside what is real, to see that neither holds the other up."""
    return []


@of(drills)
def within(tx: Tx, drill: IncidentId, numbers: Collection[str]) -> set[str]:
    gone_away = tx.memory.district.book.gone
    staff_phones = {
        phone for each in tx.memory.district.staff.values() if each.id not in gone_away for phone in each.phones
    }
    return set(numbers) & staff_phones


# who is who


@of(same_student)
def open_of(tx: Tx, student: StudentId, but: IncidentId | None = None) -> list[Incident]:
    theirs = (each for each in tx.memory.incidents.values() if each.student == student and each.id != but)
    return [each for each in theirs if each.closed_at is None]


@of(people)
def hold_student(tx: Tx, student_id: StudentId) -> None:
    """One thread has this memory at a time."""


@of(conflicts)
def names_somebody(tx: Tx, incident: Incident) -> bool:
    return False


@of(conflicts)
def _people(tx: Tx, incident: Incident) -> frozenset[PersonId]:
    """Nobody here is anybody's kin."""
    return frozenset()


_people.__name__ = "people"  # the module of that name is another one


@of(involved)
def about_of(tx: Tx, incident: Incident) -> About:
    """Nobody here sees what is not theirs."""
    return about(incident)


@of(people)
def school(tx: Tx, school_id: SchoolId) -> SchoolView:
    return tx.memory.district.schools[school_id]


@of(people)
def staff(tx: Tx, district: DistrictId, school: SchoolId | None = None) -> list[StaffView]:
    gone = tx.memory.district.book.gone
    here = [each for each in tx.memory.district.staff.values() if each.id not in gone]
    return here if school is None else [each for each in here if school in each.schools]


@of(people)
def present(tx: Tx, district: DistrictId, school: SchoolId, role: Role) -> list[PersonId]:
    return [PersonId(each.id) for each in staff(tx, district, school) if role in each.roles and not each.missing]


@of(people)
def dialled(tx: Tx, people: Iterable[str]) -> dict[str, tuple[str, ...]]:
    known = tx.memory.district.staff
    return {each: known[PersonId(each)].phones for each in people if known[PersonId(each)].phones}


@of(people)
def language(tx: Tx, person: PersonId) -> str | None:
    return tx.memory.district.languages.get(person)


@of(telephones)
def language_at(tx: Tx, number: str) -> str | None:
    district = tx.memory.district
    known = {district.languages.get(each) for each, view in district.staff.items() if number in view.phones} - {None}
    return known.pop() if len(known) == 1 else None


@of(people)
def actors(tx: Tx, people: Collection[PersonId]) -> dict[PersonId, Actor]:
    """Who was switched off has no post."""
    district = tx.memory.district
    none = {"posts": frozenset[object](), "roles": frozenset[object](), "schools": frozenset[object]()}
    found = {each: district.actors[each] for each in people if each in district.actors}
    return {
        each: replace(actor, **none) if each in district.book.gone else actor  # type: ignore[arg-type]
        for each, actor in found.items()
    }


@of(people)
def contacts_of(tx: Tx, student_id: StudentId) -> list[ContactView]:
    return []


@of(people)
def ground(tx: Tx, school_id: SchoolId) -> Ground:
    return tx.memory.district.grounds[school_id]


@of(rotations)
def read(tx: Tx, district: DistrictId, since: datetime, until: datetime, *, only: object = None) -> Book:
    return tx.memory.district.book


@of(rotations)
def absences(tx: Tx, district: DistrictId, since: datetime, until: datetime) -> tuple[Absence, ...]:
    return tuple(each for each in tx.memory.district.book.absences if each.starts_at < until and each.ends_at > since)


@of(skills)
def of_district(tx: Tx, district: DistrictId) -> dict[PersonId, tuple[str, ...]]:
    return dict(tx.memory.district.skills)


@of(protocols)
def by_hash(tx: Tx, protocol_hash: ProtocolHash) -> Protocol:
    return tx.memory.district.protocols[protocol_hash]


@of(protocols)
def must_be_whole(tx: Tx, protocol_hash: ProtocolHash) -> Protocol:
    return tx.memory.district.protocols[protocol_hash]


@of(protocols)
def current(tx: Tx, crisis_type: str, district: DistrictId, at: datetime) -> tuple[Protocol, ProtocolHash]:
    hashed = tx.memory.district.in_force.get(crisis_type)
    if hashed is None:
        raise NotFound
    return tx.memory.district.protocols[hashed], hashed


# what is written beside


@of(audit)
def record(tx: Tx, *, at: datetime, actor: PersonId | None, action: str, subject: str, detail: object = None) -> None:
    """The chain is proved on the real stores."""


@of(sealed)
def _put(tx: Tx, keys: object, subject: str, words: Mapping[WordsId, str]) -> None: ...


_put.__name__ = "put"  # two modules have one of that name


@of(idempotency)
def earlier(tx: Tx, key: str, actor: str, digest: str) -> tuple[IncidentId, int] | None:
    found = tx.memory.keys_used.get((actor, key))
    if found is None:
        return None
    if found[0] != digest:
        raise Refused(Reason("KEY", "This idempotency key was used for something else; use a new one"))
    return found[1], found[2]


@of(idempotency)
def remember(tx: Tx, key: str, actor: str, digest: str, incident: IncidentId, *, position: int) -> None:
    tx.put(tx.memory.keys_used, (actor, key), (digest, incident, position))


@of(signs)
def leave(tx: Tx, name: str, at: datetime, *, good: bool, detail: Detail | None = None) -> None:
    before = tx.memory.signs.get(name)
    good_at = at if good else before.good_at if before is not None else None
    tx.put(tx.memory.signs, name, Sign(at, good_at, detail or {}))


@of(signs)
def left(tx: Tx) -> dict[str, Sign]:
    return dict(tx.memory.signs)


# what the auditor reads


@of(instrument_texts)
def kit(tx: Tx, district: DistrictId, student: StudentId | None, at: datetime) -> Kit:
    """Nobody here has taken another form into use."""
    return Kit()


@of(watch)
def count_open(tx: Tx) -> int:
    return len(all_open(tx))


@of(watch)
def all_open(tx: Tx) -> list[tuple[Incident, int]]:
    found = [(each, each.seq) for each in tx.memory.incidents.values() if each.closed_at is None]
    return sorted(found, key=lambda each: each[0].id)


@of(watch)
def waiting(tx: Tx, incident: IncidentId | None = None) -> list[Waiting]:
    rows = tx.memory.rows if incident is None else tx.memory.of_incident.get(incident, {})
    return [
        Waiting(
            id=row.id,
            incident=row.incident,
            seq=row.seq,
            turn=row.turn,
            mode=row.mode,
            effect=row.effect,
            due_at=row.due_at,
            attempts=row.attempts,
            claimed_until=row.claimed_until,
        )
        for _number, row in sorted(rows.items())
    ]


@of(watch)
def logged(tx: Tx) -> dict[IncidentId, Logged]:
    return {each.id: Logged(*[len(tx.memory.events[each.id])] * 2) for each, _seq in all_open(tx)}


@of(watch)
def calls(tx: Tx, incidents: Sequence[IncidentId]) -> dict[IncidentId, list[Called]]:
    found = {each: _calls_of(tx.memory, each) for each in incidents}
    return {each: made for each, made in found.items() if made}


def _calls_of(memory: Memory, incident: IncidentId) -> list[Called]:
    """Each event is looked at once, unless a transaction was taken back since."""
    seen, made = memory.calls.get(incident, (0, []))
    log = memory.events[incident]
    if seen > len(log):
        seen, made = 0, []
    new = [watch._called(event) for event in log[seen:] if isinstance(event, PageAttempted)]
    memory.calls[incident] = (len(log), [*made, *new] if new else made)
    return memory.calls[incident][1]


@of(watch)
def outcomes(tx: Tx, *, since: datetime, most: int) -> dict[Mode, list[AttemptOutcome]]:
    return {}


@of(watch)
def ends(tx: Tx) -> Ends:
    return Ends(tx.memory.position, 0, tx.memory.position, 0)


@of(watch)
def unread(tx: Tx, before: datetime) -> int:
    return sum(done_at is None and received.received_at < before for received, done_at in tx.memory.inbox.values())


@of(watch)
def mixed_up(tx: Tx) -> list[IncidentId]:
    known = tx.memory.incidents
    return sorted({row.incident for row in tx.memory.rows.values() if row.mode is not known[row.incident].mode})


@of(watch)
def clock_apart(tx: Tx, at: datetime) -> timedelta:
    return timedelta(0)


@of(outflows)
def of_change(
    tx: Tx,
    keys: object,
    events: Iterable[Event],
    after: Incident,
    by: Actor,
    *,
    protocol: Protocol,
    words: Mapping[WordsId, str],
    at: datetime,
) -> None:
    """What is put on record of a handoff changes nothing of a page; the ledger has its own tests."""
