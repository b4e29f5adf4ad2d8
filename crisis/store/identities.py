"""Who somebody of a sign-in provider is here: connected by themselves or by a code, never by an e-mail address (PR-63).

What they may, and whether they may at all, stands in our own database alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crisis.errors import NotFound, Reason, Refused, refuse_if
from crisis.policy.identity import Identity, SignedOut, TokenRefused
from crisis.readiness_words import ErrandKind
from crisis.sign_in_words import TokenFault
from crisis.store import audit, budgets, emergency, errands, methods, partners, sessions
from crisis.store.errands import Subject, Wanted
from crisis.store.passwords import as_typed, in_fours, secret_token, token_digest, typed_code
from crisis.store.people_tables import ACCOUNT, PERSON
from crisis.store.second_factor import WRONG
from crisis.store.sign_in_tables import IDENTITY, IDENTITY_CODE, PROVIDER_LOGOUT, PROVIDER_SIGN_IN
from crisis.vocabulary import DistrictId, PersonId

AWAY = timedelta(minutes=10)  # at the provider, or with a code to type
MOST_AWAY = 2_000  # to one provider at once, over all networks
CODE_FOR = timedelta(hours=24)
TOLD_WITHIN = timedelta(hours=12)


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A provider of one district, by its name in the settings."""

    id: str
    district: DistrictId


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    provider: str
    connected_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class UnderWay:
    """`person` connects their own account; `identity` is there once the provider has said who it is."""

    provider: str
    person: PersonId | None
    shared: bool
    identity: Identity | None


def of_person(tx: Connection, person: PersonId) -> list[Connected]:
    rows = tx.execute(select(IDENTITY).where(IDENTITY.c.person == person).order_by(IDENTITY.c.provider))
    return [Connected(provider=row.provider, connected_at=row.connected_at, used_at=row.used_at) for row in rows]


def holder(tx: Connection, door: Door, identity: Identity, at: datetime) -> PersonId | None:
    """Whose it is; None for nobody's, and for whoever may not sign in any more. On record as used."""
    same = _same(identity)
    query = (
        select(IDENTITY.c.person)
        .join(PERSON, PERSON.c.id == IDENTITY.c.person)
        .join(ACCOUNT, ACCOUNT.c.person == IDENTITY.c.person)
        .where(*same, IDENTITY.c.provider == door.id, PERSON.c.district == door.district)
        .where(PERSON.c.active, ACCOUNT.c.disabled_at.is_(None))
    )
    person = tx.execute(query).scalar_one_or_none()
    if person is None or partners.shut_out(tx, [PersonId(person)], at):
        return None
    tx.execute(update(IDENTITY).where(*same).values(used_at=at))
    return PersonId(person)


def is_known(tx: Connection, identity: Identity) -> bool:
    return tx.execute(select(IDENTITY.c.person).where(*_same(identity))).first() is not None


def connect(
    tx: Connection, door: Door, identity: Identity, person: PersonId, *, at: datetime, by: PersonId | None
) -> None:
    """They are told by a text: if it was not them, somebody else has come in (ASVS 6.3.7). `by` gave the code."""
    standing = (ACCOUNT.c.person == person, ACCOUNT.c.disabled_at.is_(None))
    district = tx.execute(select(ACCOUNT.c.district).where(*standing)).scalar_one_or_none()
    has_one = any(each.provider == door.id for each in of_person(tx, person))
    unfit = district != door.district or emergency.find(tx, person) is not None
    refuse_if(
        Reason("PR-63", "This sign-in cannot be connected to this account") if unfit else None,
        Reason("PR-63", "This account there is connected to somebody here already") if is_known(tx, identity) else None,
        Reason("PR-63", "One account of this provider is connected already; disconnect it first") if has_one else None,
    )
    row = {"issuer": identity.issuer, "subject": identity.subject, "district": door.district, "person": person}
    tx.execute(insert(IDENTITY).values(**row, provider=door.id, connected_at=at))
    detail: audit.Detail = {"provider": door.id, "code_by": by or "", "own": int(by is None)}
    audit.record(tx, at=at, actor=person, action="sign-in provider connected", subject=person, detail=detail)
    tell(tx, door.district, person, Subject.SIGN_IN, at=at)


