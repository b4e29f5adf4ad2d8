"""How paging stands, and the call tree for when it does not. For the crisis team and the district's own posts.

The operator sees how paging stands as well, and nobody's number. Neither page holds anything of a student.
"""

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis.errors import NotFound
from crisis.policy.access import may_read_call_tree, may_see_paging
from crisis.policy.sight import DISTRICT_POSTS
from crisis.store import canaries, people, readiness
from crisis.store.call_tree import call_tree
from crisis.vocabulary import Mode
from web.deps import SignedIn
from web.pages.frame import condition_of, console
from web.pages.parts import part
from web.words import N_

router = APIRouter(include_in_schema=False)

PARTS = (
    ("audit", N_("Last audit that found nothing wrong")),
    ("worker", N_("Last sign of the worker")),
    ("console", N_("Last sign of the console")),
    ("heartbeat", N_("Last heartbeat that was heard outside")),
    ("canaries", N_("Canary pages that came back")),
)
CANARIES_SHOWN, LATEST = timedelta(hours=6), 6  # of each provider
LINES = ((Mode.LIVE, N_("Telephone line")), (Mode.DRILL, N_("Telephone line of drills")))
FOUND = {
    "I1": N_("A timer is missing"),
    "I2": N_("Something waits too long, or no worker or console runs"),
    "I3": N_("A page was not tried"),
    "I4": N_("Something was begun and not finished"),
    "I5": N_("A call with unknown outcome was not followed"),
    "I6": N_("The record does not fit together"),
    "I8": N_("Somebody was called who is not on call"),
    "I9": N_("Drill and real were mixed up"),
    "I12": N_("A protocol is gone or was changed"),
    "I13": N_("An answer was not dealt with"),
    "I14": N_("The log does not end where it should"),
    "I15": N_("The clocks differ"),
    "I17": N_("Canary pages do not come back"),
    "I19": N_("Nobody outside hears this installation"),
    "I20": N_("The audit was too slow or did not see everything"),
}


@router.get("/paging")
def show_paging(desk: SignedIn) -> HTMLResponse:
    """For the crisis team, the district's own posts and the operator."""
    if not may_see_paging(desk.actor):
        raise NotFound
    now = condition_of(desk)
    with desk.store.read() as tx:
        sent = canaries.latest(tx, desk.at - CANARIES_SHOWN)
        schools = people.schools(tx, desk.actor.district)
        found = readiness.report(tx, desk.actor.district, desk.at)
    values = {
        "alarms": now.alarms,
        "canaries": [(name, of_one[-LATEST:]) for name, of_one in sorted(sent.items())],
        "red_people": len(found.red),
        "red_levels": len(found.levels),
        "parts": [(title, getattr(now, name)) for name, title in PARTS],
        "lines": [(title, now.lines.get(mode, ())) for mode, title in LINES],
        "found": [(name, FOUND.get(name, name), number) for name, number in now.found.items()],
        "here": "paging",
        "zone": schools[0].zone if schools else "UTC",
    }
    return console(desk, "pages/paging.html", values, path="/paging")


@router.get("/paging/parts/banner")
def banner_part(desk: SignedIn, request: Request) -> Response:
    """For anybody who is signed in: it says only that paging does not work."""
    now = condition_of(desk)
    values = {"degraded": now.degraded, "down": now.down, "may_call": may_read_call_tree(desk.actor)}
    return part(desk, request, "components/part_paging.html", "UTC", values)


@router.get("/call-tree")
def show_call_tree(desk: SignedIn) -> HTMLResponse:
    """For the crisis team, of their own schools; the district's own posts see all of the district."""
    if not may_read_call_tree(desk.actor):
        raise NotFound
    schools = None if desk.actor.posts & DISTRICT_POSTS else desk.actor.schools
    with desk.store.read() as tx:
        tree = call_tree(tx, desk.actor.district, schools, desk.at)
    zone = tree.schools[0].school.zone if tree.schools else "UTC"
    return console(desk, "pages/call_tree.html", {"tree": tree, "zone": zone, "here": "call-tree"}, path="/call-tree")
