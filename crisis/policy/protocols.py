"""Who may read the district's protocols, change them, sign for a change and publish it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from crisis.commands import Actor
from crisis.draft_words import ReviewKind
from crisis.errors import NotFound, Reason
from crisis.policy.access import COUNSELORS, may_see_schedules
from crisis.policy.sight import for_district
from crisis.vocabulary import PersonId, ProtocolHash, StaffRole

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who answers for one content of a draft. `person` signs at the console; else `paper` says where theirs lies."""

    kind: ReviewKind
    hash: ProtocolHash
    name: str
    qualification: str
    signed_on: date
    holds_until: date
    person: PersonId | None = None
    paper: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What signing and publishing ask of a draft. `writers` are all who ever saved it, with their names."""

    hash: ProtocolHash | None
    writers: Mapping[PersonId, str]
    saved_by: PersonId
    saved_on: date
    signatures: Sequence[Signature] = ()

    def signed(self, kind: ReviewKind) -> Signature | None:
        """The latest for what stands there now: any change takes signatures away."""
        return next((each for each in reversed(self.signatures) if (each.kind, each.hash) == (kind, self.hash)), None)


def may_sign(actor: Actor, kind: ReviewKind) -> bool:
    """At the console, in their own name: a clinician of the staff, or for the law somebody who answers for it."""
    return may_write(actor) if kind is ReviewKind.LEGAL else may_read_drafts(actor) and bool(actor.posts & CLINICAL)


def against_signing(new: Signature, draft: Standing, today: date) -> Iterator[Reason]:
    """Why this cannot be signed: two people, neither of whom wrote it, for what stands there now."""
    other = next(kind for kind in ReviewKind if kind is not new.kind)
    beside = draft.signed(other)
    if draft.hash is None or new.hash != draft.hash:
        yield Reason("SIGN", "This is not what the draft says now; look at it again, and sign what you have read")
    if new.person in draft.writers or _plain(new.name) in {_plain(name) for name in draft.writers.values()}:
        yield Reason("SIGN", "Whoever changed this draft cannot sign for it; somebody else does")
    if beside is not None and (_plain(beside.name) == _plain(new.name) or (new.person and new.person == beside.person)):
        yield Reason("SIGN", "The clinician and the counsel are two people")
    if not _plain(new.name) or not _plain(new.qualification):
        yield Reason("SIGN", "Give the name, and what qualifies them")
    if not draft.saved_on <= new.signed_on <= today:
        yield Reason("SIGN", "It was signed after it was written, and not later than today; check the day")
    if new.holds_until <= today:
        yield Reason("SIGN", "Say until which day in the future the review holds")


def against_publishing(draft: Standing, by: PersonId, first_day: date, today: date, *, holds: bool) -> Iterator[Reason]:
    """`holds`: the checker has gone through this very content, by the rules of today."""
    if draft.hash is None:
        yield Reason("PUBLISH", "The text of this draft has faults; put them right first")
    if not holds:
        yield Reason("PUBLISH", "The checker has not found that it holds; let it check what stands there now")
    if draft.signed(ReviewKind.CLINICAL) is None:
        yield Reason("PUBLISH", "No clinician has signed for what stands there now")
    if draft.signed(ReviewKind.LEGAL) is None:
        yield Reason("PUBLISH", "No counsel has signed for what stands there now")
    if any(sign is not None and sign.holds_until < first_day for sign in map(draft.signed, ReviewKind)):
        yield Reason("PUBLISH", "A review has run out by that day; let it be signed anew")
    if by == draft.saved_by:
        yield Reason("PUBLISH", "You saved it last; a second person publishes it")
    if first_day < today:
        yield Reason("PUBLISH", "That day is over; choose today or a day that comes")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
