"""How far a district's texts to families have come, who signed for each, and what is ready to be used now."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.message_words import TextState
from crisis.policy.messages import Ready, Signature, against_signing, standing
from crisis.protocols import loader
from crisis.protocols.languages import SOURCE
from crisis.protocols.message_schema import Message
from crisis.store import audit
from crisis.store.message_tables import INTERPRETER_LINE, MESSAGE_SIGNATURE
from crisis.store.phones import phone_number
from crisis.vocabulary import DistrictId, PersonId

LINE = "line"  # the message that goes with an English text
Signed = Mapping[tuple[str, str], Sequence[Signature]]  # by message and language


@dataclass(frozen=True, slots=True, kw_only=True)
class OneText:
    message: str
    language: str


def signed(tx: Connection, district: DistrictId) -> Signed:
    """All that was ever signed for here, the oldest first."""
    found: dict[tuple[str, str], list[Signature]] = defaultdict(list)
    query = select(MESSAGE_SIGNATURE).where(MESSAGE_SIGNATURE.c.district == district)
    for row in tx.execute(query.order_by(MESSAGE_SIGNATURE.c.signed_at, MESSAGE_SIGNATURE.c.id)):
        found[row.message, row.language].append(
            Signature(
                stage=row.stage,
                who=tuple(row.who.split("\n")),
                by=row.signed_by,
                at=row.signed_at,
                source=row.source,
                text=row.text,
            )
        )
    return found


def sign(tx: Connection, district: DistrictId, of: OneText, new: Signature) -> None:
    """One stage of one text, as it reads now. Raises `Refused` with every reason, `NotFound` for no such message."""
    message = loader.messages().get(of.message)
    if message is None:
        raise NotFound
    known = signed(tx, district)
    source_is_out = standing(message, SOURCE, known.get((message.id, SOURCE), ())) is TextState.PUBLISHED
    before = known.get((message.id, of.language), ())
    against = against_signing(message, of.language, before, new, source_is_out=source_is_out)
    if against:
        raise Refused(*against)
    row = {"id": clock.new_id(), "district": district, "message": message.id, "language": of.language}
    tx.execute(
        insert(MESSAGE_SIGNATURE).values(
            **row,
            stage=new.stage,
            who="\n".join(" ".join(name.split()) for name in new.who),
            source=new.source,
            text=new.text,
            signed_by=new.by,
            signed_at=new.at,
        )
    )
    detail = {"message": message.id, "language": of.language, "stage": str(new.stage), "text": new.text[:12]}
    audit.record(tx, at=new.at, actor=new.by, action="message text signed", subject=district, detail=detail)


def ready(tx: Connection, district: DistrictId, message_id: str) -> Ready:
    """What can be used now for one message of the catalog."""
    has_line = interpreter_line(tx, district) is not None
    return ready_by(signed(tx, district), message_id, interpreter=has_line)


def ready_by(known: Signed, message_id: str, *, interpreter: bool) -> Ready:
    """The same of signatures that were read before."""
    message = loader.messages()[message_id]
    out = published(message, known)
    return Ready(
        published=out,
        recorded=frozenset(tag for tag in out if message.asset(tag).recording is not None),
        line=published(loader.messages()[LINE], known),
        interpreter=interpreter,
    )


def published(message: Message, known: Signed) -> frozenset[str]:
    return frozenset(
        tag for tag in message.assets if standing(message, tag, known.get((message.id, tag), ())) is TextState.PUBLISHED
    )


def interpreter_line(tx: Connection, district: DistrictId) -> str | None:
    """E.164; None where nobody has given one."""
    query = select(INTERPRETER_LINE.c.number).where(INTERPRETER_LINE.c.district == district)
    found: str | None = tx.execute(query).scalar_one_or_none()
    return found


def set_interpreter_line(tx: Connection, district: DistrictId, written: str, *, by: PersonId, at: datetime) -> None:
    """The last word counts; an empty one takes the line away."""
    number = phone_number(written).number
    if written.strip() and number is None:
        raise Refused(Reason("PR-73", "This is no number that can be called; write it with its area code"))
    tx.execute(delete(INTERPRETER_LINE).where(INTERPRETER_LINE.c.district == district))
    if number is not None:
        tx.execute(insert(INTERPRETER_LINE).values(district=district, number=number, recorded_by=by, recorded_at=at))
    audit.record(tx, at=at, actor=by, action="interpreter line recorded", subject=district)
