"""A password of one's own, for whoever was given one: before anything else but raising an incident (ASVS 6.4.1)."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, RedirectResponse

from web import sign_in_orders
from web.deps import AnyPassphrase, Desk
from web.forms import FormPost, Sent
from web.problems import OWN_PASSPHRASE
from web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get(OWN_PASSPHRASE, response_model=None)
def why(desk: AnyPassphrase) -> HTMLResponse | RedirectResponse:
    return _page(desk) if desk.given else RedirectResponse("/me/sign-in", status_code=303)


@router.post(OWN_PASSPHRASE)
def take(desk: AnyPassphrase, posted: FormPost) -> HTMLResponse:
    """It is in this one answer and nowhere else."""
    posted.read(Sent)
    return _page(desk, sign_in_orders.new_password(desk))


def _page(desk: Desk, made: str = "") -> HTMLResponse:
    return page(
        "pages/passphrase.html",
        desk.language,
        csrf=desk.form_token,
        path=OWN_PASSPHRASE,
        district_line=None,
        made=made,
    )
