"""A district that leaves, as its privacy officer and its district crisis lead end it; who may, is asked here."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crisis.errors import Reason
from crisis.policy import access
from crisis.store import audit, district_ends, gone, inbox, people, whole_district
from crisis.store.district_ends import DistrictEnd
from crisis.vocabulary import PersonId
from web.deps import Desk

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`end` None: nothing was given back yet. `reasons`: what keeps the district today."""

    end: DistrictEnd | None
    reasons: Sequence[Reason]
    names: Mapping[PersonId, str]


def standing(desk: Desk) -> Standing:
    access.must_keep_policy(desk.actor)
    district = desk.actor.district
    with desk.store.write() as tx:
        end = district_ends.newest(tx, district)
        who = () if end is None else tuple(each for each in (end.given_by, end.asked_by) if each is not None)
        audit.record(tx, at=desk.at, actor=desk.person, action="end of the district viewed", subject=district)
        return Standing(end=end, reasons=district_ends.reasons_against(tx, district), names=people.names(tx, who))


def ask(desk: Desk, file: str) -> None:
    access.must_keep_policy(desk.actor)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        district_ends.ask(tx, desk.store.keys, desk.actor.district, file, by=desk.person, at=desk.at)


def withdraw(desk: Desk) -> None:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        district_ends.withdraw(tx, desk.actor.district, by=desk.person, at=desk.at)


def confirm(desk: Desk, file: str) -> DistrictEnd:
    """For ever; what came in by text is taken out after it, and goes by its time if this is killed in between."""
    access.must_keep_policy(desk.actor)
    desk.must_be_fresh()
    district, keys = desk.actor.district, desk.store.keys
    with desk.store.write() as tx:
        numbers = whole_district.numbers(tx, district)
        made = district_ends.confirm(tx, keys, district, file, by=desk.person, at=desk.at)
    with desk.store.across.write() as tx:  # a text that came in belongs to no district
        inbox.forget_from(tx, keys, numbers, desk.at)
    desk.store.scrub()
    try:
        gone.write_down(desk.store)
    except OSError:  # the worker tries again
        log.warning("that a district was destroyed could not be written beside the key file")
    return made
