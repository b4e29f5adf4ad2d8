"""How a notice reaches one console: encoded once for all, written past the framework, and never waiting for the slow.

Measured: a loop of awaited sends let one console that stopped reading hold up all others for a minute, and pings did
not rescue it. Here a console whose buffer grows is cut off; it comes back and asks for what it missed (F101).
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request

EXTENSION = "crisis.wire"
BUFFER_LIMIT = 1024 * 1024
QUEUE_LIMIT = 256
GONE, REVOKED, BEHIND = 1000, 1008, 1013


@dataclass(frozen=True, slots=True)
class Notice:
    text: str
    frame: bytes


def notice(content: Mapping[str, int | str]) -> Notice:
    text = json.dumps(content, separators=(",", ":"))
    return Notice(text, Frame(Opcode.TEXT, text.encode()).serialize(mask=False))


class WireProtocol(WebSocketsSansIOProtocol):
    """Uvicorn's socket protocol, which hands itself to the route so that finished frames can be written directly."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # not where the handshake was refused
            extensions: dict[str, object] = {**self.scope.get("extensions", {}), EXTENSION: self}
            self.scope["extensions"] = extensions  # type: ignore[typeddict-item]  # ASGI says dicts; this is our own

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.transport.abort()  # F102: a plain close would wait to flush to somebody who is gone

    def push(self, frames: bytes) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > BUFFER_LIMIT:
            self.transport.abort()
        else:
            self.transport.write(frames)


class Line(Protocol):
    """One console's connection."""

    ended: asyncio.Future[int]

    def write(self, notices: Sequence[Notice], frames: bytes) -> None: ...

    async def pump(self) -> None: ...


def end(line: Line, code: int) -> None:
    if not line.ended.done():
        line.ended.set_result(code)


class DirectLine:
    def __init__(self, wire: WireProtocol) -> None:
        self.wire = wire
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def write(self, notices: Sequence[Notice], frames: bytes) -> None:
        self.wire.push(frames)

    async def pump(self) -> None:
        await self.ended


class QueueLine:
    """For servers without our protocol: a bounded queue, and who does not keep up is sent away."""

    def __init__(self, websocket: WebSocket) -> None:
        self.websocket = websocket
        self.queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_LIMIT)
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def write(self, notices: Sequence[Notice], frames: bytes) -> None:
        for each in notices:
            if self.queue.full():
                end(self, BEHIND)
                return
            self.queue.put_nowait(each.text)

    async def pump(self) -> None:
        while not self.ended.done():
            await self.websocket.send_text(await self.queue.get())


def line_to(websocket: WebSocket) -> Line:
    wire = websocket.scope.get("extensions", {}).get(EXTENSION)
    return DirectLine(wire) if isinstance(wire, WireProtocol) else QueueLine(websocket)
