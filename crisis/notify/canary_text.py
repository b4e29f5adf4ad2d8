"""The text of a canary page: a word and its id, from our number to a machine number of ours, and back to us."""

import re
from datetime import datetime

from crisis.store import canaries
from crisis.store.engine import Store

_TEXT = re.compile(r"CRISIS canary ([0-9a-z]{26})")


def text_of(canary: str) -> str:
    return f"CRISIS canary {canary}"


def came_back(store: Store, body: str, at: datetime) -> bool:
    """Whether a text that came in is a canary of ours; then it has made its way."""
    found = _TEXT.fullmatch(body.strip())
    if found is None:
        return False
    with store.write() as tx:
        return canaries.came_back(tx, found[1], at)
