"""A part of a page, pulled when something changed: the same template as in the page, with a tag of its content."""

import hashlib
import re
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from web.deps import Desk
from web.forms import FRESH
from web.rendering import Local, markup

# What differs every time though nothing happened: the keys of forms and the running clocks' first words.
_PASSING = re.compile(r'name="key" value="[^"]*"|(?<=>)[\d:dh ]+(?=</time>)')


def part(desk: Desk, request: Request, template: str, zone: str, values: Mapping[str, object]) -> Response:
    """304 when the viewer already has it: a notice about nothing that they may see costs no more than that."""
    always: dict[str, object] = {
        "desk": desk,
        "csrf": desk.form_token,
        "local": Local(desk.language, zone),
        "problem": FRESH,
    }
    text = markup(template, desk.language, **(always | dict(values)))
    tag = f'W/"{hashlib.sha256(_PASSING.sub("", text).encode()).hexdigest()[:20]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return HTMLResponse(text, headers={"ETag": tag})
