"""What every page shows around its content: who is signed in, in which language, and where the log stood."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse

from crisis.policy.access import may_read_call_tree, may_see_paging, may_see_readiness, may_see_schedules
from crisis.sentinel.condition import condition
from crisis.store import signs
from web.deps import Desk
from web.forms import FRESH, FormState
from web.rendering import Local, page


def console(
    desk: Desk,
    template: str,
    values: Mapping[str, object],
    *,
    path: str,
    status: int = 200,
    problem: FormState = FRESH,
) -> HTMLResponse:
    """A page inside the console. It keeps itself up to date when it says at which `position` it was read."""
    zone = str(values.get("zone", "UTC"))
    with desk.store.read() as tx:
        left = signs.left(tx)
    always: dict[str, object] = {
        "desk": desk,
        "degraded": condition(left, desk.at).degraded,
        "may_call": may_read_call_tree(desk.actor),
        "may_look": may_see_paging(desk.actor),
        "may_be_paged": may_see_schedules(desk.actor),
        "may_plan_ready": may_see_readiness(desk.actor),
        "csrf": desk.form_token,
        "here": "",
        "path": path,
        "problem": problem,
        "local": Local(desk.language, zone),
        "live": "position" in values,
        "incident_id": None,
    }
    return page(template, desk.language, status=status, **(always | dict(values)))
