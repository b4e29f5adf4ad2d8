"""Our own files as a browser gets them: kept for ever under an address with their hash, and squeezed once."""

import gzip
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOR_EVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
SQUEEZED = (".css", ".js", ".svg")  # a font is squeezed already; pages hold secrets, of which their length would tell
WAYS: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress}  # the first that a browser can read
with suppress(ImportError):  # a tenth smaller; where it cannot be installed, gzip does
    from brotli import compress

    WAYS = {"br": compress, **WAYS}


def way_of(asked: Headers) -> str | None:
    """The best that this browser can read."""
    read = asked.get("accept-encoding", "")
    return next((each for each in WAYS if each in read), None)


def quickly(way: str, content: bytes) -> bytes:
    """For what is made anew for each request: a page of 30 KB in about a millisecond."""
    return compress(content, quality=5) if way == "br" else gzip.compress(content, 5)


@cache
def squeezed(path: str, way: str) -> bytes:
    content = Path(path).read_bytes()
    lighter = LIGHTER.get(Path(path).suffix)
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
    """A file whose address carries the hash of its content, or its version, never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        versioned = b"v=" in scope["query_string"] or path.startswith("vendor/")
        response.headers["Cache-Control"] = FOR_EVER if versioned else ASK_AGAIN
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
