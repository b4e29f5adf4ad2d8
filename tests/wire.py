"""An application that is asked in this process: real clients and real routes, and between them no socket."""

import asyncio
from collections.abc import Callable

import httpx2
from starlette.types import ASGIApp, Message

Broken = Callable[[], None]


class Wire(httpx2.BaseTransport):
    """One request, one answer. An application that breaks off is a connection that broke.

    `broke` is told of an answer that never came whole: whoever asked cannot know what was done.
    """

    def __init__(self, app: ASGIApp, broke: Broken = lambda: None) -> None:
        self.app, self.broke = app, broke

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "query_string": request.url.query,
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("127.0.0.1", 1),
            "server": (request.url.host, request.url.port or 80),
            "state": {},
        }
        told: list[Message] = []
        arrived = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return arrived.pop() if arrived else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            told.append(message)

        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self.app(scope, receive, send))  # type: ignore[arg-type]
        finally:
            loop.close()
        return self._answer(request, told)

    def _answer(self, request: httpx2.Request, told: list[Message]) -> httpx2.Response:
        start = next(message for message in told if message["type"] == "http.response.start")
        parts = [message for message in told if message["type"] == "http.response.body"]
        if parts[-1].get("more_body"):
            self.broke()
            raise httpx2.RemoteProtocolError("the connection broke", request=request)
        said = b"".join(message.get("body", b"") for message in parts)
        return httpx2.Response(start["status"], headers=start["headers"], content=said, request=request)
