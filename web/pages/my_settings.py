"""My settings: how the console looks on this device, how pages reach me, and how I sign in; one place that leads on."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.policy.access import may_see_schedules
from crisis.schedules.readiness import lacks
from crisis.store import extra_ways, passkeys, people, second_factor, standing
from crisis.store.phones import for_people
from web.deps import Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.paper import zone_of
from web.rendering import translations
from web.themes import Theme, remember_theme
from web.words import N_
from web.words_of_readiness import WHAT

router = APIRouter(include_in_schema=False)

HERE = "/settings/me"
LOOKS: dict[Theme, str] = {
    "auto": N_("As this device has it"),
    "light": N_("Light"),
    "dark": N_("Dark"),
}


class ChooseTheme(Sent):
    theme: Theme = Field(title=N_("How should the console look?"))


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    translate = translations(desk.language).gettext
    with desk.store.read() as tx:
        phones = people.dialled(tx, [desk.person]).get(desk.person, ())
        email = extra_ways.email(tx, desk.person)
        browsers = extra_ways.subscriptions(tx, [desk.person]).get(desk.person, [])
        keys, app = passkeys.of_person(tx, desk.person), second_factor.is_on(tx, desk.person)
        found = standing.of(tx, [desk.person])[desk.person] if may_see_schedules(desk.actor) else None
    values = {
        "here": "settings",
        "zone": zone_of(desk),
        "looks": [(theme, translate(words)) for theme, words in LOOKS.items()],
        "phones": [for_people(each) for each in phones],
        "email": email.address if email is not None and email.verified else None,
        "browsers": len(browsers),
        "passkeys": len(keys),
        "by_app": app,
        "tested_at": None if found is None else found.tested_at,
        "lacks": [] if found is None else [WHAT[each] for each in lacks(found, desk.at)],
    }
    return console(desk, "pages/my_settings.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def mine(desk: SignedIn) -> HTMLResponse:
    """Of themselves alone."""
    return show(desk)


@router.post(HERE + "/theme")
def choose(desk: SignedIn, posted: FormPost) -> RedirectResponse:
    """Of this browser; nothing is stored about the person."""
    response = RedirectResponse(HERE, status_code=303)
    remember_theme(response, desk.settings, posted.read(ChooseTheme).theme)
    return response
