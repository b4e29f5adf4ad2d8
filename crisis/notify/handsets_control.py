"""The stand-in's control API: plans for what is to come, virtual time, and what each telephone really received."""

from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter, HTTPException, Request
from pydantic import TypeAdapter, ValidationError

from crisis.notify.handsets_page import Network, OwnSite
from crisis.notify.handsets_plans import Callbacks, Delivery, Fault, Habit, What, Which

Kind = Literal["deliveries", "callbacks", "habits"]
_SHAPES: dict[Kind, TypeAdapter[Delivery] | TypeAdapter[Callbacks] | TypeAdapter[Habit]] = {
    "deliveries": TypeAdapter(Delivery),
    "callbacks": TypeAdapter(Callbacks),
    "habits": TypeAdapter(Habit),
}
DONE = {"ok": True}


def set_fault(
    network: Network, phone: str, what: What, fault: Fault, *, times: int = 1, at: Which = "*"
) -> dict[str, bool]:
    network.plan.set(phone, what, fault, times, at=at)
    return DONE


def clear_faults(network: Network) -> dict[str, bool]:
    network.plan.clear()
    return DONE


async def set_plan(
    request: Request,
    network: Network,
    kind: Kind,
    *,
    phone: str = "*",
    what: What = "*",
    times: int = 1,
    at: Which = "*",
) -> dict[str, bool]:
    """The body is the plan; the address says for whom."""
    try:
        planned = _SHAPES[kind].validate_json(await request.body(), strict=False)
    except ValidationError as error:
        raise HTTPException(422, [{"at": list(each["loc"]), "why": each["msg"]} for each in error.errors()]) from error
    plans = getattr(network.plan, kind)
    plans.set(phone, what, planned, times, at=at)
    return DONE


def set_pace(network: Network, seconds_a_segment: float) -> dict[str, bool]:
    network.plan.seconds_a_segment = seconds_a_segment
    return DONE


def advance(network: Network, seconds: float) -> dict[str, float]:
    """Lets virtual time pass; refused while the time is real."""
    if not network.timeline.virtual:
        raise HTTPException(409, "The time is real; start with virtual time to move it")
    return {"happened": network.timeline.advance(seconds), "now": network.timeline.now}


def telephones(network: Network, since: int = 0) -> dict[str, list[dict[str, object]]]:
    """The ledger: what was received and done, in order."""
    return {"entries": [asdict(entry) for entry in network.ledger.entries if entry.number > since]}


def add_to(routes: APIRouter) -> None:
    for path, act, method in (
        ("/control/faults", set_fault, "POST"),
        ("/control/faults", clear_faults, "DELETE"),
        ("/control/plans/{kind}", set_plan, "POST"),
        ("/control/pace", set_pace, "POST"),
        ("/control/advance", advance, "POST"),
        ("/control/ledger", telephones, "GET"),
    ):
        routes.add_api_route(path, act, methods=[method], dependencies=[OwnSite])
