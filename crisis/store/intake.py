"""The sheet that a family fills in on a tablet handed over by staff: a page for one student, once, for an hour.

What they write is a draft that staff take over field by field; it is in the record only then, and its own words are
gone (`privacy-and-culture.md` 2.5).
"""

import hashlib
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.record_words import IntakeQuestion, Settled
from crisis.store import audit, people, sealed
from crisis.store.intake_tables import INTAKE_ANSWER, INTAKE_SHEET
from crisis.store.sealed import KeyRing
from crisis.store.tables import WORDS
from crisis.vocabulary import DistrictId, PersonId, StudentId, WordsId

LASTS = timedelta(hours=1)
LONGEST = 600  # letters of one answer
LANGUAGES = ("en", "es")
LETTERS = string.ascii_letters + string.digits
LENGTH = 22  # 131 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSheet:
    """A sheet that can be filled in now; it says nothing of whose it is but to those who keep the record."""

    id: str
    student: StudentId
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One answer that waits for somebody. `text` None: its key was destroyed."""

    sheet: str
    question: IntakeQuestion
    text: str | None
    language: str
    sent_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingSheet:
    """A sheet with answers that nobody has looked at."""

    student: StudentId
    name: str
    sent_at: datetime
    answers: int


def hand_over(tx: Connection, whose: tuple[DistrictId, StudentId], language: str, *, by: PersonId, at: datetime) -> str:
    """The token for its address. One that was handed over before for this student and not sent ends."""
    district, student = whose
    if language not in LANGUAGES:
        raise Refused(
            Reason(
                "INTAKE", "The sheet is ready in English and in Spanish; for other languages, ask with an interpreter"
            )
        )
    unsent = (INTAKE_SHEET.c.student == student, INTAKE_SHEET.c.sent_at.is_(None))
    tx.execute(delete(INTAKE_SHEET).where(*unsent))
    new, token = clock.new_id(), "".join(secrets.choice(LETTERS) for _letter in range(LENGTH))
    row = {"id": new, "digest": _digest(token), "district": district, "student": student, "language": language}
    tx.execute(insert(INTAKE_SHEET).values(**row, made_by=by, made_at=at))
    audit.record(tx, at=at, actor=by, action="intake sheet handed over", subject=student)
    return token


def of_token(tx: Connection, token: str, at: datetime) -> OpenSheet | None:
    """None for a token that never was, was sent already, or is too old: all the same to whoever shows it."""
    if len(token) != LENGTH:
        return None
    row = tx.execute(select(INTAKE_SHEET).where(INTAKE_SHEET.c.digest == _digest(token))).one_or_none()
    if row is None or row.sent_at is not None or at >= row.made_at + LASTS:
        return None
    return OpenSheet(id=row.id, student=row.student, language=row.language)


def send(tx: Connection, keys: KeyRing, token: str, answers: Mapping[IntakeQuestion, str], *, at: datetime) -> bool:
    """Once: the second of two that are sent at the same moment finds none. False where there is no open sheet.

    What was left empty is not kept; what is longer than `LONGEST` is cut, since nobody is there to ask.
    """
    sheet = of_token(tx, token, at)
    if sheet is None:
        return False
    same = (INTAKE_SHEET.c.id == sheet.id, INTAKE_SHEET.c.sent_at.is_(None))
    if tx.execute(update(INTAKE_SHEET).where(*same).values(sent_at=at)).rowcount == 0:
        return False
    said = {question: text.strip()[:LONGEST] for question, text in answers.items() if text.strip()}
    words = {question: WordsId(clock.new_id()) for question in said}
    sealed.put(tx, keys, sheet.student, {words[question]: text for question, text in said.items()})
    for question, words_id in words.items():
        tx.execute(insert(INTAKE_ANSWER).values(sheet=sheet.id, question=question, words=words_id))
    detail = {"answers": len(said)}
    audit.record(tx, at=at, actor=None, action="intake sheet sent", subject=sheet.student, detail=detail)
    return True


def drafts(tx: Connection, keys: KeyRing, student: StudentId) -> list[Draft]:
    """What waits to be taken over, the newest sheet first, each in the order of the questions."""
    query = (
        select(INTAKE_ANSWER.c.question, INTAKE_ANSWER.c.words)
        .add_columns(INTAKE_SHEET.c.id, INTAKE_SHEET.c.language, INTAKE_SHEET.c.sent_at)
        .join_from(INTAKE_ANSWER, INTAKE_SHEET, INTAKE_SHEET.c.id == INTAKE_ANSWER.c.sheet)
        .where(INTAKE_SHEET.c.student == student, INTAKE_ANSWER.c.settled.is_(None))
    )
    rows = tx.execute(query.order_by(INTAKE_SHEET.c.sent_at.desc(), INTAKE_SHEET.c.id)).all()
    words = sealed.read(tx, keys, [WordsId(row.words) for row in rows])
    found = [
        Draft(
            sheet=row.id,
            question=row.question,
            text=words.get(WordsId(row.words)),
            language=row.language,
            sent_at=row.sent_at,
        )
        for row in rows
    ]
    order = list(IntakeQuestion)
    newest = list(dict.fromkeys(each.sheet for each in found))
    return sorted(found, key=lambda each: (newest.index(each.sheet), order.index(each.question)))


def settle(
    tx: Connection, student: StudentId, answer: tuple[str, IntakeQuestion], how: Settled, *, by: PersonId, at: datetime
) -> None:
    """Somebody has looked at it; its words are erased. Raises `NotFound` for one that waits no more or is another's."""
    sheet, question = answer
    same = (INTAKE_ANSWER.c.sheet == sheet, INTAKE_ANSWER.c.question == question, INTAKE_ANSWER.c.settled.is_(None))
    ours = select(INTAKE_SHEET.c.id).where(INTAKE_SHEET.c.id == sheet, INTAKE_SHEET.c.student == student)
    words = tx.execute(select(INTAKE_ANSWER.c.words).where(*same, INTAKE_ANSWER.c.sheet.in_(ours))).scalar_one_or_none()
    if words is None:
        raise NotFound
    tx.execute(update(INTAKE_ANSWER).where(*same).values(settled=how, settled_by=by, settled_at=at, words=None))
    tx.execute(delete(WORDS).where(WORDS.c.id == words))
    audit.record(tx, at=at, actor=by, action=f"intake answer {how.value.replace('_', ' ')}", subject=sheet)


def waiting(tx: Connection, district: DistrictId) -> list[WaitingSheet]:
    """The oldest first: sheets of the district with answers that nobody has settled."""
    query = (
        select(INTAKE_SHEET.c.student, INTAKE_SHEET.c.sent_at, INTAKE_ANSWER.c.question)
        .join_from(INTAKE_ANSWER, INTAKE_SHEET, INTAKE_SHEET.c.id == INTAKE_ANSWER.c.sheet)
        .where(INTAKE_SHEET.c.district == district, INTAKE_ANSWER.c.settled.is_(None))
    )
    found: dict[tuple[StudentId, datetime], int] = {}
    for row in tx.execute(query.order_by(INTAKE_SHEET.c.sent_at, INTAKE_SHEET.c.id)):
        found[row.student, row.sent_at] = found.get((row.student, row.sent_at), 0) + 1
    return [
        WaitingSheet(student=student, name=people.student(tx, student).name, sent_at=sent_at, answers=number)
        for (student, sent_at), number in found.items()
    ]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
