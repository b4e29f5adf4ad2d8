"""Our own files as a browser gets them: kept for ever under an address with their hash, and squeezed once."""

import gzip
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
SQUEEZED = (".css", ".js", ".svg")  # a font is squeezed already; pages hold secrets, of which their length would tell
TOGETHER = {"console.js": ("clocks.js", "forms.js", "desk.js", "send.js")}  # one round trip, and a tenth smaller
WAYS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress}  # the first that a browser can read
with suppress(ImportError):  # a tenth smaller; where it cannot be installed, gzip does
    from brotli import compress

    WAYS = {"br": compress, **WAYS}


def way_of(asked: Headers) -> str | None:
    """The best that this browser can read."""
    read = asked.get("accept-encoding", "")
    return next((each for each in WAYS if each in read), None)


def made_anew(way: str, content: bytes, effort: int) -> bytes:
    """What is not kept: a page of 30 KB takes a millisecond at 5, and twenty at 11, an eighth smaller."""
    return compress(content, quality=effort) if way == "br" else gzip.compress(content, min(effort, 9))


def content_of(file: Path) -> bytes:
    """A file, or those that go together under its name."""
    return b"\n".join(file.with_name(each).read_bytes() for each in TOGETHER.get(file.name, (file.name,)))


@cache
def squeezed(path: str, way: str) -> bytes:
    content, lighter = content_of(Path(path)), LIGHTER.get(Path(path).suffix)
    return WAYS[way](content if lighter is None else lighter(content))


def without_comments(script: bytes) -> bytes:
    """Lines that are a comment alone, and how far lines are moved in: a test sees that no text goes over a line."""
    lines = (line.strip() for line in script.splitlines())
    return b"\n".join(line for line in lines if not line.startswith(b"//"))


def plain_style(sheet: bytes) -> bytes:
    """Comments, and how far lines are moved in; a line's end may part two names, so it stays."""
    return re.sub(rb"\s*\n\s*", b"\n", re.sub(rb"/\*.*?\*/", b"", sheet, flags=re.DOTALL))


LIGHTER: dict[str, Callable[[bytes], bytes]] = {".js": without_comments, ".css": plain_style}


class Kept(StaticFiles):
    """A file whose address carries the hash of its content never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path in TOGETHER:
            return await self._together(path, scope)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _how_long(path, scope)
        if not path.endswith(SQUEEZED):
            return response
        response.headers["Vary"] = "Accept-Encoding"
        way = way_of(Headers(scope=scope))
        if way is None or not isinstance(response, FileResponse) or scope["method"] != "GET":
            return response
        headers = {name: response.headers[name] for name in ("cache-control", "vary", "last-modified")}
        headers |= {"Content-Encoding": way, "ETag": f"W/{response.headers['etag']}"}
        body = await run_in_threadpool(squeezed, str(response.path), way)
        return Response(body, media_type=response.media_type, headers=headers)

    async def _together(self, path: str, scope: Scope) -> Response:
        """Without a time at which it changed: what the address says is asked for once."""
        file, way = Path(str(self.directory)) / path, way_of(Headers(scope=scope))
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        body = content_of(file) if way is None else await run_in_threadpool(squeezed, str(file), way)
        headers = {"Cache-Control": _how_long(path, scope), "Vary": "Accept-Encoding"}
        headers |= {"Content-Encoding": way} if way else {}
        return Response(body, media_type="text/javascript", headers=headers)


def _how_long(path: str, scope: Scope) -> str:
    """The vendored carry their version in their name."""
    return FOR_EVER if b"v=" in scope["query_string"] or path.startswith("vendor/") else ASK_AGAIN
