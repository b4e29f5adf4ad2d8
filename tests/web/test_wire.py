"""Our reach into the server's socket class, on a real server: one frame for all, and nobody waits for the slow."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from websockets.sync.client import connect

from web.wire import BUFFER_LIMIT, DirectLine, QueueLine, WireProtocol, end, line_to, notice

MOVED = notice({"position": 7, "incident": "i", "seq": 3})


class Board:
    """A server that keeps its lines, so that a test can write to them from its own thread."""

    def __init__(self) -> None:
        self.lines: list[DirectLine | QueueLine] = []
        self.loop: asyncio.AbstractEventLoop | None = None

    async def live(self, websocket: WebSocket) -> None:
        await websocket.accept()
        line = line_to(websocket)
        assert isinstance(line, DirectLine | QueueLine)
        self.loop = asyncio.get_running_loop()
        self.lines.append(line)
        pump = asyncio.create_task(line.pump())
        with contextlib.suppress(RuntimeError):
            while (await websocket.receive())["type"] != "websocket.disconnect":
                pass
        self.lines.remove(line)
        pump.cancel()

    def write_to_all(self) -> None:
        for line in list(self.lines):
            line.write([MOVED], MOVED.frame)

    def broadcast(self) -> None:
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.write_to_all)

    def broadcast_many(self) -> None:
        """About 40 KB to each line, and waits until they are written."""
        written = threading.Event()

        def write() -> None:
            for line in list(self.lines):
                line.write([MOVED] * 1000, MOVED.frame * 1000)
            written.set()

        assert self.loop is not None
        self.loop.call_soon_threadsafe(write)
        written.wait(5)

    def expect(self, lines: int) -> None:
        for _ in range(500):
            if len(self.lines) == lines:
                return
            time.sleep(0.01)
        raise AssertionError(f"{len(self.lines)} lines, expected {lines}")


@contextlib.contextmanager
def running(board: Board, ws: type[WireProtocol] | str, **options: float) -> Iterator[int]:
    app = Starlette(routes=[WebSocketRoute("/live", board.live)])
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, ws=ws, ws_per_message_deflate=False, log_level="error", **options)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server does not end"


@pytest.mark.parametrize(("ws", "kind"), [(WireProtocol, DirectLine), ("websockets-sansio", QueueLine)])
def test_a_notice_reaches_every_console_with_and_without_our_protocol(ws: type | str, kind: type) -> None:
    board = Board()

    with (
        running(board, ws) as port,
        connect(f"ws://127.0.0.1:{port}/live") as one,
        connect(f"ws://127.0.0.1:{port}/live") as two,
    ):
        board.expect(2)
        kinds = {type(line) for line in board.lines}
        board.broadcast()
        heard = [one.recv(timeout=5), two.recv(timeout=5)]

    assert kinds == {kind}
    assert heard == ['{"position":7,"incident":"i","seq":3}'] * 2


def test_a_console_that_stops_reading_is_cut_off_and_the_others_hear_everything() -> None:
    """F101"""
    board = Board()
    enough = (BUFFER_LIMIT + 8 * 1024 * 1024) // len(MOVED.frame)
    with running(board, WireProtocol) as port:
        deaf = socket.create_connection(("127.0.0.1", port))
        deaf.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        with connect(f"ws://127.0.0.1:{port}/live", max_queue=None) as healthy:
            board.expect(2)
            longest, heard, last = 0.0, 0, time.monotonic()

            def flood() -> None:
                for _ in range(enough // 1000):
                    board.broadcast_many()
                    time.sleep(0.005)

            threading.Thread(target=flood).start()
            while heard < enough // 1000 * 1000:
                healthy.recv(timeout=5)
                heard += 1
                longest, last = max(longest, time.monotonic() - last), time.monotonic()
            board.expect(1)
        deaf.close()

    assert heard == enough // 1000 * 1000
    assert longest < 2


def test_a_console_that_is_gone_without_a_word_is_noticed() -> None:
    """F102: whoever answers no ping is cut off, even with words still waiting for them."""
    board = Board()
    with running(board, WireProtocol, ws_ping_interval=0.2, ws_ping_timeout=0.2) as port:
        gone = socket.create_connection(("127.0.0.1", port))
        gone.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        board.expect(1)
        line = board.lines[0]
        assert isinstance(line, DirectLine)
        while line.wire.transport.get_write_buffer_size() == 0:
            board.broadcast_many()

        board.expect(0)
        gone.close()


def test_a_queue_that_is_full_sends_its_console_away() -> None:
    async def overfull() -> int:
        line = QueueLine(WebSocket({"type": "websocket"}, asyncio.sleep, asyncio.sleep))  # type: ignore[arg-type]
        for _ in range(300):
            line.write([MOVED], MOVED.frame)
        end(line, 1000)
        return await line.ended

    assert asyncio.run(overfull()) == 1013
