"""Where the crash harness may strike: named points at every commit and effect boundary. Nothing happens without it.

`CRISIS_FAILPOINT=count:FILE` appends the name of each point passed; `NAME#N` ends the process like a power cut at the
N-th passing of that point.
"""

import os
import threading
from collections import Counter

_PLAN = os.environ.get("CRISIS_FAILPOINT", "")
_passed: Counter[str] = Counter()
_counting = threading.Lock()


def hit(name: str) -> None:
    """Passes a point; costs a comparison where no harness runs."""
    if not _PLAN:
        return
    if _PLAN.startswith("count:"):
        with open(_PLAN.removeprefix("count:"), "a", encoding="utf-8") as file:
            file.write(name + "\n")
        return
    with _counting:
        _passed[name] += 1
        if f"{name}#{_passed[name]}" == _PLAN:
            os._exit(137)
