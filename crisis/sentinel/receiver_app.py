"""The receiver as a program: takes beats, looks every second, and says on its page how it stands."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from crisis import clock
from crisis.pulse import Pulse
from crisis.sentinel.receiver import SILENT, Receiver
from crisis.sentinel.signing import SIGNATURE
from crisis.sentinel.telling import telling
from crisis.settings import ReceiverSettings

LONGEST = 1024  # bytes of a beat
STUCK = 120.0  # an alarm may wait for a command and a mail server
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="10">
<meta name="viewport" content="width=device-width"><title>{heading}</title></head><body>
<h1>{heading}</h1><p>{words}</p></body></html>"""


def build_receiver(receiver: Receiver) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.post("/beat")
    async def beat(request: Request) -> Response:
        body = await request.body()
        if len(body) > LONGEST:
            return JSONResponse({"refused": "it is too long"}, status_code=413)
        refused = receiver.hear(body, request.headers.get(SIGNATURE, ""))
        return JSONResponse({"refused": refused} if refused else {"heard": True}, status_code=403 if refused else 200)

    @app.get("/")
    def page() -> HTMLResponse:
        """503 while it is silent, so that another monitor can look here too."""
        quiet = receiver.silence()
        silent, seconds = quiet > SILENT, round(quiet.total_seconds())
        last = f"The last heartbeat came {seconds} seconds ago."
        if receiver.state.heard_at is None:
            last = f"No heartbeat has come yet; this has waited for {seconds} seconds."
        told = " People were told." if receiver.state.told else " Nobody could be told yet." if silent else ""
        heading = "Crisis has gone silent" if silent else "Crisis is heard"
        return HTMLResponse(PAGE.format(heading=heading, words=last + told), status_code=503 if silent else 200)

    return app


@contextmanager
def looking(receiver: Receiver, every: float = 1.0) -> Iterator[None]:
    stop = threading.Event()

    def run() -> None:
        with Pulse("receiver", STUCK) as pulse:
            while not stop.wait(every):
                receiver.look()
                pulse.beat()

    thread = threading.Thread(target=run, name="receiver")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)


def serve_receiver(settings: ReceiverSettings) -> None:
    """Until the process is ended."""
    settings.receiver_state.parent.mkdir(parents=True, exist_ok=True)
    alarm = telling(settings)
    receiver = Receiver(settings.heartbeat_secret.get_secret_value(), settings.receiver_state, alarm, clock.now)
    config = uvicorn.Config(
        build_receiver(receiver),
        host=settings.receiver_host,
        port=settings.receiver_port,
        ssl_certfile=settings.receiver_cert,
        ssl_keyfile=settings.receiver_key,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
    )
    with looking(receiver):
        uvicorn.Server(config).run()
