"""Everything about one incident as one JSON document, for a parent, an auditor or a court, and why it went out."""

from datetime import datetime

import orjson
from sqlalchemy import Connection

from crisis.policy.disclosure_case import Disclosure
from crisis.store import audit, codec, disclosures, incidents, outflows, protocols, queries, sealed, statements
from crisis.store.disclosures import Happened
from crisis.store.sealed import KeyRing
from crisis.vocabulary import IncidentId, Mode, StudentId

WHOLE = "whole"  # the code of everything: never within the emergency's fields
NOTICE = (
    "This holds personally identifiable information from an education record. Federal law (34 CFR 99.33) lets you use "
    "it only for the purpose for which it was given to you, and forbids you to pass it on without consent."
)
PART2_NOTICE = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."


def release(
    tx: Connection, keys: KeyRing, incident_id: IncidentId, wanted: Disclosure | None, *, at: datetime
) -> bytes:
    """The document, and in the same transaction its row of the ledger; raises `DisclosureRefused` where it may not go.

    `wanted` None is for a drill alone: nothing in it is of anybody.
    """
    incident, action = incidents.load(tx, incident_id), "incident exported"
    if incident.mode is Mode.DRILL:
        audit.record(tx, at=at, actor=None, action=action, subject=incident_id)
        return _document(tx, keys, incident_id)
    assert wanted is not None
    whose = outflows.about(incident)
    given = outflows.circumstances_of(tx, whose, incident, at)
    happened = Happened(at=at, by=wanted.released_by, action=action, subject=incident_id)
    wanted = outflows.with_consent(tx, keys, whose, wanted, given)
    disclosures.disclose(tx, keys, whose, wanted, given, happened=happened)
    return _document(tx, keys, incident_id)


def _document(tx: Connection, keys: KeyRing, incident_id: IncidentId) -> bytes:
    """With all words that have not been erased."""
    incident = incidents.load(tx, incident_id)
    log = incidents.events_of(tx, incident_id)
    protocol = protocols.by_hash(tx, incident.protocol_hash)
    said = queries.words_in((stored.event for stored in log), protocol)
    content = {
        "notice": NOTICE,
        "incident": orjson.loads(codec.incident_text(incident)),
        "protocol": {"id": protocol.id, "version": protocol.version, "hash": incident.protocol_hash},
        "events": [
            {
                "position": stored.position,
                "seq": stored.seq,
                "event": type(stored.event).__name__,
                "body": codec.event_to_json(stored.event),
            }
            for stored in log
        ],
        "words": sealed.read(tx, keys, said),
        "statements": [] if incident.student is None else _statements(tx, keys, incident.student),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)


def _statements(tx: Connection, keys: KeyRing, student: StudentId) -> list[dict[str, str | None]]:
    """What the family says about the record goes with it (34 CFR 99.21(c))."""
    found = statements.of_student(tx, keys, student)
    return [{"at": each.recorded_at.isoformat(), "by": each.person, "text": each.text} for each in found]
