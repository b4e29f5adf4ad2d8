"""What every page shows around its content: who is signed in, in which language, and where the log stood."""

from collections.abc import Mapping

from starlette.responses import HTMLResponse

from crisis.policy.access import (
    may_break_glass,
    may_keep_accounts,
    may_keep_agreements,
    may_keep_policy,
    may_read_call_tree,
    may_review_glass,
    may_see_directory,
    may_see_paging,
    may_see_readiness,
    may_see_schedules,
)
from crisis.policy.looking_back import leads_somewhere
from crisis.sentinel.condition import Condition, condition
from crisis.store import provider_alarms, signs
from web.deps import Desk
from web.forms import FRESH, FormState
from web.mine import mine
from web.rendering import Local, page


def condition_of(desk: Desk) -> Condition:
    """How paging stands at this moment."""
    with desk.store.read() as tx:
        left, alarms = signs.left(tx), provider_alarms.standing(tx)
    wanted = desk.settings.heartbeat_url is not None
    return condition(left, desk.at, heartbeat_wanted=wanted, alarms=alarms, providers=desk.settings.providers)


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
    now = condition_of(desk)
    always: dict[str, object] = {
        "desk": desk,
        "theme": desk.theme,
        "degraded": now.degraded,
        "down": now.down,
        "may_see_directory": may_see_directory(desk.actor),
        "may_call": may_read_call_tree(desk.actor),
        "may_look": may_see_paging(desk.actor),
        "may_be_paged": may_see_schedules(desk.actor),
        "may_keep_accounts": may_keep_accounts(desk.actor),
        "may_keep_agreements": may_keep_agreements(desk.actor),
        "may_keep_policy": may_keep_policy(desk.actor),
        "may_break_glass": may_break_glass(desk.actor) or may_review_glass(desk.actor),
        "may_plan_ready": may_see_readiness(desk.actor),
        "may_look_back": leads_somewhere(desk.actor),
        "csrf": desk.form_token,
        "to_me": [] if desk.limited else mine(desk),
        "here": "",
        "path": path,
        "problem": problem,
        "local": Local(desk.language, zone),
        "live": "position" in values,
        "district_line": desk.settings.office_phone or None,
        "incident_id": None,
    }
    return page(template, desk.language, status=status, **(always | dict(values)))
