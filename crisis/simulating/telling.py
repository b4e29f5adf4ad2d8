"""A story as it is written on the command line: `Noor Abdi: silent; Thomas Ferreira: accepts after 40 s`.

Semicolons between the parts; a part is a name, a colon, and what they do, with commas between. A provider is such a
name too: `twilio: down 0-90 s`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from crisis.errors import Reason, Refused
from crisis.simulating.story import MOST, Act, Deed, Fault, Story, Trouble
from crisis.vocabulary import PersonId

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_NUMBER, _UNIT = r"(\d{1,5})", r"(s|sec|m|min|h)"
_DEED = re.compile(rf"(accepts|declines|says ok|stands by|arrives|lets go) after {_NUMBER} ?{_UNIT}")
_TROUBLE = re.compile(rf"(down|hangs|loses) {_NUMBER} ?-{_NUMBER} ?{_UNIT}")
SILENT = "silent"


def story_of(text: str, names: Mapping[PersonId, str], providers: Sequence[str]) -> Story:
    """Raises `Refused` with the part that cannot be read, and how it is written."""
    people: dict[PersonId, tuple[Deed, ...]] = {}
    troubles: list[Trouble] = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        who, colon, what = (each.strip() for each in part.partition(":"))
        if not colon or not what:
            raise _unreadable(part)
        said = [" ".join(each.lower().split()) for each in what.split(",")]
        if who.lower() in providers:
            troubles += [_trouble(who.lower(), each, part) for each in said]
        else:
            people[_person(who, names, providers)] = tuple(_deeds(said, part))
    return Story(people=people, troubles=tuple(troubles))


def _person(who: str, names: Mapping[PersonId, str], providers: Sequence[str]) -> PersonId:
    """By the whole name, whatever its capitals; by id where two have the same."""
    if who in names:
        return PersonId(who)
    found = [person for person, name in names.items() if name.lower() == who.lower()]
    if len(found) == 1:
        return found[0]
    if found:
        text = "More than one person is called %(who)s; write the id instead: %(ids)s"
        raise Refused(Reason("STORY", text, (("who", who), ("ids", ", ".join(sorted(found))))))
    text = "Nobody in this district is called %(who)s, and the providers are %(providers)s"
    raise Refused(Reason("STORY", text, (("who", who), ("providers", ", ".join(providers)))))


def _deeds(said: Iterable[str], part: str) -> Iterable[Deed]:
    for each in said:
        found = _DEED.fullmatch(each)
        if found is not None:
            yield Deed(Act(found[1].replace(" ", "_")), _length(found[2], found[3]))
        elif each != SILENT:
            raise _unreadable(part)


def _trouble(provider: str, said: str, part: str) -> Trouble:
    found = _TROUBLE.fullmatch(said)
    if found is None:
        raise _unreadable(part)
    starts, ends = _length(found[2], found[4]), _length(found[3], found[4])
    if starts >= ends:
        raise _unreadable(part)
    return Trouble(provider, Fault(found[1]), starts, ends)


def _length(number: str, unit: str) -> timedelta:
    length = timedelta(seconds=int(number) * _UNITS[unit])
    if length > MOST:
        raise Refused(Reason("STORY", "A story is told of twelve hours at most"))
    return length


def _unreadable(part: str) -> Refused:
    text = (
        "This part cannot be read: %(part)s. Write “Name: accepts after 40 s”, or declines, says ok, stands by, arrives"
        " or lets go; “Name: silent”; or “twilio: down 0-90 s”, or hangs or loses"
    )
    return Refused(Reason("STORY", text, (("part", part),)))
