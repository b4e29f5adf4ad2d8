"""What a person who was paged is told once they have proved who they are: the school, where, for what. No student.

A place is free text in which somebody may have put a name, so on a telephone it is told only where every word of it is
one of a closed list or a number (`privacy-and-culture.md` 1.12); otherwise the console tells it.
"""

import re
from dataclasses import dataclass

from crisis.notify.answers import Asked
from crisis.store import incidents, people, sealed
from crisis.store.engine import Store
from crisis.vocabulary import Custody, Mode, Role, Urgency

LONGEST_PLACE = 60  # characters
_NUMBER = re.compile(r"[a-z]?-?\d{1,4}[a-z]?")
_LETTERED = frozenset(("building", "door", "entrance", "gate", "hall", "lot", "room", "stairwell", "wing"))
_SAID_OF_PLACES = """
    a al and at back by de del el en entrance east first floor fourth front ground in junto la left lower main near next
    north of on outside primer right second segundo south the third to upper west y
    area athletics atrium auditorium aula band bathroom baño biblioteca building bus cafeteria cancha canteen center
    classroom clinic cocina comedor conference counseling counselor counselors court courtyard desk door edificio
    enfermería entrada field gate gimnasio guidance gym gymnasium hall hallway health infirmary kitchen lab laboratory
    library lobby locker lot lounge lunchroom media meeting music nurse nurses oficina office parking pasillo patio piso
    planta playground pool principal principals puerta reception restroom room rooms sala salón school science shop
    social stairs stairwell studio suite theater tower track trailer wing worker workshop
"""
_PLACES = frozenset(_SAID_OF_PLACES.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """`place` is None where it is not known, or is not a plain place; `with_adult` None where nobody knows."""

    mode: Mode
    school: str
    role: Role
    urgency: Urgency
    place: str | None
    place_known: bool
    with_adult: bool | None


def details_of(store: Store, asked: Asked) -> Details:
    """Raises `NotFound` where there is no such incident."""
    with store.read() as tx:
        incident = incidents.load(tx, asked.incident)
        opened = incidents.events_of(tx, asked.incident)[0].event
        words_id = getattr(opened, "place", None)
        said = sealed.read(tx, store.keys, [words_id]).get(words_id) if words_id is not None else None
        school = people.school(tx, incident.school).name
    page = incident.pages[asked.page]
    holds = {Custody.HELD: True, Custody.OFFERED: True, Custody.LOST: False, Custody.UNHELD: None}
    return Details(
        mode=incident.mode,
        school=school,
        role=page.role,
        urgency=page.urgency,
        place=plain_place(said or ""),
        place_known=said is not None,
        with_adult=holds.get(incident.custody),
    )


def plain_place(said: str) -> str | None:
    """The place as it was written, where it can be nothing but a place."""
    words = re.findall(r"[^\s,.;:/()'’]+", said.lower())
    plain = all(_of_a_place(word, before) for word, before in zip(words, ["", *words], strict=False))
    return " ".join(said.split()) if words and plain and len(said) <= LONGEST_PLACE and said.isprintable() else None


def _of_a_place(word: str, before: str) -> bool:
    """A letter by itself could be an initial, except where it names a building or a door."""
    lettered = len(word) == 1 and word.isalpha() and before in _LETTERED
    return word in _PLACES or lettered or _NUMBER.fullmatch(word) is not None
