"""The `/live` socket. Who asks, and from which page, is checked before the connection is accepted (F117)."""

import asyncio
import logging
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.websockets import WebSocket

from web.deps import bearer_token, session_token, settings_of
from web.hub import Hub, Viewer
from web.security import our_hosts, our_origins
from web.whereabouts import place_of
from web.wire import GONE, REVOKED, Line, end, line_to

router = APIRouter()
log = logging.getLogger(__name__)

MESSAGES_PER_SECOND = 20  # a console says where it is, every 15 s; F110


def allowed_page(websocket: WebSocket) -> bool:
    """Only our own pages; a program sends no Origin and shows a token instead, never a cookie alone."""
    settings = settings_of(websocket)
    origin = websocket.headers.get("origin")
    if websocket.headers.get("host") not in our_hosts(settings):
        return False
    return origin in our_origins(settings) if origin is not None else bearer_token(websocket) is not None


def secret_of(websocket: WebSocket) -> str | None:
    """A program's token, or the session of a page."""
    return bearer_token(websocket) or session_token(websocket)


@router.websocket("/live")
async def live(websocket: WebSocket, after: Annotated[int | None, Query(ge=0)] = None) -> None:
    secret = secret_of(websocket) if allowed_page(websocket) else None
    hub: Hub = websocket.app.state.hub
    actor = await hub.door.who(secret) if secret is not None else None
    if secret is None or actor is None:
        await websocket.close(REVOKED)
        return
    await websocket.accept()
    viewer = Viewer(line=line_to(websocket), actor=actor, secret=secret)
    work = [
        asyncio.create_task(listen(websocket, hub, viewer)),  # a socket nobody reads never shuts down
        asyncio.create_task(viewer.line.pump()),
    ]
    for task in work:
        task.add_done_callback(lambda done: gone(done, viewer.line))
    try:
        await hub.join(viewer, after)
        code = await viewer.line.ended
        if code != GONE:
            await websocket.close(code)
    finally:
        hub.leave(viewer)
        for task in work:
            task.cancel()


def gone(task: asyncio.Task[None], line: Line) -> None:
    """However one half of the conversation ended, the other half ends too."""
    if not task.cancelled() and task.exception() is not None:
        log.info("a console's line broke: %s", type(task.exception()).__name__)
    end(line, GONE)


async def listen(websocket: WebSocket, hub: Hub, viewer: Viewer) -> None:
    """Hears where a person's console is, until it leaves, talks too much, or says what no console of ours says."""
    clockwork = asyncio.get_running_loop().time
    since, heard = clockwork(), 0
    person = None if bearer_token(websocket) else viewer.actor.id  # a program looks at nothing
    while (message := await websocket.receive())["type"] != "websocket.disconnect":
        if clockwork() - since > 1:
            since, heard = clockwork(), 0
        heard += 1
        if heard > MESSAGES_PER_SECOND:
            end(viewer.line, REVOKED)
            return
        try:
            place = place_of(message.get("text") or "", person)
        except ValueError:
            continue
        await hub.whereabouts(viewer, place)
