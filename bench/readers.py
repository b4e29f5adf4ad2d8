"""Thousands of consoles in one process: a bare epoll loop, so that the reader costs as little as it can."""

import select
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.console import allow_files, say

AT_ONCE = 500  # handshakes
CHANGE = b'"position"'
TEXT, PING = 0x1, 0x9
PATIENCE = 60.0


class Console:
    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.buffer = b""
        self.socket.sendall(
            f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
        )

    def greeted(self) -> None:
        while b"\r\n\r\n" not in self.buffer:
            got = self.socket.recv(4096)
            if not got:
                raise RuntimeError("the server closed a connection")
            self.buffer += got
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(f"the server refused a console: {head[:40]!r}")
        self.socket.setblocking(False)

    def changes(self) -> int:
        """Reads what is there, answers pings, and says how many changes there were."""
        got = self.socket.recv(65536)
        if not got:
            raise RuntimeError("the server closed a connection")
        found = 0
        for kind, content in self._frames(self.buffer + got):
            if kind == TEXT:
                found += CHANGE in content
            elif kind == PING:
                self.socket.send(bytes([0x8A, 0x80 | len(content), 0, 0, 0, 0]) + content)
        return found

    def _frames(self, read: bytes) -> Iterator[tuple[int, bytes]]:
        """Frames of a server are not masked; all that are said here are short."""
        at = 0
        while at + 2 <= len(read):
            length, start = read[at + 1] & 0x7F, at + 2
            if length == 126:
                length, start = int.from_bytes(read[at + 2 : at + 4]), at + 4
            if start + length > len(read):
                break
            yield read[at] & 0x0F, read[start : start + length]
            at = start + length
        self.buffer = read[at:]


class Readers:
    def __init__(self) -> None:
        self.poll, self.consoles = select.epoll(), dict[int, Console]()
        self.heard: list[float] = []
        self.let_in: list[float] = []  # after so many seconds
        self.poll.register(sys.stdin.fileno(), select.EPOLLIN)

    def connect(self, port: int, tokens: list[str]) -> None:
        """Some at a time; those that are there already go on answering pings meanwhile."""
        began = time.perf_counter()
        for first in range(0, len(tokens), AT_ONCE):
            some = [Console(port, token) for token in tokens[first : first + AT_ONCE]]
            for each in some:
                each.greeted()
                self.let_in.append(time.perf_counter() - began)
                self.consoles[each.socket.fileno()] = each
                self.poll.register(each.socket.fileno(), select.EPOLLIN)
            while self.poll.poll(0, 1):
                self.read(0)

    def read(self, timeout: float | None = None) -> bool:
        """False when the input has ended."""
        for number, _what in self.poll.poll(timeout):
            if number == sys.stdin.fileno():
                return False
            changes = self.consoles[number].changes()
            self.heard += [time.perf_counter()] * changes
        return True


def main(port: str, keys: str, count: str) -> None:
    """Says when each was let in, then after each change when each console had read it, until the input ends."""
    allow_files()
    tokens = Path(keys).read_text().split()
    step = max(1, len(tokens) // int(count))  # of all the posts, however few are wanted
    readers = Readers()
    readers.connect(int(port), tokens[::step][: int(count)])
    say(let_in=readers.let_in)
    while readers.read():
        if len(readers.heard) >= len(readers.consoles):
            say(at=readers.heard)
            readers.heard = []


if __name__ == "__main__":
    main(*sys.argv[1:4])
