"""Once a day: where the audit chain stands, signed, into a folder outside and by mail to two people (PR-59).

One of several workers does it. What failed is tried again each hour; after two days the officers are told.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from crisis.notify.smtp import Mailer, mailer
from crisis.settings import Settings
from crisis.store import anchors, audit, people, planners, signs
from crisis.store.anchor_key import signer
from crisis.store.anchors import Signed
from crisis.store.engine import Store
from crisis.store.errands import Subject
from crisis.store.sealed import KeyFault
from crisis.store.signs import Sign
from crisis.vocabulary import AttemptOutcome, DistrictId, PersonId, StaffRole

EVERY, AGAIN, LOOK = timedelta(days=1), timedelta(hours=1), timedelta(minutes=5)
TOO_LONG = timedelta(days=2)
SUBJECT = "Crisis: where the audit chain stands"
BODY = (
    "Please keep this message where nobody can change it. It holds no name and nothing of any record.\n"
    "With it `crisis audit verify --anchors` finds whether the record of who looked was cut off or written anew.\n\n"
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outside:
    """Where anchors go: a folder, or people, or both."""

    folder: Path | None
    mailer: Mailer | None
    people: tuple[str, ...]
    key: Path

    def take(self, anchor: Signed) -> list[str]:
        """Where it did not arrive; the other places have it all the same."""
        failed = [] if self.folder is None or self._written(self.folder, anchor) else ["folder"]
        if self.mailer is not None:
            failed += [
                f"mail {n}" for n, to in enumerate(self.people, 1) if not self._mailed(self.mailer, to, n, anchor)
            ]
        return failed

    @staticmethod
    def _mailed(mailer: Mailer, to: str, number: int, anchor: Signed) -> bool:
        """Which of them it was is said by its place in the list, never by its address."""
        outcome = mailer.send(to, SUBJECT, BODY + anchor.text, _reference(anchor, number))
        return outcome is AttemptOutcome.ACCEPTED

    @staticmethod
    def _written(folder: Path, anchor: Signed) -> bool:
        """Never over another file: where things can only be added, that is refused anyway."""
        try:
            with (folder / anchor.name).open("x", encoding="utf-8") as file:
                file.write(anchor.text)
        except OSError as error:
            log.error("the anchor of the audit chain was not written: %s", type(error).__name__)
            return False
        return True


def _reference(anchor: Signed, number: int) -> str:
    return f"{anchor.name.removesuffix(anchors.SUFFIX)}-{number}"


def outside(settings: Settings) -> Outside | None:
    """None: nothing is set up, so nothing is anchored."""
    people = tuple(each.strip() for each in settings.anchor_mail.split(",") if each.strip())
    if settings.anchor_folder is None and not people:
        return None
    return Outside(settings.anchor_folder, mailer(settings) if people else None, people, settings.anchor_key)


@dataclass(frozen=True, slots=True)
class Anchoring:
    store: Store
    outside: Outside
    now: Callable[[], datetime]

    def turn(self) -> bool:
        """Whether one was made and arrived everywhere."""
        at = self.now()
        with self.store.read() as tx:
            if not _due(signs.left(tx).get(signs.ANCHOR), at):
                return False
        with self.store.write() as tx:
            before = signs.left(tx).get(signs.ANCHOR)
            if not _due(before, at):
                return False
            signs.leave(tx, signs.ANCHOR, at, good=False, detail=_since(before, at))  # the others leave it to this one
        failed = self.anchor()
        if failed:
            self._failed(at)
        return not failed

    def anchor(self) -> list[str]:
        """Now, whatever was before. Where it did not arrive."""
        at = self.now()
        with self.store.read() as tx:
            stands = anchors.of_now(tx, at)
        try:
            made = anchors.signed(stands, signer(self.outside.key))
        except (KeyFault, OSError) as error:
            log.error("the audit chain cannot be anchored: %s", type(error).__name__)
            return ["key"]
        failed = self.outside.take(made)
        if not failed:
            with self.store.write() as tx:
                signs.leave(tx, signs.ANCHOR, at, good=True)
                detail = {"rows": stands.number}
                audit.record(tx, at=at, actor=None, action="chain anchored", subject="audit", detail=detail)
        return failed

    def _failed(self, at: datetime) -> None:
        log.error("the audit chain was not anchored; it is tried again in an hour")
        with self.store.write() as tx:
            sign = signs.left(tx)[signs.ANCHOR]
            if not _too_long(sign, at):
                return
            for district in people.districts(tx):
                planners.tell(tx, district, Subject.ANCHOR, at=at, also=_officers(tx, district))
            signs.leave(tx, signs.ANCHOR, at, good=False, detail={**sign.detail, "told": at.isoformat()})


def _officers(tx: Connection, district: DistrictId) -> list[PersonId]:
    return [each.id for each in people.staff(tx, district) if StaffRole.PRIVACY_OFFICER in each.posts]


def _due(sign: Sign | None, at: datetime) -> bool:
    if sign is None:
        return True
    lately = sign.good_at is not None and sign.good_at > at - EVERY
    return not lately and sign.at <= at - AGAIN


def _since(before: Sign | None, at: datetime) -> dict[str, str]:
    """When it was first tried in vain, and when that was told; both forgotten once it has arrived."""
    if before is None or (before.good_at is not None and before.good_at == before.at):
        return {"since": at.isoformat()}
    return {name: str(value) for name, value in before.detail.items()}


def _too_long(sign: Sign, at: datetime) -> bool:
    """Two days without one, and not told within the last."""
    since = sign.good_at or _time(sign, "since") or at
    told = _time(sign, "told")
    return at - since >= TOO_LONG and (told is None or at - told >= EVERY)


def _time(sign: Sign, name: str) -> datetime | None:
    said = sign.detail.get(name)
    return datetime.fromisoformat(said) if isinstance(said, str) else None
