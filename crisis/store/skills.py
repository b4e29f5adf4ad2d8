"""What people can do and speak, as the coordinator wrote it down: routing preferences, never a reason to wait."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from crisis.errors import NotFound, Reason, refuse_if
from crisis.store import as_seen, audit
from crisis.store.people_tables import PERSON, SKILL, STUDENT
from crisis.vocabulary import DistrictId, PersonId, StudentId

LANGUAGE = "language:"
OFFICE_LANGUAGE = "en"  # every member of staff works in it
_SKILL = re.compile(r"[a-z][a-z0-9_]{0,39}|language:[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

# PR-46: no list of these is whole; it catches what somebody writes in good faith, as “haitian” for a language.
_ORIGIN = re.compile(
    r"(^|_)(race|racial|ethnic|nationalit|immigra|migrant|refugee|citizen|visa|foreign|tribe|tribal|native_american|indigen"
    r"|religi|faith|church|mosque|synagog|christian|cristian|catholic|catolic|protestant|evangelic|muslim|musulman|islam"
    r"|jew|judi|hindu|sikh|buddh|budist|mormon|black|white|brown|latin|hispan|asian|african|arab|haitian|mexican|chinese"
    r"|somali|nepal|vietnam|brazil|brasil|dominican|puerto_ric|caribbean|european|caucasian)"
)


def of_district(tx: Connection, district: DistrictId) -> dict[PersonId, tuple[str, ...]]:
    """Codes by person, in order: `sign_language`, or a BCP 47 tag after `language:`."""
    found: dict[PersonId, tuple[str, ...]] = {}
    query = select(SKILL.c.person, SKILL.c.skill).where(SKILL.c.district == district).order_by(SKILL.c.skill)
    for row in tx.execute(query):
        found[PersonId(row.person)] = (*found.get(PersonId(row.person), ()), row.skill)
    return found


def changes(person: PersonId) -> as_seen.Deed:
    return as_seen.Deed(person, ("skills set",))


def set_skills(
    tx: Connection,
    district: DistrictId,
    person: PersonId,
    skills: Collection[str],
    *,
    at: datetime,
    by: PersonId | None,
    seen: int | None = None,
) -> None:
    """Replaces what was written down before. `seen`: the version of that."""
    ours = select(PERSON.c.id).where(PERSON.c.id == person, PERSON.c.district == district, PERSON.c.staff)
    if tx.execute(ours).first() is None:
        raise NotFound
    fits = all(_SKILL.fullmatch(each) for each in skills)
    text = "Whom a page asks depends on no origin, looks or faith; write what they can do, or a language as language:ht"
    refuse_if(
        None if fits else Reason("SKILL", "Write a skill as a code, as in sign_language or language:es"),
        Reason("PR-46", text) if any(_ORIGIN.search(each) for each in skills) else None,
    )
    changes(person).must_be_current(tx, seen, by)
    tx.execute(delete(SKILL).where(SKILL.c.person == person))
    if skills:
        rows = [{"person": person, "district": district, "skill": skill} for skill in sorted(set(skills))]
        tx.execute(insert(SKILL), rows)
    audit.record(tx, at=at, actor=by, action="skills set", subject=person, detail={"number": len(set(skills))})


def wanted(tx: Connection, student: StudentId | None, prefers: Iterable[str]) -> frozenset[str]:
    """What a page prefers, and the student's language where it is not the one that everybody works in."""
    language = None
    if student is not None:
        language = tx.execute(select(STUDENT.c.language).where(STUDENT.c.id == student)).scalar_one_or_none()
    if language is None or _plain(LANGUAGE + language) == LANGUAGE + OFFICE_LANGUAGE:
        return frozenset(prefers)
    return frozenset((*prefers, _plain(LANGUAGE + language)))


def plainly(tx: Connection, district: DistrictId) -> dict[PersonId, frozenset[str]]:
    """What each can do; a language counts in any of its regional forms."""
    return {person: frozenset(_plain(each) for each in theirs) for person, theirs in of_district(tx, district).items()}


def _plain(skill: str) -> str:
    return skill.split("-")[0].lower()
