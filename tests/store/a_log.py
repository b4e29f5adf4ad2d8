"""A few events and audit rows of an incident, for tests of the store alone."""

from datetime import UTC, datetime

from crisis import events as ev
from crisis.statemachine.evolve import begin, evolve
from crisis.statemachine.incident import Incident
from crisis.store import audit, incidents, sealed
from crisis.store.engine import Store
from crisis.vocabulary import Beside, DistrictId, IncidentId, Mode, PersonId, ProtocolHash, SchoolId, WordsId

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)


def an_opening(incident: str = "i-1") -> ev.IncidentOpened:
    return ev.IncidentOpened(
        at=AT,
        by=PersonId("p-1"),
        incident=IncidentId(incident),
        district=DistrictId("d-1"),
        school=SchoolId("s-1"),
        mode=Mode.LIVE,
        crisis_type="suicide_ideation",
        protocol="suicide_risk",
        version="1.0.0",
        protocol_hash=ProtocolHash("h"),
        place=None,
        student=None,
        beside=Beside.ME,
    )


def a_note(words: str) -> ev.NoteAdded:
    return ev.NoteAdded(at=AT, by=PersonId("p-1"), words=WordsId(words))


def opened(store: Store, incident: str = "i-1") -> Incident:
    first = an_opening(incident)
    with store.write() as tx:
        incidents.append(tx, None, begin(first), [first], at=AT)
        audit.record(tx, at=AT, actor=PersonId("p-1"), action="OpenIncident", subject=incident)
    return begin(first)


def noted(store: Store, before: Incident, *words: str) -> Incident:
    """Each of `words` is an id; its text is `text of ID`."""
    events = [a_note(each) for each in words]
    after = before
    for event in events:
        after = evolve(after, event)
    with store.write() as tx:
        sealed.put(tx, store.keys, after.id, {WordsId(each): f"text of {each}" for each in words})
        incidents.append(tx, before, after, events, at=AT)
        audit.record(tx, at=AT, actor=None, action="AddNote", subject=after.id)
    return after
