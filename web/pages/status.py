"""Can we reach people right now? One sentence, and behind it: who would be called, what came through, what waits."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request

from crisis.errors import NotFound
from crisis.policy.access import may_see_paging
from crisis.sentinel.condition import Condition
from crisis.store import reach
from crisis.store.reach import AtSchool
from web.deps import Desk, SignedIn
from web.hub import Hub
from web.pages.frame import condition_of, console
from web.pages.paper import zone_of
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/status"
BEHIND = timedelta(minutes=1)  # a page is worked off within seconds


def against(now: Condition, providers: Sequence[str], schools: Sequence[AtSchool], behind: timedelta) -> Iterator[str]:
    """Everything that speaks against a yes; what is not known does (unknown is never safe)."""
    if not providers:
        yield N_("No telephone provider is set up: pages show on the console alone.")
    if now.down:
        yield N_("Providers refuse our texts or calls.")
    if not now.audit.well:
        yield N_("Nobody has looked after paging for a minute: the sentinel does not run, or found something.")
    if not now.worker.well:
        yield N_("The worker gives no sign of life: nothing goes out.")
    if behind > BEHIND:
        yield N_("The worker is behind: something is due and was not done.")
    if not schools:
        yield N_("There is no school yet.")
    if any(each.empty for each in schools):
        yield N_("At a school nobody who can be reached is on call at some level.")


def connected(request: Request, desk: Desk) -> int:
    """Consoles of this district that are open and live, at the process that answers."""
    hub = request.app.state.hub
    assert isinstance(hub, Hub)
    return sum(viewer.actor.district == desk.actor.district for viewer in tuple(hub.viewers))


@router.get(HERE)
def status(desk: SignedIn, request: Request) -> HTMLResponse:
    """For the crisis team, the district's own posts and the operator. It names schools, and nobody."""
    if not may_see_paging(desk.actor):
        raise NotFound
    now, district = condition_of(desk), desk.actor.district
    with desk.store.read() as tx:
        schools, sent = reach.at_schools(tx, district, desk.at), reach.sent_lately(tx, district, desk.at)
        waits = reach.waiting(tx, district, desk.at)
    behind = waits.behind(desk.at)
    values = {
        "here": "status",
        "zone": zone_of(desk),
        "against": list(against(now, desk.settings.providers, schools, behind)),
        "schools": schools,
        "sent": sent,
        "due": waits.due,
        "behind": behind,
        "late": behind > BEHIND,
        "consoles": connected(request, desk),
        "providers": desk.settings.providers,
        "alarms": now.alarms,
    }
    return console(desk, "pages/status.html", values, path=HERE)
