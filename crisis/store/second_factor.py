"""The second factor beside the passphrase: codes of an app, each good once, and recovery codes (ASVS 6.5.1).

Where it is asked for and missing, records stay closed; an incident can be raised all the same. The door to pyotp.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import Connection, delete, insert, select, update

from crisis.errors import Reason, Refused
from crisis.store import audit, budgets, partners
from crisis.store.budgets import Budget
from crisis.store.passwords import as_typed, in_fours, secret_token, token_digest, typed_code
from crisis.store.people_tables import ACCOUNT, PERSON
from crisis.store.sealed import KeyRing
from crisis.store.sessions import Whence
from crisis.store.sign_in_tables import CODE_APP, HALF_SIGN_IN, RECOVERY_CODE, SIGN_IN_RULE
from crisis.vocabulary import DistrictId, PersonId

STEP = 30  # seconds that a code stands
HALF_FOR = timedelta(minutes=5)
RECOVERY_CODES = 10
WRONG = Budget(tries=5, again_after=timedelta(minutes=12))  # as for the passphrase: ten an hour


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What the app is told; shown until a first code has come, then never again."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`codes_left` are recovery codes, `codes_short` whether some are of the shorter kind that was made before;
    `enrolling`: an app was begun and has not shown a code yet.
    """

    confirmed_at: datetime | None
    enrolling: Enrolment | None
    codes_left: int
    codes_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Half:
    """`whence`: the provider that said that it is them; None: their passphrase did."""

    person: PersonId
    shared: bool
    whence: Whence | None = None


def begin_app(tx: Connection, keys: KeyRing, person: PersonId, at: datetime) -> None:
    """A new secret, which counts once confirmed. Raises `Refused` while another counts."""
    if is_on(tx, person):
        raise Refused(Reason("SECOND", "A code app counts already; remove it first"))
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one()
    tx.execute(delete(CODE_APP).where(CODE_APP.c.person == person))
    sealed = keys.seal(place_of(person), pyotp.random_base32().encode())
    row = {"person": person, "district": district, "sealed": sealed, "made_at": at, "last_step": 0}
    tx.execute(insert(CODE_APP).values(**row))
    audit.record(tx, at=at, actor=person, action="code app begun", subject=person)


def state(tx: Connection, keys: KeyRing, person: PersonId) -> State:
    row = tx.execute(select(CODE_APP).where(CODE_APP.c.person == person)).one_or_none()
    codes = tx.execute(select(RECOVERY_CODE.c.short).where(RECOVERY_CODE.c.person == person)).scalars().all()
    if row is None:
        return State(confirmed_at=None, enrolling=None, codes_left=0)
    if row.confirmed_at is not None:
        return State(confirmed_at=row.confirmed_at, enrolling=None, codes_left=len(codes), codes_short=any(codes))
    secret = keys.unseal(place_of(person), row.sealed).decode()
    username = tx.execute(select(ACCOUNT.c.username).where(ACCOUNT.c.person == person)).scalar_one_or_none()
    address = pyotp.TOTP(secret).provisioning_uri(name=username or "", issuer_name="Crisis")
    return State(confirmed_at=None, enrolling=Enrolment(secret=secret, address=address), codes_left=0)


def is_on(tx: Connection, person: PersonId) -> bool:
    mine = (CODE_APP.c.person == person, CODE_APP.c.confirmed_at.is_not(None))
    return tx.execute(select(CODE_APP.c.person).where(*mine)).first() is not None


def confirm_app(tx: Connection, keys: KeyRing, person: PersonId, code: str, at: datetime) -> list[str] | None:
    """The recovery codes, shown this once; None for a wrong code, which is counted: commit whatever the answer."""
    if is_on(tx, person):
        raise Refused(Reason("SECOND", "A code app counts already; remove it first"))
    _spend(tx, person, at)
    if not _matches(tx, keys, person, code, at):
        return None
    budgets.give_back(tx, f"code|{person}")
    tx.execute(update(CODE_APP).where(CODE_APP.c.person == person).values(confirmed_at=at))
    audit.record(tx, at=at, actor=person, action="code app confirmed", subject=person)
    return renew_codes(tx, person, at)


def renew_codes(tx: Connection, person: PersonId, at: datetime) -> list[str]:
    """Ten new ones; the old ones are good for nothing any more."""
    district = tx.execute(select(CODE_APP.c.district).where(CODE_APP.c.person == person)).scalar_one_or_none()
    if district is None:
        raise Refused(Reason("SECOND", "Set up a code app first"))
    tx.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person))
    made = [typed_code() for _ in range(RECOVERY_CODES)]
    rows = [{"digest": token_digest(each), "district": district, "person": person, "short": False} for each in made]
    tx.execute(insert(RECOVERY_CODE), rows)
    audit.record(tx, at=at, actor=person, action="recovery codes made", subject=person)
    return [in_fours(each) for each in made]


def remove_app(tx: Connection, person: PersonId, *, at: datetime, by: PersonId | None) -> None:
    """With its recovery codes. Where the district asks for a second factor, records stay closed until there is one."""
    tx.execute(delete(CODE_APP).where(CODE_APP.c.person == person))
    tx.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person))
    audit.record(tx, at=at, actor=by, action="code app removed", subject=person)


