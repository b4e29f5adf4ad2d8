"""Instruments of the district: who may look and who may change them is asked here."""

from fastapi.exceptions import RequestValidationError

from crisis.instrument_words import PackId, PermissionId
from crisis.policy import access
from crisis.protocols.plain_yaml import ProtocolFault
from crisis.store import audit, instrument_texts
from crisis.store.instrument_texts import Kept, Terms
from web import directory_orders
from web.deps import Desk


def seen(desk: Desk) -> Kept:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        audit.record(tx, at=desk.at, actor=desk.person, action="instruments viewed", subject=desk.actor.district)
        return instrument_texts.of_district(tx, desk.actor.district)


def permit(desk: Desk, terms: Terms) -> PermissionId:
    access.must_keep_policy(desk.actor)
    zone = directory_orders.zone(desk)
    with desk.store.write() as tx:
        return instrument_texts.permit(tx, desk.actor.district, terms, zone, by=desk.person, at=desk.at)


def take_into_use(desk: Desk, instrument: str, body: str | None) -> PackId:
    """What is wrong with a text pack is told at its field, line by line."""
    access.must_keep_policy(desk.actor)
    try:
        with desk.store.write() as tx:
            return instrument_texts.take_into_use(tx, desk.actor.district, instrument, body, by=desk.person, at=desk.at)
    except ProtocolFault as fault:
        found = [{"loc": ("body", "body"), "msg": each, "type": "pack"} for each in fault.faults]
        raise RequestValidationError(found) from None


def end_permission(desk: Desk, permission: PermissionId) -> None:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        instrument_texts.end_permission(tx, desk.actor.district, permission, by=desk.person, at=desk.at)


def end_use(desk: Desk, use: PackId) -> None:
    access.must_keep_policy(desk.actor)
    with desk.store.write() as tx:
        instrument_texts.end_use(tx, desk.actor.district, use, by=desk.person, at=desk.at)
