"""Where the audit chain stood, signed, so that a tail that was cut off or written anew is found later (PR-59, F134).

The chain alone is as good as its end: whoever owns the database can cut rows off and write others that fit. What was
anchored outside says how long it was, and which digest it had there. An anchor holds numbers and digests, no content.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from crisis.store.anchor_key import Seal, Signer
from crisis.store.tables import AUDIT, HEAD

PREFIX, SUFFIX = "anchor-", ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The chain had so many rows, the last with this digest; `log` is the digest of the events up to `position`."""

    made_at: str
    number: int
    digest: str
    position: int
    log: str

    @property
    def text(self) -> bytes:
        """What is signed: the same letters for the same values."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":")).encode()


@dataclass(frozen=True, slots=True)
class Signed:
    """`key` is the fingerprint of the key that signed."""

    anchor: Anchor
    key: str
    signature: str

    @property
    def name(self) -> str:
        stamp = "".join(each for each in self.anchor.made_at[:19] if each.isalnum())
        return f"{PREFIX}{self.anchor.number:010}-{stamp}{SUFFIX}"

    @property
    def text(self) -> str:
        whole = {**asdict(self.anchor), "key": self.key, "signature": self.signature}
        return json.dumps(whole, sort_keys=True, indent=1) + "\n"


class Unreadable(ValueError):
    """A file that is no anchor."""


def of_now(tx: Connection, at: datetime) -> Anchor:
    head = tx.execute(select(HEAD)).one()
    return Anchor(
        made_at=at.isoformat(),
        number=head.audit_number,
        digest=head.audit_digest,
        position=head.position,
        log=head.log_digest,
    )


def signed(anchor: Anchor, by: Signer) -> Signed:
    return Signed(anchor, by.seal.fingerprint, by.sign(anchor.text).hex())


def read(text: str) -> Signed:
    """Raises `Unreadable`."""
    try:
        found = json.loads(text)
        anchor = Anchor(
            made_at=str(found["made_at"]),
            number=int(found["number"]),
            digest=str(found["digest"]),
            position=int(found["position"]),
            log=str(found["log"]),
        )
        return Signed(anchor, str(found["key"]), str(found["signature"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("this is no anchor") from error


def of_folder(folder: Path) -> list[tuple[str, str]]:
    """Name and text of each anchor, the oldest first."""
    return [(file.name, file.read_text(encoding="utf-8")) for file in sorted(folder.glob(f"{PREFIX}*{SUFFIX}"))]


def problems(tx: Connection, kept: Iterable[tuple[str, str]], seal: Seal) -> list[str]:
    """What is wrong, by file. The chain itself must have been walked: an anchor says what its rows were."""
    found = ((name, _problem(tx, text, seal)) for name, text in kept)
    return [f"{name}: {problem}" for name, problem in found if problem is not None]


def _problem(tx: Connection, text: str, seal: Seal) -> str | None:
    try:
        kept = read(text)
        signature = bytes.fromhex(kept.signature)
    except ValueError:
        return "this is no anchor"
    if kept.key != seal.fingerprint:
        return "another key signed it"
    if not seal.fits(signature, kept.anchor.text):
        return "the signature does not fit: the anchor was changed"
    return _against_chain(tx, kept.anchor)


def _against_chain(tx: Connection, anchor: Anchor) -> str | None:
    head = tx.execute(select(HEAD)).one()
    if head.audit_number < anchor.number or head.position < anchor.position:
        return f"the chain had {anchor.number} rows then, and has {head.audit_number} now: its end was cut off"
    if anchor.number == 0:
        return None
    digest = tx.execute(select(AUDIT.c.digest).where(AUDIT.c.number == anchor.number)).scalar_one_or_none()
    return None if digest == anchor.digest else f"row {anchor.number} is not what it was then: rows were written anew"
