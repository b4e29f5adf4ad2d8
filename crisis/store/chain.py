"""How the log and the audit are chained: each digest covers its row and the digest before it."""

import hashlib
from collections.abc import Mapping

from crisis.store import codec

GENESIS = "0" * 64
EVENT_COLUMNS = ("position", "incident", "seq", "name", "district", "school", "mode", "at", "body")  # fixed for ever


def link(previous: str, *parts: object) -> str:
    return hashlib.sha256(codec.dumps([previous, *parts]).encode()).hexdigest()


def link_event(previous: str, row: Mapping[str, object]) -> str:
    return link(previous, *(row[name] for name in EVENT_COLUMNS))
