"""Accounts and personal tokens. A lock here never stops anybody from raising an incident."""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from crisis import clock
from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.store import audit, budgets, emergency, leaving, partners, second_factor, sessions
from crisis.store.budgets import Budget
from crisis.store.engine import Store
from crisis.store.passwords import Hashing, reasons_against, secret_token, standard, token_digest
from crisis.store.people_tables import ACCOUNT, PERSON, TOKEN
from crisis.store.sessions import SEEN_EVERY, UNKNOWN_DEVICE, USUAL, Device, LimitRules, SessionToken
from crisis.vocabulary import DistrictId, PersonId

WRONG = Budget(tries=5, again_after=timedelta(minutes=12))  # at most ten guesses an hour for an account (F113)
LONGEST_LABEL = 80


RUN_OUT = Reason(
    "LOGIN",
    "This first password has run out; ask the operator for a new one. "
    "An incident can be raised without signing in: call the office, or 911 if somebody is in danger",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenView:
    id: str
    label: str
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    person: PersonId
    created_at: datetime
    disabled_at: datetime | None


def create_account(
    tx: Connection,
    person: PersonId,
    username: str,
    password: str,
    *,
    at: datetime,
    hashing: Hashing | None = None,
    given_for: timedelta | None = None,
) -> None:
    """One account a person; a user name is the same in small and capital letters.

    `given_for`: whoever makes it has seen the password. It is over then, and its owner takes another before that.
    """
    name = canonical(username)
    taken = tx.execute(select(ACCOUNT.c.person).where(ACCOUNT.c.username == name)).first() is not None
    has_one = tx.execute(select(ACCOUNT.c.person).where(ACCOUNT.c.person == person)).first() is not None
    refuse_if(
        Reason("ACCOUNT", "This user name is taken; choose another") if taken and not has_one else None,
        Reason("ACCOUNT", "This person has an account; set a new password instead") if has_one else None,
        Reason("ACCOUNT", "A user name has 3 to 64 characters without spaces") if not _fits(name) else None,
        *reasons_against(password),
    )
    values = {"person": person, "district": _district(tx, person), "username": name, "created_at": at}
    given_until = None if given_for is None else at + given_for
    hash_ = (hashing or standard()).hashed(password)
    tx.execute(insert(ACCOUNT).values(**values, password_hash=hash_, given_until=given_until))
    audit.record(tx, at=at, actor=None, action="account created", subject=person, detail={})


def canonical(written: str) -> str:
    """A user name as it is kept; what no name can hold is left out."""
    return "".join(filter(str.isprintable, unicodedata.normalize("NFKC", written).strip().casefold()))


def _fits(name: str) -> bool:
    return 3 <= len(name) <= 64 and name.isprintable() and " " not in name


def _district(tx: Connection, person: PersonId) -> DistrictId:
    found = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return DistrictId(found)


def hashed(password: str, hashing: Hashing | None = None) -> str:
    """A tenth of a second of work: to be done before the transaction, where others wait for the writer's lock."""
    return (hashing or standard()).hashed(password)


def set_hash(
    tx: Connection,
    person: PersonId,
    hash_: str,
    *,
    at: datetime,
    by: PersonId | None,
    keep: str | None = None,
    given_for: timedelta | None = None,
) -> None:
    """Of a password that we made. Ends all sessions but `keep`: who knew the old one is out. A second factor stays.

    `by` None: an operator, who has seen it: then `given_for` says how long it counts. Raises `NotFound` for whoever
    has no account.
    """
    if emergency.find(tx, person) is not None:
        raise Refused(Reason("EMERGENCY", "An emergency account is not given a new password; it is sealed anew"))
    changed = {"password_hash": hash_, "given_until": None if given_for is None else at + given_for}
    if tx.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(**changed)).rowcount == 0:
        raise NotFound
    sessions.forget(tx, person, keep=keep)
    audit.record(tx, at=at, actor=by, action="password changed", subject=person, detail={})


def disable(
    tx: Connection, person: PersonId, *, at: datetime, by: PersonId | None, instead: PersonId | None = None
) -> None:
    """Ends the account with its sessions and tokens; the record of what the person did stays.

    Raises `Refused` where they alone are on call at a level, and nobody takes their place (F56).
    """
    leaving.must_be_replaced(tx, person, instead, at=at, by=by)
    shut_out(tx, person, at=at, by=by)


