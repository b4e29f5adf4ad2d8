"""Everything about one incident as one JSON document, for a parent, an auditor or a court."""

import orjson
from sqlalchemy import Connection

from crisis.store import codec, incidents, protocols, queries, sealed
from crisis.store.sealed import KeyRing
from crisis.vocabulary import IncidentId


def document(tx: Connection, keys: KeyRing, incident_id: IncidentId) -> bytes:
    """With all words that have not been erased; whoever hands it out puts on record why."""
    incident = incidents.load(tx, incident_id)
    log = incidents.events_of(tx, incident_id)
    protocol = protocols.by_hash(tx, incident.protocol_hash)
    said = queries.words_in((stored.event for stored in log), protocol)
    content = {
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
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
