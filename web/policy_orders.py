"""Which law a district's decisions ask: who may change it is asked here, once for every way in."""

from datetime import date
from zoneinfo import ZoneInfo

from fastapi.exceptions import RequestValidationError

from crisis.policy import access
from crisis.store import people, policy_packs
from crisis.store.policy_packs import Counsel, InForce, KeptPack, UnreadablePack
from web.deps import Desk


def today(desk: Desk) -> date:
    """By the clock of the district's first school: a pack counts from one morning on."""
    with desk.store.read() as tx:
        schools = people.schools(tx, desk.actor.district)
    return desk.at.astimezone(ZoneInfo(schools[0].zone if schools else "UTC")).date()


def seen(desk: Desk) -> tuple[InForce, list[KeptPack]]:
    access.must_keep_policy(desk.actor)
    day = today(desk)
    with desk.store.read() as tx:
        return policy_packs.in_force(tx, desk.actor.district, day), policy_packs.of_district(tx, desk.actor.district)


def propose(desk: Desk, text: str) -> None:
    access.must_keep_policy(desk.actor)
    try:
        with desk.store.write() as tx:
            policy_packs.propose(tx, desk.actor.district, text, by=desk.person, at=desk.at)
    except UnreadablePack as fault:
        found = [{"loc": ("body", "text"), "msg": each, "type": "pack"} for each in fault.faults]
        raise RequestValidationError(found) from fault


def approve(desk: Desk, pack: str, counsel: Counsel) -> None:
    access.must_keep_policy(desk.actor)
    desk.must_be_fresh()
    day = today(desk)
    with desk.store.write() as tx:
        policy_packs.approve(tx, desk.actor.district, pack, counsel, by=desk.person, at=desk.at, today=day)


def end(desk: Desk, pack: str) -> None:
    access.must_keep_policy(desk.actor)
    desk.must_be_fresh()
    with desk.store.write() as tx:
        policy_packs.end(tx, desk.actor.district, pack, by=desk.person, at=desk.at)
