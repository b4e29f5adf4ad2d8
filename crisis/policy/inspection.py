"""A parent's, or an eligible student's, request to see the record: its deadline, what is kept back, who else is hidden.

34 CFR 99.10 to 99.12; the days come from the policy pack. A part is kept back only with its basis in law, chosen by a
person; nothing is left out silently (`privacy-and-culture.md` 3.5, PR-39).
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from crisis.disclosure_words import RequestStage, WithholdBasis
from crisis.errors import Reason
from crisis.policy.packs import Pack
from crisis.vocabulary import PersonId

HALF, MOST = 0.5, 0.8  # of the time that the law gives
HIDDEN = "[…]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that is decided about. `very_restricted`: two people; `never`: no requester gets it (PR-41)."""

    key: str
    very_restricted: bool = False
    never: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`basis` None: they get it. `quiet`: that it was kept back is not said either."""

    basis: WithholdBasis | None
    quiet: bool = False


def due(asked_on: date, pack: Pack) -> date:
    """The last day; calendar days, as the law counts them."""
    return asked_on + timedelta(days=pack.record_access_days)


def stage(asked_on: date, due_on: date, today: date) -> RequestStage:
    """How much of the time is gone."""
    if today > due_on:
        return RequestStage.LATE
    gone = (today - asked_on) / max(due_on - asked_on, timedelta(days=1))
    return RequestStage.SOON if gone >= MOST else RequestStage.HALF if gone >= HALF else RequestStage.BEGUN


def undecided(parts: Iterable[Part], choices: Mapping[str, Choice]) -> Iterator[Reason]:
    """Why it cannot be prepared: each part is given, or kept back with a reason."""
    known = list(parts)
    if any(each.key not in choices for each in known) or choices.keys() - {each.key for each in known}:
        yield Reason("PR-39", "Decide for each part: they get it, or why it is kept back")
    if any(each.never and each.key in choices and choices[each.key].basis is None for each in known):
        yield Reason("PR-41", "Who reported stays here: only a court can change that")


def needs_second(parts: Iterable[Part], choices: Mapping[str, Choice]) -> bool:
    """What is very restricted goes out only after a second person has looked (PR-64)."""
    return any(each.very_restricted and choices[each.key].basis is None for each in parts if each.key in choices)


def unreleasable(
    parts: Collection[Part], choices: Mapping[str, Choice], prepared_by: PersonId | None, checked_by: PersonId | None
) -> Iterator[Reason]:
    yield from undecided(parts, choices)
    if prepared_by is None:
        yield Reason("PR-39", "Somebody goes through the record first")
    elif needs_second(parts, choices) and checked_by is None:
        yield Reason("PR-64", "Very restricted parts are in it: a second person looks at it first")


def hiding(others: Iterable[str], own: str) -> Callable[[str], str]:
    """Takes the names of other students out of a text: whole names in any case, single ones as a name is written.

    Hides rather too much: a word that is somebody's name goes even where it meant something else. The student's own
    names stay, also where another student has the same.
    """
    mine = set(_folded(own).split())
    by_first: dict[str, list[list[str]]] = defaultdict(list)  # a district has thousands of names
    single: set[str] = set()
    for name in others:
        tokens = [each for each in _folded(name).split() if len(each) > 1]
        if len(tokens) > 1 and not set(tokens) <= mine:
            by_first[tokens[0]].append(tokens)
            by_first[tokens[-1]].append(tokens[::-1])
        single.update(set(tokens) - mine)
    return lambda text: _without(_without_whole(text, by_first), single)


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def words_of(text: str) -> set[str]:
    """Folded, and each part of what is joined by a hyphen."""
    found = [_folded(each[0]) for each in _WORD.finditer(text)]
    return {part for each in found for part in (each, *re.split(r"['’-]", each))}


def _without_whole(text: str, by_first: Mapping[str, list[list[str]]]) -> str:
    """Names of two or more words, with whatever stands between them."""
    words = list(_WORD.finditer(text))
    folded = [_folded(each[0]) for each in words]
    cut = [
        (words[at].start(), words[at + len(parts) - 1].end())
        for at, first in enumerate(folded)
        for parts in by_first.get(first, ())
        if folded[at : at + len(parts)] == parts
    ]
    return _cut(text, cut)


def _without(text: str, names: set[str]) -> str:
    """A single name only where it begins with a capital: "will" is a verb, "Will" may be a child."""
    found = [each for each in _WORD.finditer(text) if each[0][:1].isupper()]
    named = [each for each in found if names & {_folded(each[0]), *re.split(r"['’-]", _folded(each[0]))}]
    return _cut(text, [(each.start(), each.end()) for each in named])


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> str:
    made, last = [], 0
    for begin, end in sorted(spans):
        if begin >= last:
            made += [text[last:begin], HIDDEN]
        last = max(last, end)
    return "".join([*made, text[last:]])


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
