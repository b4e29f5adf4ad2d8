"""Whether what several people saw at the same time can be told as one story, one thing after the other.

The search of Wing and Gong, with the memory of Lowe: an operation may come next if none that has returned before it was
called is still to come; a set of operations with the state after it is tried once.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

State = TypeVar("State", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Did:
    """`called` and `returned` are times of one clock. `returned` is infinite where nobody got an answer."""

    who: str
    what: str
    said: str
    called: float
    returned: float


class Rule(Protocol[State]):
    """The states after an operation with this answer; none where the answer cannot be."""

    def __call__(self, state: State, did: Did, /) -> Sequence[State]: ...


def linearizable(history: Sequence[Did], begin: State, rule: Rule[State]) -> bool:
    tried: set[tuple[int, State]] = set()
    stack = [(0, begin)]  # which operations are told, as bits, and the state after them
    everything = (1 << len(history)) - 1
    while stack:
        told, state = stack.pop()
        if told == everything:
            return True
        if (told, state) in tried:
            continue
        tried.add((told, state))
        left = [number for number in range(len(history)) if not told >> number & 1]
        latest = min(history[number].returned for number in left)
        for number in left:
            if history[number].called <= latest:
                stack += [(told | 1 << number, after) for after in rule(state, history[number])]
    return False


@dataclass(frozen=True, slots=True)
class Held:
    """Who has a page."""

    owner: str | None = None


def of_a_page(state: Held, did: Did) -> Sequence[Held]:
    """One owner: the first to accept has it until they let go; a no of anybody else moves nobody from it.

    `still_open`: refused because somebody had it, who let go before the sentence was made. It is true when it is said.
    """
    match did.what, did.said:
        case "accept", "you_have_it":
            return [Held(did.who)] if state.owner in (None, did.who) else []
        case "accept", "someone_else":
            return [state] if state.owner not in (None, did.who) else []
        case "accept", "still_open":
            return [state] if state.owner is None else []
        case "decline", "declined":
            return [Held(None) if state.owner == did.who else state]
        case "read", owner:
            return [state] if (state.owner or "") == owner else []
        case _:
            return []
