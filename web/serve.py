"""Runs the application: one process, the measured settings, and logs without names."""

import logging
import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from math import inf
from queue import Empty, SimpleQueue
from signal import SIGINT, SIGTERM
from time import gmtime, monotonic
from types import TracebackType

import uvicorn

from crisis.errors import Reason, Refused
from crisis.pulse import Pulse
from crisis.settings import THIS_MACHINE, Settings
from crisis.store.engine import Store
from web.app import build_app
from web.wire import WireProtocol

MESSAGE_LIMIT = 16 * 1024  # F110: a console has nothing long to say
PING = 5.0  # F102: a half-open console is noticed after 10 s; 20 s pings took 40
STUCK = 10.0  # seconds in which the event loop did not turn (W0)
NAP = 0.5  # seconds between two looks whether a signal has come
GRACE = 3  # seconds for what is under way when the process is asked to end

ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class WhereOnly(logging.Formatter):
    """Shows where something broke and what kind of error it was, not its words: they may hold a name (F130).

    Times are UTC, to the millisecond, and what others say can neither begin a line nor move the cursor.
    """

    converter = staticmethod(gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (the library's name)
        line = super().formatMessage(record)
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)

    def formatException(self, ei: ErrorInfo) -> str:  # noqa: N802  (the library's name)
        kind, _, trace = ei
        places = "".join(traceback.format_tb(trace)) if trace else ""
        return f"{places}{kind.__name__ if kind else ''}"


LOGS: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"where": {"()": WhereOnly, "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"out": {"class": "logging.StreamHandler", "formatter": "where"}},
    "root": {"handlers": ["out"], "level": "WARNING"},  # libraries write addresses at INFO
    "loggers": {"crisis": {"level": "INFO"}, "web": {"level": "INFO"}},
}


def must_listen_in_private(host: str, settings: Settings) -> None:
    """Raises `Refused`: what a proxy sends from another machine holds sessions and records (ASVS 12.3.3)."""
    if host in THIS_MACHINE or settings.tls_cert is not None or settings.proxy_network_protected:
        return
    text = (
        f"On {host} others could read what the proxy sends: give CRISIS_TLS_CERT and CRISIS_TLS_KEY, or listen on "
        "127.0.0.1. Where the network between protects itself, such as one inside this machine: "
        "CRISIS_PROXY_NETWORK_PROTECTED=true"
    )
    raise Refused(Reason("TLS", text))


def server(store: Store, settings: Settings, host: str, port: int, pulse: Pulse | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        build_app(store, settings, pulse),
        host=host,
        port=port,
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        loop="uvloop",
        http="httptools",
        ws=WireProtocol,
        ws_max_size=MESSAGE_LIMIT,
        ws_ping_interval=PING,
        ws_ping_timeout=PING,
        ws_per_message_deflate=False,  # costs memory for each console, and one frame could not serve all
        log_config=LOGS,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE,
    )
    return uvicorn.Server(config)


@contextmanager
def until_asked_to_end() -> Iterator[None]:
    """A stop by the system is as calm as Ctrl-C: what stands around this still ends in order."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Wishes:
    """Signals that ask the process to end, by number."""

    def __init__(self) -> None:
        self._came: SimpleQueue[int] = SimpleQueue()

    def put(self, number: int) -> None:
        self._came.put(number)

    def wait(self, within: float = inf) -> int | None:
        """The first one; None where none came within so many seconds.

        A handler runs when this thread next does something: a signal that came as it was about to sleep would be heard
        at the end of the world, so it never sleeps for long.
        """
        until = monotonic() + within
        while (left := until - monotonic()) > 0:
            with suppress(Empty):
                return self._came.get(timeout=min(left, NAP))
        return None


@contextmanager
def a_wish_to_end() -> Iterator[Wishes]:
    """To be waited for. An exception out of a handler can be lost in what it interrupts; this cannot."""
    wishes = Wishes()
    before = {each: signal.signal(each, lambda number, _: wishes.put(number)) for each in (SIGINT, SIGTERM)}
    try:
        yield wishes
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def serve(store: Store, settings: Settings, host: str, port: int) -> None:
    """Until the process is asked to end. With SQLite there must be one such process only."""
    with until_asked_to_end(), Pulse("event loop", STUCK) as pulse:
        server(store, settings, host, port, pulse).run()
