"""My paging: on which ways I am reached, for everybody who is signed in, and of themselves alone."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from crisis.errors import NotFound
from crisis.notify.push import keys_at
from crisis.store import extra_ways, people
from crisis.store.phones import for_people
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState
from web.my_paging_forms import MY_PAGING_FORMS
from web.pages.frame import console

router = APIRouter(include_in_schema=False)

HERE = "/me/paging"


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    with desk.store.read() as tx:
        phones = people.dialled(tx, [desk.person]).get(desk.person, ())
        email = extra_ways.email(tx, desk.person)
        browsers = extra_ways.subscriptions(tx, [desk.person]).get(desk.person, [])
        schools = people.schools(tx, desk.actor.district)
    values = {
        "here": "my-paging",
        "zone": schools[0].zone if schools else "UTC",
        "phones": [for_people(each) for each in phones],
        "email": email,
        "may_mail": bool(desk.settings.smtp_host),
        "browsers": browsers,
        "may_push": desk.settings.push,
        "push_key": keys_at(desk.settings.key_file).public if desk.settings.push else "",
    }
    return console(desk, "pages/my_paging.html", values, path=HERE, status=status, problem=problem)


@router.get(HERE)
def show_my_paging(desk: SignedIn) -> HTMLResponse:
    return show(desk)


@router.post("/me/paging/{action}")
def change(
    desk: SignedIn, request: Request, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    if action not in MY_PAGING_FORMS:
        raise NotFound
    posted.read(MY_PAGING_FORMS[action]).carry_out(desk, request)
    return RedirectResponse(HERE, status_code=303)
