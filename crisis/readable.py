"""Signs that no keyboard writes. PostgreSQL keeps the first of them in no text, and a screen shows none of them."""

import re

READABLE = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"  # new lines and tabs are
_UNREADABLE = re.compile(READABLE.replace("^", "", 1))


def is_readable(text: str) -> bool:
    return _UNREADABLE.search(text) is None
