"""What must be true of a database and its telephones after any number of crashes, once everything has come to rest."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from crisis import clock
from crisis.effects import Effect, NotifyPerson, NotifyRole, PageLevel
from crisis.notify.answers import ANSWERED
from crisis.notify.ledger import Entry
from crisis.page_events import PageAttempted
from crisis.sentinel.auditor import Auditor
from crisis.statemachine.incident import Incident
from crisis.store import audit, codec, inbox, incidents, oncall, outbox, sample, signs
from crisis.store.engine import Store
from crisis.vocabulary import AttemptOutcome, Channel, DistrictId, IncidentId

_wall = clock.now  # of this machine, however the harness moves the time
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
CALLS = frozenset({"text", "call"})
OF_A_PAGE = re.compile(r".+-(text|voice)-\d+")  # a notice has no channel in its reference
MAY_VARY = frozenset(  # a call that nobody knows of is made again; a receipt on its way to a dead process is lost
    {"PageAttempted", "PageReceiptCame"}
)


# Notices wait for each other and are merged by what waits at the moment, so a crash moves them from one to another or
# past the end of the run; that none of them is overdue is asked below.
PACED = (NotifyRole, NotifyPerson)


@dataclass(frozen=True)
class Story:
    """What happened, without times and ids: the same for every run that ended well."""

    events: Counter[str]
    jobs: Counter[str]
    told: frozenset[tuple[str, str, str]]  # for which job which telephone got something, and what
    ends: tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Job:
    id: int
    incident: IncidentId
    effect: Effect
    done: bool


def story_of(store: Store, heard: Sequence[Entry], district: DistrictId = sample.DISTRICT) -> Story:
    with store.read() as tx:
        names = [name for known in _all(tx, district) for name in _names(tx, known)]
        ends = tuple(sorted(_end(known) for known in _all(tx, district)))
        jobs = _jobs(tx)
    told = {
        (_label(job), each.phone, each.kind)
        for job in jobs
        for each in heard
        if _of(each, job) and not isinstance(job.effect, PACED)
    }
    events = Counter(name for name in names if name not in MAY_VARY)
    return Story(events, Counter(map(_label, jobs)), frozenset(told), ends)


def _label(job: Job) -> str:
    """What a job is, without its ids."""
    effect = job.effect
    details = (getattr(effect, name, None) for name in ("name", "subject", "outcome", "role", "level"))
    return " ".join([type(effect).__name__, *(str(each) for each in details if each is not None)])


def faults(
    store: Store,
    heard: Sequence[Entry],
    at: datetime,
    *,
    crashes: int,
    undisturbed: Story,
    or_else: Collection[Story] = (),
    unknowns: int = 0,
    district: DistrictId = sample.DISTRICT,
) -> list[str]:
    """Every sentence is something that was lost, left half-done, done twice, or fell silent.

    `or_else` are other stories that end as well: who of two is faster, nobody can say. `unknowns` is how many calls
    broke off before anybody knew whether they were made.
    """
    story = story_of(store, heard, district)
    known = story in (undisturbed, *or_else)
    found = [] if known else [f"another story: {_difference(story, undisturbed)}"]
    found += seen_by_the_sentinel(store, at)
    with store.read() as tx:
        everything = _all(tx, district)
        jobs = _jobs(tx)
        chain = audit.verify(tx)
        found += [] if chain.ok else [f"the audit chain is broken: {chain.reason}"]
        found += [
            f"{known.id} is not what its log says" for known in everything if incidents.refold(tx, known.id) != known
        ]
        found += _left_undone(tx, store, at)
        found += _unheard(tx, everything, jobs, heard, at)
        found += _unrecorded(tx, everything, heard, crashes)
    return [*found, *_too_often(heard, crashes + unknowns)]


def seen_by_the_sentinel(store: Store, at: datetime) -> list[str]:
    """All that the watchman of an installation looks for, but whether a worker lives: here nobody waits for one."""
    report = Auditor(store, lambda: at, wall=_wall).audit()
    return [f"{each.invariant} {each.subject}: {each.what}" for each in report.findings if each.subject != signs.WORKER]


def _difference(story: Story, undisturbed: Story) -> str:
    events = f"events {dict(story.events - undisturbed.events)} for {dict(undisturbed.events - story.events)}"
    jobs = f"jobs {dict(story.jobs - undisturbed.jobs)} for {dict(undisturbed.jobs - story.jobs)}"
    told = f"told {sorted(story.told - undisturbed.told)} for {sorted(undisturbed.told - story.told)}"
    return f"{events}; {jobs}; {told}; ends {story.ends} for {undisturbed.ends}"


def _all(tx: Connection, district: DistrictId) -> list[Incident]:
    return incidents.current(tx, district, closed_since=BEGINNING)


def _names(tx: Connection, incident: Incident) -> list[str]:
    return [type(stored.event).__name__ for stored in incidents.events_of(tx, incident.id)]


def _end(incident: Incident) -> tuple[object, ...]:
    done = sorted(step for step, record in incident.steps.items() if record.done_at is not None)
    pages = sorted((page.role, page.state, page.level, page.accepted_by or "") for page in incident.pages.values())
    handoffs = sorted(handoff.state for handoff in incident.handoffs.values())
    now = (incident.phase, incident.custody, incident.effective_tier or "", incident.adult or "")
    return (*now, tuple(done), tuple(pages), tuple(handoffs))


def _jobs(tx: Connection) -> list[Job]:
    rows = tx.execute(text("SELECT id, incident, kind, body, done_at FROM outbox ORDER BY id"))
    return [
        Job(row.id, IncidentId(row.incident), codec.effect_from_text(row.kind, row.body), row.done_at is not None)
        for row in rows
    ]


def _left_undone(tx: Connection, store: Store, at: datetime) -> Iterator[str]:
    overdue, unanswered = outbox.waiting(tx, at), inbox.unanswered(tx, store.keys, 100)
    if overdue:
        yield f"{overdue} jobs are overdue"
    yield from (f"a {received.source} was never dealt with" for received in unanswered)


def _unheard(
    tx: Connection, everything: Sequence[Incident], jobs: Sequence[Job], heard: Sequence[Entry], at: datetime
) -> Iterator[str]:
    """A level that came due reached the telephone of each person on call, whatever died meanwhile."""
    known = {each.id: each for each in everything}
    for job in jobs:
        if not isinstance(job.effect, PageLevel):
            continue
        incident, level = known[job.incident], job.effect.level
        asked = oncall.on_call(tx, incident.district, incident.school, job.effect.role, level, at=at)
        for phone in (each.phones[0] for each in asked if each.phones):
            if not any(each.phone == phone and each.kind == "text" and _of(each, job) for each in heard):
                yield f"nobody was texted for level {level} of {job.effect.role}"


def _of(entry: Entry, job: Job) -> bool:
    return entry.reference.startswith(f"{job.id}-")


def _unrecorded(tx: Connection, everything: Sequence[Incident], heard: Sequence[Entry], crashes: int) -> Iterator[str]:
    """Each call about a page that a telephone got is in the log, and each that the log calls accepted came.

    One that went out in the instant of a crash may be missing where the same person was called in another way in that
    same instant: then nobody is called again, so nobody writes it down, unless a receipt comes.
    """
    log = [stored.event for each in everything for stored in incidents.events_of(tx, each.id)]
    tried = [event for event in log if isinstance(event, PageAttempted) and event.channel is not Channel.CONSOLE]
    named = [event for event in tried if not event.attempt.startswith(ANSWERED)]
    accepted = {event.attempt for event in named if event.outcome is AttemptOutcome.ACCEPTED}
    came = {each.reference for each in heard if each.kind in CALLS}
    calls = {reference for reference in came if OF_A_PAGE.fullmatch(reference)}
    missing = sorted(calls - {event.attempt for event in tried})
    beside = [call for call in missing if any(_same_person(call, other) for other in accepted)]
    yield from (f"call {call} is not in the log" for call in missing if call not in beside[:crashes])
    yield from (f"call {call} is in the log and never came" for call in sorted(accepted - came))


def _same_person(call: str, other: str) -> bool:
    """Of the same job, on whichever channel."""
    return call.rsplit("-", 2)[0] == other.rsplit("-", 2)[0]


def _too_often(heard: Sequence[Entry], reasons: int) -> Iterator[str]:
    """One crash, or one call of which nobody knows, one duplicate at most."""
    times = Counter((each.reference, each.phone) for each in heard if each.kind in CALLS and each.reference != "answer")
    yield from (f"{name} came {number} times" for (name, _), number in times.items() if number > 1 + reasons)
