"""What `crisis heartbeat-receiver` knows: when the last beat came, and whether somebody was told that they stopped.

It is written down at each beat. A receiver that starts again counts the time in which it was not there as silence.
"""

import json
import os
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from crisis.sentinel import signing

SILENT = timedelta(seconds=90)
AGAIN = timedelta(minutes=10)  # an alarm that nobody acted on is repeated
SOON = timedelta(seconds=30)  # one that could not be given is tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`heard_at` by our clock, `sent_at` by theirs; `alarmed_at` is None while all is well."""

    since: datetime
    heard_at: datetime | None = None
    sent_at: datetime | None = None
    alarmed_at: datetime | None = None
    told: bool = False  # whether that alarm went out

    def text(self) -> str:
        return json.dumps(asdict(self), default=lambda at: at.isoformat())


def state_from(text: str) -> State:
    return TypeAdapter(State).validate_json(text)


class Receiver:
    """`alarm` tells people that the beats stopped (False: that they are back), and says whether it could."""

    def __init__(self, secret: str, file: Path, alarm: Callable[[bool], bool], now: Callable[[], datetime]) -> None:
        self._secret, self._file, self._alarm, self._now = secret, file, alarm, now
        self._lock = threading.Lock()
        self.state = state_from(file.read_text(encoding="utf-8")) if file.exists() else State(since=now())
        self._keep(self.state)

    def hear(self, body: bytes, given: str) -> str | None:
        """Why this beat does not count, or None: then it is written down."""
        with self._lock:
            at = self._now()
            refused = signing.refusal(self._secret, body, given, last=self.state.sent_at, at=at)
            if refused is None:
                self._keep(replace(self.state, heard_at=at, sent_at=signing.sent(body)))
            return refused

    def silence(self) -> timedelta:
        """Since the last beat, or since it was first waited for."""
        return self._now() - (self.state.heard_at or self.state.since)

    def look(self) -> None:
        """Called every second: alarms, again and again, and says when it is over."""
        at, state, silent = self._now(), self.state, self.silence() > SILENT
        if silent and (state.alarmed_at is None or at - state.alarmed_at >= (AGAIN if state.told else SOON)):
            told = self._alarm(True)
            self._mark(alarmed_at=at, told=told)
        if not silent and state.alarmed_at is not None and (self._alarm(False) or at - state.alarmed_at > AGAIN):
            self._mark(alarmed_at=None, told=False)

    def _mark(self, *, alarmed_at: datetime | None, told: bool) -> None:
        with self._lock:
            self._keep(replace(self.state, alarmed_at=alarmed_at, told=told))

    def _keep(self, state: State) -> None:
        """Whole or not at all, and on the disk."""
        new = self._file.with_name(self._file.name + ".new")
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(state.text())
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)
        self.state = state
