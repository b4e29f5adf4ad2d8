"""`crisis watch`: the live board in a terminal, a client of the API and the socket like any other console."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

import httpx2
from pydantic import TypeAdapter
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from crisis import clock
from crisis.vocabulary import Custody, Emergency
from web.api.incidents import Board, Summary

BOARD: TypeAdapter[Board] = TypeAdapter(Board)
SILENCE = 10.0  # no heartbeat for so long: what is on the screen may be old
SETTLE = 0.15  # several notices at once make one question
AGAIN = (0.5, 1.0, 2.0, 5.0, 10.0)


class Refusal(Exception):
    """The server does not take the token."""


def left(due_at: datetime | None, now: datetime) -> Text:
    if due_at is None:
        return Text("")
    seconds = round((due_at - now).total_seconds())
    minutes = abs(seconds) // 60
    said = f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    return Text(f"late by {said}", style="bold red") if seconds < 0 else Text(f"in {said}")


def line(incident: Summary, now: datetime) -> tuple[str | Text, ...]:
    alarm = incident.emergency is Emergency.ACTIVE or incident.custody in (Custody.LOST, Custody.UNHELD)
    coming = incident.next
    return (
        Text("DRILL", style="bold magenta") if incident.mode.value == "drill" else Text("live"),
        incident.id[-6:].upper(),
        incident.school,
        (incident.crisis_type or "incident").replace("_", " "),
        incident.phase.value.replace("_", " "),
        Text(incident.custody.value, style="bold red" if alarm else ""),
        incident.tier.value if incident.tier else "not known",
        coming.title if coming else "",
        left(coming.due_at, now) if coming else Text(""),
    )


def picture(board: Board, state: str) -> Table:
    now = clock.now()
    table = Table(title=f"{len(board.open)} open, {len(board.closed)} closed today", caption=state, expand=True)
    for heading in ("", "incident", "school", "what", "phase", "student", "risk", "next step", "due"):
        table.add_column(heading)
    for incident in board.open:
        table.add_row(*line(incident, now))
    return table


def ask(url: str, token: str) -> Board:
    answer = httpx2.get(f"{url}/api/v1/incidents", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    if answer.status_code == httpx2.codes.UNAUTHORIZED:
        raise Refusal
    answer.raise_for_status()
    return BOARD.validate_json(answer.content)


def notices(socket: ClientConnection) -> Iterator[bool]:
    """True where something moved; False for a heartbeat; ends when the line has gone silent."""
    with suppress(TimeoutError, WebSocketException):
        while True:
            yield "hello" not in json.loads(socket.recv(timeout=SILENCE))


def watch(url: str, token: str, console: Console, *, once: bool = False) -> None:
    """Shows the board and keeps it up to date until interrupted; `once` shows it and ends."""
    board = ask(url, token)
    if once:
        console.print(picture(board, clock.now().strftime("%H:%M:%S UTC")))
        return
    with Live(picture(board, "connecting"), console=console, refresh_per_second=4) as screen:
        failures = 0
        while True:
            try:
                for now in boards(url, token, board.position):
                    board, failures = now, 0
                    screen.update(picture(board, "live"))
            except (OSError, WebSocketException, httpx2.HTTPError) as error:
                if isinstance(error, InvalidStatus) and error.response.status_code == httpx2.codes.FORBIDDEN:
                    raise Refusal from error
                failures += 1
            screen.update(picture(board, "NOT LIVE: the server does not answer; trying again"))
            time.sleep(AGAIN[min(failures, len(AGAIN) - 1)])


def boards(url: str, token: str, position: int) -> Iterator[Board]:
    """The board, again and again while the socket lives; the clocks move with each heartbeat."""
    address = f"{url.replace('http', 'ws', 1)}/live?after={position}"
    headers = {"Authorization": f"Bearer {token}"}
    with connect(address, additional_headers=headers, compression=None) as socket:
        board = ask(url, token)
        yield board
        for moved in notices(socket):
            if moved:
                time.sleep(SETTLE)
                board = ask(url, token)
            yield board
