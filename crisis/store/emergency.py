"""Emergency accounts, for the day when nobody can sign in as usual: at most two of a district, on paper, in a safe.

Sealed by an administrator; whoever opens one is in at once, and so are told those who answer for it. It counts half a
day from its first use, and then not before it is sealed anew (`privacy-and-culture.md` 4.1). What wants a fresh proof,
it does not do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused
from crisis.store import audit, people, planners, roster, sessions
from crisis.store.audit import Recorded
from crisis.store.errands import Subject
from crisis.store.passwords import Hashing, passphrase, secret_token, standard
from crisis.store.people_tables import ACCOUNT, PERSON
from crisis.store.sessions import LimitRules, Limits
from crisis.store.sign_in_tables import EMERGENCY_ACCOUNT
from crisis.vocabulary import DistrictId, PersonId, StaffRole

MOST = 2  # of a district
OPEN_FOR = timedelta(hours=12)  # from its first use
PARTS = 8  # of the passphrase: 76 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyAccount:
    """`sealed_at` None: it was made and nobody can use it yet. `opened_at`: its first use since it was sealed."""

    person: PersonId
    number: int
    username: str
    sealed_at: datetime | None
    opened_at: datetime | None

    def ends_at(self) -> datetime | None:
        return None if self.opened_at is None else self.opened_at + OPEN_FOR

    def stands(self, at: datetime) -> bool:
        ends = self.ends_at()
        return self.sealed_at is not None and (ends is None or at < ends)


_ALL = select(EMERGENCY_ACCOUNT, ACCOUNT.c.username).join(ACCOUNT, ACCOUNT.c.person == EMERGENCY_ACCOUNT.c.person)


def of_district(tx: Connection, district: DistrictId) -> list[EmergencyAccount]:
    rows = tx.execute(_ALL.where(EMERGENCY_ACCOUNT.c.district == district).order_by(EMERGENCY_ACCOUNT.c.number))
    return [
        EmergencyAccount(
            person=PersonId(row.person),
            number=row.number,
            username=row.username,
            sealed_at=row.sealed_at,
            opened_at=row.opened_at,
        )
        for row in rows
    ]


def find(tx: Connection, person: PersonId) -> EmergencyAccount | None:
    """None for everybody who is a person."""
    district = tx.execute(
        select(EMERGENCY_ACCOUNT.c.district).where(EMERGENCY_ACCOUNT.c.person == person)
    ).scalar_one_or_none()
    known = [] if district is None else of_district(tx, DistrictId(district))
    return next((each for each in known if each.person == person), None)


def make(tx: Connection, district: DistrictId, at: datetime, *, hashing: Hashing | None = None) -> EmergencyAccount:
    """By the operator at the machine. It sees what the district crisis lead sees, and stands on no list of people who
    may be called: to whoever pages it is as one whom the last roster left out. Nobody can use it before it is sealed.
    """
    people.district_name(tx, district)
    known = of_district(tx, district)
    if len(known) >= MOST:
        raise Refused(Reason("EMERGENCY", "A district has two emergency accounts at most; seal one of them anew"))
    number = max((each.number for each in known), default=0) + 1
    person, username = PersonId(clock.new_id()), f"emergency-{number}-{district}".casefold()[:64]
    roster.add_person(tx, district, person, ("Emergency account", str(number)), staff=True)
    tx.execute(update(PERSON).where(PERSON.c.id == person).values(missing_since=at))
    roster.give_post(tx, district, person, StaffRole.DISTRICT_LEAD, None)
    nobodys = {"password_hash": (hashing or standard()).hashed(secret_token()), "created_at": at}
    tx.execute(insert(ACCOUNT).values(person=person, district=district, username=username, **nobodys))
    row = {"person": person, "district": district, "number": number, "made_at": at}
    tx.execute(insert(EMERGENCY_ACCOUNT).values(**row))
    audit.record(tx, at=at, actor=None, action="emergency account made", subject=person)
    return EmergencyAccount(person=person, number=number, username=username, sealed_at=None, opened_at=None)


def seal(
    tx: Connection,
    district: DistrictId,
    person: PersonId,
    *,
    at: datetime,
    by: PersonId | None,
    hashing: Hashing | None = None,
) -> str:
    """A new passphrase, shown this once, to be printed and put away; whoever was in by the old one is out."""
    if person not in {each.person for each in of_district(tx, district)}:
        raise NotFound
    words = passphrase(PARTS)
    changed = {"password_hash": (hashing or standard()).hashed(words), "disabled_at": None}
    tx.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(**changed))
    sealed = {"sealed_at": at, "sealed_by": by, "opened_at": None}
    tx.execute(update(EMERGENCY_ACCOUNT).where(EMERGENCY_ACCOUNT.c.person == person).values(**sealed))
    sessions.forget(tx, person)
    audit.record(tx, at=at, actor=by, action="emergency account sealed", subject=person)
    return words


def opened(tx: Connection, person: PersonId, rules: LimitRules, at: datetime) -> LimitRules | None:
    """None for everybody who is a person. With the session it begins: the first use is told at once.

    How long the session may last. Raises `Refused` where it must be sealed first.
    """
    known = find(tx, person)
    if known is None:
        return None
    if not known.stands(at):
        raise Refused(Reason("EMERGENCY", "This emergency account has to be sealed anew by an administrator first"))
    if known.opened_at is None:
        tx.execute(update(EMERGENCY_ACCOUNT).where(EMERGENCY_ACCOUNT.c.person == person).values(opened_at=at))
    actor = people.actor(tx, person)
    told = {StaffRole.PRIVACY_OFFICER, StaffRole.OPERATOR}
    also = [each.id for each in people.staff(tx, actor.district) if told & set(each.posts)]
    planners.tell(tx, actor.district, Subject.EMERGENCY_ACCOUNT, at=at, also=also, but=person)
    audit.record(tx, at=at, actor=person, action="emergency account used", subject=person)
    left = (known.opened_at or at) + OPEN_FOR - at
    return LimitRules(
        everybody=rules.everybody.narrower(Limits(whole=left)), shared_idle=rules.shared_idle, of_post=rules.of_post
    )


def did(tx: Connection, known: EmergencyAccount) -> list[Recorded]:
    """Everything it did since it was sealed, the newest last; nothing of what was read."""
    return [] if known.sealed_at is None else audit.by(tx, known.person, known.sealed_at)
