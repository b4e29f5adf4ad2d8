"""The one place that asks for the time and for new ids; everything else is handed them."""

import secrets
from datetime import UTC, datetime

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


def now() -> datetime:
    """The time now, in UTC, aware."""
    return datetime.now(UTC)


def new_id() -> str:
    """26 characters, ordered by time (48 bits of milliseconds), the rest (80 bits) random."""
    number = (int(now().timestamp() * 1000) << 80) | secrets.randbits(80)
    return "".join(_DIGITS[(number >> shift) & 31] for shift in range(125, -1, -5))
