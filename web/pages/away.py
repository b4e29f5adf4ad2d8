"""What there is without a network: the script that keeps our code, and one page that says what to do then.

Neither holds anything of a person: the worker keeps code and that page alone (`user-interface.md` 6).
"""

import hashlib
import json

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.requests import Request
from starlette.responses import Response

from web.deps import Anyone, SignedIn, language_of
from web.rendering import STATIC, page, static

router = APIRouter(include_in_schema=False)

CODE = (
    "app.css",
    "icons.svg",
    "mark.svg",
    "clocks.js",
    "forms.js",
    "console.js",
    "keep.js",
    "live.js",
    "offline.js",
)
VENDORED = ("vendor/idiomorph-0.8.0.min.js",)  # no letters: without a network those of the device do
HELP = "/offline"


@router.get("/sw.js", dependencies=[Anyone])
def worker() -> Response:
    """From the root, so that it stands before every page; with what it keeps, under a name that changes with it."""
    kept = [*map(static, CODE), *(static(each, hashed=False) for each in VENDORED), HELP]
    code = (STATIC / "worker.js").read_text()
    version = hashlib.sha256((code + "".join(kept)).encode()).hexdigest()[:12]
    text = f"const KEPT = {json.dumps(kept)}, VERSION = '{version}';\n{code}"
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get(HELP, dependencies=[Anyone])
def show_help(request: Request) -> HTMLResponse:
    """In both languages at once: a browser keeps it before anybody has said which is theirs."""
    return page("pages/offline.html", language_of(request), csrf="", path="/board", district_line=None)


@router.get("/me/touched", status_code=204)
def touched(desk: SignedIn) -> Response:
    """Somebody touched the screen: that counts as a use of the session, and does nothing else."""
    assert desk.person
    return Response(status_code=204)
