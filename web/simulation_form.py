"""What the page of the simulation is asked: the page, and its story, from the address that the form makes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from crisis.schedules.wall import begins
from crisis.simulating.story import MOST, Act, Deed, Fault, Story, Trouble
from crisis.vocabulary import PersonId, Role, Urgency
from web.deps import ID
from web.oncall_forms import on_the_wall
from web.words import N_

SILENT, WORKS = "silent", "ok"
USUALLY = 60  # seconds
MOST_PEOPLE = 200

Wrong = tuple[str, str]  # a field, and what is wrong with it
Choice = TypeVar("Choice", Role, Urgency)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`typed` is what stands in the form; `wrong` are fields that could not be read, each with what to do."""

    role: Role
    urgency: Urgency
    at: datetime
    story: Story
    typed: Mapping[str, str]
    wrong: Sequence[Wrong]


def asked(given: Mapping[str, str], zone: str, now: datetime, providers: Sequence[str]) -> Asked:
    """Whatever cannot be read is left out of the story and named; the rest is played."""
    wrong: list[Wrong] = []
    return Asked(
        role=_chosen(Role, given.get("role", ""), Role.ONCALL_CLINICIAN),
        urgency=_chosen(Urgency, given.get("urgency", ""), Urgency.U1),
        at=_moment(given.get("at", ""), zone, now, wrong),
        story=Story(people=dict(_people(given, wrong)), troubles=tuple(_troubles(given, providers, wrong))),
        typed=given,
        wrong=wrong,
    )


def _chosen(choices: type[Choice], value: str, usual: Choice) -> Choice:
    return choices(value) if value in set(choices) else usual


def _moment(value: str, zone: str, now: datetime, wrong: list[Wrong]) -> datetime:
    if not value:
        return now
    try:
        return begins(on_the_wall(datetime.fromisoformat(value)), zone)
    except ValueError:
        wrong.append(("at", N_("Give a day and a time.")))
        return now


def _people(given: Mapping[str, str], wrong: list[Wrong]) -> Iterator[tuple[PersonId, tuple[Deed, ...]]]:
    for name, value in list(given.items())[:MOST_PEOPLE]:
        kind, _dot, person = name.partition(".")
        if kind == "does" and value in set(Act) and re.fullmatch(ID, person):
            after = _seconds(given, f"after.{person}", wrong)
            yield PersonId(person), (Deed(Act(value), after),)


def _troubles(given: Mapping[str, str], providers: Sequence[str], wrong: list[Wrong]) -> Iterator[Trouble]:
    for provider in providers:
        value = given.get(f"line.{provider}", WORKS)
        if value in set(Fault):
            yield Trouble(provider, Fault(value), timedelta(0), _seconds(given, f"until.{provider}", wrong))


def _seconds(given: Mapping[str, str], name: str, wrong: list[Wrong]) -> timedelta:
    value = given.get(name, "") or str(USUALLY)
    length = timedelta(seconds=int(value)) if re.fullmatch(r"\d{1,5}", value) else MOST * 2
    if length > MOST:
        wrong.append((name, N_("Give seconds, from 0 to 43200.")))
        return timedelta(seconds=USUALLY)
    return length
