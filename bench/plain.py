"""The floor of a fan-out: a bare server that answers a handshake and writes one frame to every connection."""

import asyncio
import sys
import time
from typing import cast

import uvloop

from bench.console import allow_files, say
from crisis import clock
from web.wire import notice

HELLO = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

lines: list[asyncio.WriteTransport] = []


class Plain(asyncio.Protocol):
    def __init__(self) -> None:
        self.read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.WriteTransport, transport)  # uvloop's has the methods, not the class

    def data_received(self, data: bytes) -> None:
        self.read += data
        if self.read.endswith(b"\r\n\r\n"):
            self.transport.write(HELLO)
            lines.append(self.transport)
            self.read = b""


async def main(port: int) -> None:
    allow_files()
    loop = asyncio.get_running_loop()
    await loop.create_server(Plain, "127.0.0.1", port, backlog=1024)
    say(started=True)
    position = 0
    while await loop.run_in_executor(None, sys.stdin.readline):
        position += 1
        began = time.perf_counter()
        frame = notice({"position": position, "incident": clock.new_id(), "seq": position}).frame
        for line in lines:
            line.write(frame)
        say(at=began)


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
