"""What telephones received and what their owners did: append-only, on disk before anybody is told."""

import json
import os
import threading
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from crisis import clock

Kind = Literal["text", "call", "voice", "reply", "key", "missed", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that a telephone received, or that its owner did. `at` is ISO 8601 in UTC.

    `lost`: the provider took it and no telephone got it. `missed`: it rang, and was ended before anybody picked up.
    """

    number: int
    at: str
    kind: Kind
    phone: str
    body: str
    sid: str
    line: str = ""  # the number at the other end
    reference: str = ""
    action: str = ""  # where a key of this call goes

    @property
    def clock(self) -> str:
        return datetime.fromisoformat(self.at).astimezone().strftime("%H:%M:%S")


@dataclass(slots=True)
class Ledger:
    """One JSON line an entry. A line that a crash cut short was told to nobody and is taken off again."""

    path: Path
    entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def load(self) -> "Ledger":
        if self.path.exists():
            written = self.path.read_bytes()
            whole = written[: written.rfind(b"\n") + 1]
            if whole != written:
                os.truncate(self.path, len(whole))
            self.entries = [Entry(**json.loads(line)) for line in whole.splitlines()]
        return self

    def add(
        self, kind: Kind, phone: str, body: str, sid: str, *, line: str = "", reference: str = "", action: str = ""
    ) -> Entry:
        with self._lock:
            entry = Entry(
                number=len(self.entries) + 1,
                at=clock.now().isoformat(),
                kind=kind,
                phone=phone,
                body=body,
                sid=sid,
                line=line,
                reference=reference,
                action=action,
            )
            with self.path.open("ab") as file:
                file.write(json.dumps(asdict(entry)).encode() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            self.entries.append(entry)
        return entry

    def of_phone(self, phone: str) -> list[Entry]:
        """What its owner knows of."""
        return [entry for entry in self.entries if entry.phone == phone and entry.kind != "lost"]

    def by_sid(self, sid: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.sid == sid), None)
