"""Who may look into the ledger of a student, and who answers for what leaves."""

from crisis.commands import Actor, ActorKind
from crisis.errors import NotFound
from crisis.policy.access import PRINCIPALS
from crisis.policy.sight import for_district
from crisis.vocabulary import DistrictId, PersonId, SchoolId


def may_see_ledger(actor: Actor, district: DistrictId, school: SchoolId, leads: frozenset[PersonId]) -> bool:
    """The district's posts, the principals of the school, and who leads an incident of the student."""
    if actor.kind is not ActorKind.PERSON or actor.partner or actor.district != district or actor.id is None:
        return False
    if for_district(actor) or actor.id in leads:
        return True
    return bool(actor.posts_at(school) & PRINCIPALS)


def must_see_ledger(actor: Actor, district: DistrictId, school: SchoolId, leads: frozenset[PersonId]) -> None:
    if not may_see_ledger(actor, district, school, leads):
        raise NotFound
