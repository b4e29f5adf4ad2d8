"""Who writes the review of an incident and answers for what comes of it, and that no name stands in it.

About how we work, never about who was at fault; without identifiers (`protocols.md` 3).
"""

from collections.abc import Collection

from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound
from crisis.policy.access import PRINCIPALS
from crisis.policy.inspection import hiding, words_of
from crisis.policy.sight import for_district
from crisis.policy.words_and_names import ALSO_WORDS, SHORTEST
from crisis.vocabulary import PersonId, SchoolId, StaffRole


def may_write(actor: Actor, school: SchoolId, lead: PersonId | None) -> bool:
    """Who led the incident, a principal of the school, the district crisis lead; that they see it is asked apart."""
    return may_lead(actor, school) or (_own(actor) and actor.id is not None and actor.id == lead)


def may_lead(actor: Actor, school: SchoolId) -> bool:
    """Who answers for a school: sees all of its reviews and improvement items."""
    return _own(actor) and (leads_district(actor) or bool(actor.posts_at(school) & PRINCIPALS))


def leads_district(actor: Actor) -> bool:
    return StaffRole.DISTRICT_LEAD in for_district(actor)


def leads_somewhere(actor: Actor) -> bool:
    return _own(actor) and (leads_district(actor) or bool(actor.posts & PRINCIPALS))


def may_read_community(actor: Actor) -> bool:
    """What schools and agencies learn from together: who leads here, and staff of an agency, who see it as we do."""
    return actor.kind is ActorKind.PERSON and (actor.partner or leads_somewhere(actor))


def must_write(actor: Actor, school: SchoolId, lead: PersonId | None) -> None:
    if not may_write(actor, school, lead):
        raise NotFound


def names_somebody(text: str, names: Collection[str]) -> bool:
    """Whether one of the names stands in it, whole or in part, in capitals or not.

    In small letters a part that is a word as well is read as that: "will" names nobody. Finds rather too much: a
    sentence that begins with "Will" names whoever is called so.
    """
    return hiding(names, "")(text) != text or not _parts(names).isdisjoint(words_of(text))


def _parts(names: Collection[str]) -> set[str]:
    found = {part for name in names for part in words_of(name) if len(part) >= SHORTEST}
    return found - ALSO_WORDS


def _own(actor: Actor) -> bool:
    return actor.kind is ActorKind.PERSON and not actor.partner