def tell(tx: Connection, district: DistrictId, person: PersonId, subject: Subject, *, at: datetime) -> None:
    """By a text to the person themselves, where they take any."""
    numbers = methods.dialled(tx, [person]).get(person, ())
    if numbers and numbers[0].texts:
        wanted = Wanted(
            kind=ErrandKind.NOTICE, subject=subject, person=person, number=numbers[0].number, valid=TOLD_WITHIN
        )
        errands.put(tx, district, wanted, at=at)


def disconnect(tx: Connection, person: PersonId, provider: str, *, at: datetime, by: PersonId | None) -> None:
    """Raises `NotFound` where nothing is connected."""
    mine = (IDENTITY.c.person == person, IDENTITY.c.provider == provider)
    if tx.execute(delete(IDENTITY).where(*mine)).rowcount == 0:
        raise NotFound
    detail: audit.Detail = {"provider": provider}
    audit.record(tx, at=at, actor=by, action="sign-in provider disconnected", subject=person, detail=detail)


def make_code(tx: Connection, door: Door, person: PersonId, *, at: datetime, by: PersonId | None) -> str:
    """For somebody who is handed it in person; the one before it is good for nothing any more."""
    district = tx.execute(select(ACCOUNT.c.district).where(ACCOUNT.c.person == person)).scalar_one_or_none()
    if district != door.district:
        raise NotFound
    if any(each.provider == door.id for each in of_person(tx, person)):
        raise Refused(Reason("PR-63", "One account of this provider is connected already; disconnect it first"))
    over = (IDENTITY_CODE.c.person == person) | (IDENTITY_CODE.c.ends_at <= at)
    tx.execute(delete(IDENTITY_CODE).where(over))
    made = typed_code()
    row = {"digest": token_digest(made), "district": district, "person": person, "provider": door.id, "made_by": by}
    tx.execute(insert(IDENTITY_CODE).values(**row, ends_at=at + CODE_FOR))
    detail: audit.Detail = {"provider": door.id}
    audit.record(tx, at=at, actor=by, action="code for a sign-in provider made", subject=person, detail=detail)
    return in_fours(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    person: PersonId
    made_by: PersonId | None


def spend_code(tx: Connection, door: Door, typed: str, at: datetime) -> Code | None:
    """Whose code it is; it is gone afterwards."""
    same = (IDENTITY_CODE.c.digest == token_digest(as_typed(typed)), IDENTITY_CODE.c.provider == door.id)
    row = tx.execute(select(IDENTITY_CODE).where(*same, IDENTITY_CODE.c.ends_at > at)).one_or_none()
    if row is None or tx.execute(delete(IDENTITY_CODE).where(*same)).rowcount != 1:
        return None
    return Code(person=PersonId(row.person), made_by=row.made_by)


def try_code(tx: Connection, secret: str, at: datetime) -> bool:
    """False after too many wrong ones in this sign-in."""
    return budgets.spend(tx, f"connect|{secret}", at, WRONG) is None


def begin(
    tx: Connection,
    door: Door,
    at: datetime,
    *,
    person: PersonId | None = None,
    shared: bool = False,
    identity: Identity | None = None,
) -> str:
    """The secret for the browser's cookie. Raises `Refused` for whoever comes while too many are on their way."""
    tx.execute(delete(PROVIDER_SIGN_IN).where(PROVIDER_SIGN_IN.c.ends_at <= at))
    if person is None and identity is None:
        _must_have_room(tx, door)
    secret = secret_token()
    row = {"digest": token_digest(secret), "district": door.district, "provider": door.id, "person": person}
    who: dict[str, str | bool | None] = {"issuer": None, "subject": None, "strong": False, "provider_session": None}
    if identity is not None:
        who = {"issuer": identity.issuer, "subject": identity.subject, "strong": identity.strong}
        who["provider_session"] = identity.session
    tx.execute(insert(PROVIDER_SIGN_IN).values(**row, **who, shared=shared, ends_at=at + AWAY))
    return secret


def under_way(tx: Connection, secret: str, at: datetime) -> UnderWay | None:
    row = tx.execute(
        select(PROVIDER_SIGN_IN).where(
            PROVIDER_SIGN_IN.c.digest == token_digest(secret), PROVIDER_SIGN_IN.c.ends_at > at
        )
    ).one_or_none()
    if row is None:
        return None
    identity = None
    if row.subject is not None:
        strong, session = row.strong, row.provider_session
        identity = Identity(issuer=row.issuer, subject=row.subject, strong=strong, session=session)
    return UnderWay(row.provider, row.person, row.shared, identity)


def end(tx: Connection, secret: str) -> bool:
    """False where it was ended before: what came back counts once."""
    mine = PROVIDER_SIGN_IN.c.digest == token_digest(secret)
    return tx.execute(delete(PROVIDER_SIGN_IN).where(mine)).rowcount == 1


def _must_have_room(tx: Connection, door: Door) -> None:
    """A row for each, which anybody can make: they must not fill the disk that pages need."""
    here = select(func.count()).select_from(PROVIDER_SIGN_IN).where(PROVIDER_SIGN_IN.c.provider == door.id)
    if tx.execute(here).scalar_one() >= MOST_AWAY:
        text = (
            "Too many people are signing in there at this moment; use your password or a passkey. "
            "Whoever needs help now calls the office, or 911"
        )
        raise Refused(Reason("LOGIN", text))


def session_digest(identity: Identity) -> str | None:
    """By which a session here is found again when the provider ends its own."""
    return None if identity.session is None else token_digest(f"{identity.issuer}|{identity.session}")


def sign_out(tx: Connection, door: Door, said: SignedOut, at: datetime) -> int:
    """Ends what began at this provider for them; how many. Raises `TokenRefused` for what was said before."""
    tx.execute(delete(PROVIDER_LOGOUT).where(PROVIDER_LOGOUT.c.ends_at <= at))
    row = {"digest": token_digest(f"{said.issuer}|{said.id}"), "district": door.district, "provider": door.id}
    insert_once = (postgresql if tx.dialect.name == "postgresql" else sqlite).insert(PROVIDER_LOGOUT)
    first = insert_once.values(**row, ends_at=said.until).on_conflict_do_nothing().returning(PROVIDER_LOGOUT.c.digest)
    if tx.execute(first).scalar_one_or_none() is None:
        raise TokenRefused(TokenFault.REPLAY)
    person = None
    if said.subject is not None:
        same = _same(Identity(issuer=said.issuer, subject=said.subject))
        person = tx.execute(select(IDENTITY.c.person).where(*same, IDENTITY.c.provider == door.id)).scalar_one_or_none()
        if person is None:
            return 0
    session = None if said.session is None else token_digest(f"{said.issuer}|{said.session}")
    ended = sessions.end_of_provider(tx, door.id, None if person is None else PersonId(person), session)
    detail: audit.Detail = {"provider": door.id, "sessions": ended}
    subject = person or door.district
    audit.record(tx, at=at, actor=None, action="signed out at the provider", subject=subject, detail=detail)
    return ended


def refused(tx: Connection, door: Door, fault: TokenFault, at: datetime) -> None:
    """On record for whoever runs the installation; of whom is not known, and not kept."""
    detail: audit.Detail = {"provider": door.id}
    action = f"sign-in of a provider refused: {fault.value}"
    audit.record(tx, at=at, actor=None, action=action, subject=door.district, detail=detail)


def _same(identity: Identity) -> tuple[ColumnElement[bool], ...]:
    return (IDENTITY.c.issuer == identity.issuer, IDENTITY.c.subject == identity.subject)
