"""Who may read the district's protocols, change them, and sign for a change."""

from crisis.commands import Actor
from crisis.errors import NotFound
from crisis.policy.access import COUNSELORS, may_see_schedules
from crisis.policy.sight import for_district
from crisis.vocabulary import StaffRole

CLINICAL = COUNSELORS | {StaffRole.NURSE, StaffRole.CLINICIAN}


def may_read(actor: Actor) -> bool:
    """What is in force is no secret among those who work by it; it names nobody."""
    return may_see_schedules(actor)


def must_read(actor: Actor) -> None:
    if not may_read(actor):
        raise NotFound


def may_write(actor: Actor) -> bool:
    """The district crisis lead and the privacy officer: two posts, so that there is a second person."""
    return bool(for_district(actor))


def must_write(actor: Actor) -> None:
    if not may_write(actor):
        raise NotFound


def may_read_drafts(actor: Actor) -> bool:
    """Those who write, and the clinicians of the district's own staff, one of whom may have to sign."""
    own_clinician = may_see_schedules(actor) and not actor.partner and bool(actor.posts & CLINICAL)
    return may_write(actor) or own_clinician


def must_read_drafts(actor: Actor) -> None:
    if not may_read_drafts(actor):
        raise NotFound