def shut_out(tx: Connection, person: PersonId, *, at: datetime, by: PersonId | None) -> None:
    """As `disable`, and never refused: for an account that a stranger may hold. Whoever calls sees to the rota."""
    tx.execute(update(ACCOUNT).where(ACCOUNT.c.person == person).values(disabled_at=at))
    tx.execute(update(TOKEN).where(TOKEN.c.person == person, TOKEN.c.revoked_at.is_(None)).values(revoked_at=at))
    ended = sessions.forget(tx, person)
    audit.record(tx, at=at, actor=by, action="account disabled", subject=person, detail={"sessions": ended})


@dataclass(frozen=True, slots=True)
class HalfSignIn:
    """The passphrase was right, and a second factor is asked for. `secret` is for the browser's cookie."""

    secret: str


def sign_in(
    store: Store,
    username: str,
    password: str,
    at: datetime,
    *,
    hashing: Hashing | None = None,
    replaces: str | None = None,
    device: Device = UNKNOWN_DEVICE,
    rules: LimitRules = USUAL,
) -> SessionToken | HalfSignIn | None:
    """A new session; half of one for whoever has a second factor; or None, the same answer in the same time for an
    unknown name and a wrong password (F114). Raises `Refused` as `check_password` does.
    """
    person = check_password(store, username, password, at, hashing=hashing)
    if person is None:
        return None
    with store.write() as tx:
        if second_factor.is_on(tx, person):
            return HalfSignIn(second_factor.begin_half(tx, person, at=at, shared=device.shared))
        paper = emergency.opened(tx, person, rules, at)
        if replaces is not None:
            sessions.sign_out(tx, replaces)
        factors = 1 if paper is None else 2  # who holds the paper has opened the safe
        token = sessions.begin(tx, person, at=at, device=device, rules=paper or rules, factors=factors)
        audit.record(tx, at=at, actor=person, action="signed in", subject=person, detail={"factors": factors})
    return token


def check_password(
    store: Store, username: str, password: str, at: datetime, *, hashing: Hashing | None = None
) -> PersonId | None:
    """Whose they are. Raises `Refused` after too many wrong tries, also for a name that does not exist; and where the
    right one was made by somebody else, and has run out (ASVS 6.4.1).

    The password is checked with no transaction open: a tenth of a second of work must not keep the pages waiting for
    the writer's lock.
    """
    name, hashing = canonical(username)[:64], hashing or standard()
    with store.write() as tx:
        _spend(tx, name, at)
        found = select(ACCOUNT.c.person, ACCOUNT.c.password_hash, ACCOUNT.c.given_until)
        account = tx.execute(found.where(ACCOUNT.c.username == name, ACCOUNT.c.disabled_at.is_(None))).one_or_none()
    if not hashing.verify(password, account.password_hash if account is not None else None) or account is None:
        return None
    renewed = hashing.hashed(password) if hashing.outdated(account.password_hash) else None
    with store.write() as tx:
        if _changed_since(tx, account.person, account.password_hash):
            return None
        if partners.shut_out(tx, [account.person], at):
            raise Refused(partners.SHUT_OUT)
        if account.given_until is not None and at >= account.given_until:
            raise Refused(RUN_OUT)
        if renewed is not None:
            tx.execute(update(ACCOUNT).where(ACCOUNT.c.person == account.person).values(password_hash=renewed))
        budgets.give_back(tx, name)
    return PersonId(account.person)


def username_of(tx: Connection, person: PersonId) -> str:
    """Empty for whoever has no account."""
    return tx.execute(select(ACCOUNT.c.username).where(ACCOUNT.c.person == person)).scalar_one_or_none() or ""


def _changed_since(tx: Connection, person: str, password_hash: str) -> bool:
    """Somebody set a new password or ended the account while the old one was being checked."""
    now = select(ACCOUNT.c.password_hash).where(ACCOUNT.c.person == person, ACCOUNT.c.disabled_at.is_(None))
    return bool(tx.execute(now).scalar_one_or_none() != password_hash)


