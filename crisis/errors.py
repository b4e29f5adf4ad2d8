"""How the rules say no: a refusal with every reason, or a conflict with who was faster."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class InBoth:
    """What a protocol calls something, in both languages of the console; in English where none is asked for."""

    en: str
    es: str

    def __str__(self) -> str:
        return self.en

    def in_language(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason that a person can act on.

    `rule` is the id of the rule (`I-15`, `PR-12`, `ACCESS`, `STEP`), `text` an English sentence for a counselor, which
    is also the key of its translation; `values` fill its `%(name)s` places and never hold a name or a narrative.
    `at` is where the person acts on it: a field of the form that was sent (`reason`), or a page of the incident
    (`/custody`, `/steps/screen`); it is no part of what the reason says.
    """

    rule: str
    text: str
    values: tuple[tuple[str, str | InBoth], ...] = ()
    at: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.text % dict(self.values)} ({self.rule})" if self.values else f"{self.text} ({self.rule})"


class Refused(Exception):
    """A person asked for what the rules forbid; carries every reason, not the first."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class Change:
    """What happened since the version that the loser had seen: event number, event name, by whom (a person id).

    `event` is None where the loser's view does not list it; then that it happened is all that is told.
    """

    seq: int
    event: str | None
    by: str | None


class Conflict(Exception):
    """Somebody was faster: the same step or region changed since the version that was seen."""

    def __init__(self, seen: int, now: int, changes: Sequence[Change]) -> None:
        super().__init__(f"version {seen} was seen, version {now} is current")
        self.seen, self.now, self.changes = seen, now, tuple(changes)


class NotFound(Exception):
    """There is no such thing, or not for this person; the answer is the same."""


def refuse_if(*reasons: Reason | None) -> None:
    """Raises `Refused` with all reasons that are not `None`."""
    found = [reason for reason in reasons if reason is not None]
    if found:
        raise Refused(*found)