def check(tx: Connection, keys: KeyRing, person: PersonId, typed: str, at: datetime) -> bool:
    """A code of the app or a recovery code, each once. A wrong one is counted: commit whatever the answer.

    Raises `Refused` after too many wrong ones.
    """
    if not is_on(tx, person):
        return False
    _spend(tx, person, at)
    right = _matches(tx, keys, person, typed, at) or _recovered(tx, person, typed, at)
    if right:
        budgets.give_back(tx, f"code|{person}")
    return right


def _spend(tx: Connection, person: PersonId, at: datetime) -> None:
    wait = budgets.spend(tx, f"code|{person}", at, WRONG)
    if wait is not None:
        text = (
            "Too many wrong codes; try again in %(minutes)s minutes. "
            "An incident can be raised without signing in: call the office, or 911 if somebody is in danger"
        )
        raise Refused(Reason("LOGIN", text, (("minutes", str(wait)),)))


def _matches(tx: Connection, keys: KeyRing, person: PersonId, typed: str, at: datetime) -> bool:
    """One step of clock drift either way; a step that was used, and all before it, are over (ASVS 6.5.1)."""
    row = tx.execute(select(CODE_APP).where(CODE_APP.c.person == person).with_for_update()).one_or_none()
    digits = "".join(typed.split())
    if row is None or len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return False
    app, now = (
        pyotp.TOTP(keys.unseal(place_of(person), row.sealed).decode(), interval=STEP),
        int(at.timestamp()) // STEP,
    )
    found = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(app.generate_otp(step), digits)]
    fresh = [step for step in found if step > row.last_step]
    if not fresh:
        return False
    tx.execute(update(CODE_APP).where(CODE_APP.c.person == person).values(last_step=max(fresh)))
    return True


def _recovered(tx: Connection, person: PersonId, typed: str, at: datetime) -> bool:
    mine = (RECOVERY_CODE.c.digest == token_digest(as_typed(typed)), RECOVERY_CODE.c.person == person)
    if tx.execute(delete(RECOVERY_CODE).where(*mine)).rowcount == 0:
        return False
    audit.record(tx, at=at, actor=person, action="recovery code used", subject=person)
    return True


def begin_half(
    tx: Connection,
    person: PersonId,
    *,
    at: datetime,
    shared: bool,
    whence: Whence | None = None,
) -> str:
    """The first factor was right. The secret for the browser's cookie, good for five minutes."""
    tx.execute(delete(HALF_SIGN_IN).where(HALF_SIGN_IN.c.ends_at <= at))
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one()
    token = secret_token()
    row = {"digest": token_digest(token), "district": district, "person": person, "shared": shared}
    row |= {"provider": whence and whence.provider, "provider_session": whence and whence.session}
    tx.execute(insert(HALF_SIGN_IN).values(**row, ends_at=at + HALF_FOR))
    return token


def half(tx: Connection, token: str, at: datetime) -> Half | None:
    """None once over, used, or the account has ended meanwhile."""
    query = (
        select(HALF_SIGN_IN)
        .join(ACCOUNT, ACCOUNT.c.person == HALF_SIGN_IN.c.person)
        .join(PERSON, PERSON.c.id == HALF_SIGN_IN.c.person)
        .where(HALF_SIGN_IN.c.digest == token_digest(token), HALF_SIGN_IN.c.ends_at > at)
        .where(ACCOUNT.c.disabled_at.is_(None), PERSON.c.active)
    )
    row = tx.execute(query).one_or_none()
    if row is None or partners.shut_out(tx, [PersonId(row.person)], at):
        return None
    whence = None if row.provider is None else Whence(row.provider, row.provider_session)
    return Half(person=PersonId(row.person), shared=row.shared, whence=whence)


def end_half(tx: Connection, token: str) -> None:
    tx.execute(delete(HALF_SIGN_IN).where(HALF_SIGN_IN.c.digest == token_digest(token)))


def asked_of_all_from(tx: Connection, district: DistrictId) -> datetime | None:
    """Since when, or from when on, a second factor is asked of everybody; None: it is left to each."""
    query = select(SIGN_IN_RULE.c.counts_from).where(SIGN_IN_RULE.c.district == district, SIGN_IN_RULE.c.second_factor)
    found: datetime | None = tx.execute(query).scalar_one_or_none()
    return found


def ask_of_all(
    tx: Connection,
    district: DistrictId,
    asked: bool,
    *,
    at: datetime,
    by: PersonId | None,
    counts_from: datetime | None = None,
) -> None:
    """From the next request on, or `counts_from`: who has given one factor alone sees no record until they have set
    up a second.
    """
    tx.execute(delete(SIGN_IN_RULE).where(SIGN_IN_RULE.c.district == district))
    row = {"district": district, "second_factor": asked, "decided_by": by, "decided_at": at}
    tx.execute(insert(SIGN_IN_RULE).values(**row, counts_from=counts_from or at))
    action = "second factor asked of all" if asked else "second factor left to each"
    audit.record(tx, at=at, actor=by, action=action, subject=district)


def place_of(person: PersonId) -> str:
    return f"code_app|{person}"