def _spend(tx: Connection, name: str, at: datetime) -> None:
    """Before the password is looked at; success gives all tries back."""
    wait = budgets.spend(tx, name, at, WRONG)
    if wait is not None:
        text = (
            "Too many wrong passwords for this name; try again in %(minutes)s minutes. "
            "An incident can be raised without signing in: call the office, or 911 if somebody is in danger"
        )
        raise Refused(Reason("LOGIN", text, (("minutes", str(wait)),)))


_TOKENS = (
    select(TOKEN, PERSON.c.active, ACCOUNT.c.disabled_at)
    .join_from(TOKEN, PERSON, PERSON.c.id == TOKEN.c.person)
    .outerjoin(ACCOUNT, ACCOUNT.c.person == TOKEN.c.person)
    .where(TOKEN.c.revoked_at.is_(None))
)


def holders(tx: Connection, secrets: Collection[str], at: datetime) -> dict[str, PersonId]:
    """Whose sessions and tokens these are, all at once and only looked at; those that do not stand are left out."""
    digests = {token_digest(secret): secret for secret in secrets}
    tokens = tx.execute(_TOKENS.where(TOKEN.c.digest.in_(list(digests)))).all()
    standing = {digests[row.digest]: PersonId(row.person) for row in tokens if row.active and row.disabled_at is None}
    return sessions.holders(tx, secrets, at) | partners.let_in(tx, standing, at)


def of_district(tx: Connection, district: DistrictId) -> list[AccountView]:
    rows = tx.execute(select(ACCOUNT).where(ACCOUNT.c.district == district))
    return [
        AccountView(person=PersonId(row.person), created_at=row.created_at, disabled_at=row.disabled_at) for row in rows
    ]


def create_token(tx: Connection, person: PersonId, label: str, at: datetime) -> str:
    """A token for a program of this person's; it is shown this once."""
    clean = " ".join(label.split())
    if not 1 <= len(clean) <= LONGEST_LABEL:
        raise Refused(Reason("TOKEN", "Give the token a label of at most 80 characters that says what it is for"))
    if emergency.find(tx, person) is not None:
        raise Refused(Reason("EMERGENCY", "An emergency account has no tokens: nobody would see when it is used"))
    token, token_id = secret_token(), clock.new_id()
    values = {"id": token_id, "digest": token_digest(token), "district": _district(tx, person), "person": person}
    tx.execute(insert(TOKEN).values(**values, label=clean, created_at=at))
    audit.record(tx, at=at, actor=person, action="token created", subject=token_id, detail={})
    return token


def token_holder(tx: Connection, token: str, at: datetime, *, used: bool = True) -> PersonId | None:
    row = tx.execute(_TOKENS.where(TOKEN.c.digest == token_digest(token))).one_or_none()
    if row is None or not row.active or row.disabled_at is not None:
        return None
    if partners.shut_out(tx, [PersonId(row.person)], at):
        return None
    if used and (row.used_at is None or at >= row.used_at + SEEN_EVERY):
        tx.execute(update(TOKEN).where(TOKEN.c.id == row.id).values(used_at=at))
    return PersonId(row.person)


def token_seen_lately(tx: Connection, token: str, at: datetime) -> bool:
    """Whether the last use is on record already, so that this request need not write."""
    lately = (TOKEN.c.digest == token_digest(token), TOKEN.c.used_at > at - SEEN_EVERY)
    return tx.execute(select(TOKEN.c.id).where(*lately)).first() is not None


def tokens_of(tx: Connection, person: PersonId) -> list[TokenView]:
    query = select(TOKEN).where(TOKEN.c.person == person).order_by(TOKEN.c.created_at, TOKEN.c.id)
    return [
        TokenView(id=row.id, label=row.label, created_at=row.created_at, used_at=row.used_at, revoked_at=row.revoked_at)
        for row in tx.execute(query)
    ]


def revoke_token(tx: Connection, person: PersonId, token_id: str, at: datetime, *, by: PersonId | None) -> None:
    """One of this person's. `by` None: an operator. Raises `NotFound` for one of others, and for one that has ended."""
    mine = (TOKEN.c.id == token_id, TOKEN.c.person == person, TOKEN.c.revoked_at.is_(None))
    if tx.execute(update(TOKEN).where(*mine).values(revoked_at=at)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=by, action="token revoked", subject=token_id, detail={})
