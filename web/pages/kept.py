"""The form again that somebody had filled in when their session ran out. Nothing of it was sent yet."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse
from starlette.requests import Request
from starlette.responses import Response

from crisis.errors import NotFound
from crisis.store import kept_forms
from web.deps import SignedIn
from web.forms import FormState, Posted
from web.kept_forms import KEPT
from web.pages import errors
from web.problems import NOT_FOUND
from web.rendering import page

router = APIRouter(include_in_schema=False)


@router.get(KEPT, response_model=None)
def show(request: Request, desk: SignedIn) -> Response:
    """Where the page of it is not theirs any more, the words are, to be copied."""
    with desk.store.write() as tx:
        kept = kept_forms.show(tx, desk.store.keys, desk.session, desk.person, desk.at)
    if kept is None:
        return RedirectResponse("/board", status_code=303)
    again = errors.form_page(kept.path)
    if again is None:
        flat = [(name, value) for name, values in kept.fields.items() for value in values]
        return page(
            "pages/again_done.html",
            desk.language,
            csrf=desk.form_token,
            path="/board",
            district_line=None,
            to=kept.path,
            kept=flat,
        )
    try:
        state = FormState(fields=kept.fields, action=kept.path.rpartition("/")[2], signed_out=True)
        return again(desk, state, 200)
    except NotFound:
        return errors.alone(request, NOT_FOUND, Posted(desk, kept.fields))
