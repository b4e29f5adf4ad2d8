"""From nothing to a page that was answered: what is done, by fact alone, and what is next."""

from collections.abc import Sequence

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from crisis.policy.access import may_see_schedules, must_keep_accounts
from crisis.store import backup, setting_up
from web.deps import Desk, SignedIn
from web.pages.frame import condition_of, console
from web.pages.paper import zone_of
from web.rendering import Local, translations
from web.set_up_items import BEFORE_SCHOOL, FIRST, Item, Known, Say

router = APIRouter(include_in_schema=False)

HERE = "/set-up"


def shown(items: Sequence[Item], known: Known, desk: Desk) -> list[dict[str, object]]:
    translate, sees = translations(desk.language).gettext, may_see_schedules(desk.actor)
    say = Say(translate=translate, local=Local(desk.language, zone_of(desk)))
    return [
        {
            "id": item.name,
            "title": translate(item.title),
            "how": translate(item.how),
            "done": item.done(known),
            "said": item.fact(known, say),
            "page": item.page if sees or not item.of_schedules else None,
            "button": translate(item.button),
            "commands": [each.replace("DISTRICT", desk.actor.district) for each in item.commands],
            "for_lead": item.of_schedules and not sees,
        }
        for item in items
    ]


def known_of(desk: Desk) -> Known:
    with desk.store.read() as tx:
        found, saved = setting_up.facts(tx, desk.actor.district, desk.at), backup.last_sign(desk.store, tx)
    return Known(
        facts=found,
        now=condition_of(desk),
        providers=desk.settings.providers,
        backup_at=saved,
        at=desk.at,
    )


@router.get(HERE)
def set_up(desk: SignedIn) -> HTMLResponse:
    """For the district crisis lead and the operator. It names schools, and nobody."""
    must_keep_accounts(desk.actor)
    known = known_of(desk)
    first, later = shown(FIRST, known, desk), shown(BEFORE_SCHOOL, known, desk)
    values = {
        "here": "set-up",
        "one_process": desk.store.dialect == "sqlite",
        "zone": zone_of(desk),
        "first": first,
        "later": later,
        "ready": sum(bool(each["done"]) for each in first),
        "next": next((each for each in (*first, *later) if not each["done"]), None),
    }
    return console(desk, "pages/set_up.html", values, path=HERE)
