"""Who is signed in where. A session is looked up in the database at every request, so that ending it acts at once.

No timer, page or alarm asks for one: they go on when everybody is signed out (PR-17).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import NewType

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from crisis import clock
from crisis.errors import NotFound
from crisis.sign_in_words import Browser, System
from crisis.store import audit, partners
from crisis.store.passwords import secret_token, token_digest
from crisis.store.people_tables import ACCOUNT, PERSON, POST, SESSION, Found
from crisis.store.sign_in_tables import EMERGENCY_ACCOUNT, HALF_SIGN_IN, PROVIDER_SIGN_IN, SIGN_IN_RULE
from crisis.vocabulary import DistrictId, PersonId, StaffRole

SessionToken = NewType("SessionToken", str)

KNOWN_AFTER = timedelta(minutes=30)  # its end, whose session it was: what they were typing is theirs (`kept_forms`)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
SEEN_EVERY = timedelta(seconds=30)  # so that not every request writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`idle` without a touch, `whole` however busy."""

    idle: timedelta = timedelta(minutes=15)
    whole: timedelta = timedelta(hours=12)

    @classmethod
    def of(cls, idle_minutes: int, hours: int) -> "Limits":
        return cls(idle=timedelta(minutes=idle_minutes), whole=timedelta(hours=hours))

    def narrower(self, other: "Limits") -> "Limits":
        return Limits(idle=min(self.idle, other.idle), whole=min(self.whole, other.whole))


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRules:
    """What an installation has set; of several that fit the narrowest counts."""

    everybody: Limits = Limits()
    shared_idle: timedelta = timedelta(minutes=5)
    of_post: Mapping[StaffRole, Limits] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, posts: Collection[StaffRole], *, shared: bool) -> Limits:
        limits = self.everybody
        for post in posts:
            limits = limits.narrower(self.of_post.get(post, limits))
        return replace(limits, idle=min(limits.idle, self.shared_idle)) if shared else limits


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """`shared`: others use it too, says whoever signed in."""

    browser: Browser = Browser.OTHER
    system: System = System.OTHER
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """`this`: of whoever looks. `idle_at`: when it ends if nobody touches it."""

    id: str
    person: PersonId
    device: Device
    began_at: datetime
    seen_at: datetime
    idle_at: datetime
    ends_at: datetime
    this: bool


@dataclass(frozen=True, slots=True)
class Whence:
    """The sign-in provider that said who somebody is. `session`: digest of what it calls its own session."""

    provider: str
    session: str | None = None


USUAL = LimitRules()
UNKNOWN_DEVICE = Device()


def begin(
    tx: Connection,
    person: PersonId,
    *,
    at: datetime,
    device: Device = UNKNOWN_DEVICE,
    rules: LimitRules = USUAL,
    factors: int = 1,
    whence: Whence | None = None,
    proved: bool = True,
) -> SessionToken:
    """Sweeps out what has ended by itself, so that the table stays as small as the number of people at work.

    What a provider says of somebody (`whence`) is one factor, and never enough alone, whatever the district asks of
    others.
    `proved` False: nobody has shown anything to us now; a browser may be signed in there since this morning, by
    whoever used it before.
    """
    tx.execute(delete(SESSION).where(SESSION.c.ends_at <= at - KNOWN_AFTER))
    district = tx.execute(select(PERSON.c.district).where(PERSON.c.id == person)).scalar_one()
    posts = frozenset(tx.execute(select(POST.c.post).where(POST.c.person == person)).scalars())
    limits, token = rules.of(posts, shared=device.shared), SessionToken(secret_token())
    tx.execute(
        insert(SESSION).values(
            digest=token_digest(token),
            id=clock.new_id(),
            district=DistrictId(district),
            person=person,
            created_at=at,
            seen_at=at,
            idle_seconds=int(limits.idle.total_seconds()),
            ends_at=at + limits.whole,
            browser=device.browser,
            system=device.system,
            shared=device.shared,
            factors=factors,
            proved_at=at if proved else LONG_AGO,
            provider=None if whence is None else whence.provider,
            provider_session=None if whence is None else whence.session,
            wrong_pins=0,
        )
    )
    return token


_STANDING = (
    select(SESSION, ACCOUNT.c.disabled_at, ACCOUNT.c.given_until, PERSON.c.active)
    .add_columns(SIGN_IN_RULE.c.second_factor, SIGN_IN_RULE.c.counts_from)
    .add_columns(EMERGENCY_ACCOUNT.c.person.label("emergency"))
    .join_from(SESSION, PERSON, PERSON.c.id == SESSION.c.person)
    .outerjoin(ACCOUNT, ACCOUNT.c.person == SESSION.c.person)
    .outerjoin(SIGN_IN_RULE, SIGN_IN_RULE.c.district == SESSION.c.district)
    .outerjoin(EMERGENCY_ACCOUNT, EMERGENCY_ACCOUNT.c.person == SESSION.c.person)
)


def holder(tx: Connection, token: str, at: datetime, *, used: bool = True) -> PersonId | None:
    """Whose session it is; None once idle, old, signed out, switched off, or their agency has no agreement in force.

    `used` False only looks, as an open socket does: a screen that nobody touches must not keep itself signed in.
    """
    row = _standing(tx, token, at)
    if row is None or not _whole(row, at):
        return None
    return _used(tx, row, at) if used else PersonId(row.person)


def limited_holder(tx: Connection, token: str, at: datetime, *, used: bool = True) -> PersonId | None:
    """As `holder`, also for less than is asked for, a second factor or a passphrase of their own: it may raise an
    incident and set up what is missing, and no more.
    """
    row = _standing(tx, token, at)
    if row is None:
        return None
    return _used(tx, row, at) if used else PersonId(row.person)


def locked_holder(tx: Connection, token: str, at: datetime) -> PersonId | None:
    """Whose session this was before nobody touched it: they may raise an incident from here, and read nothing.

    Until its whole time is over, and never a use of it: a locked screen stays locked.
    """
    row = _standing(tx, token, at, idle_too=True)
    return None if row is None else PersonId(row.person)


def over_holder(tx: Connection, token: str, at: datetime) -> PersonId | None:
    """Whose session this was, whose whole time was over a short while ago: good for nothing but their own words."""
    row = tx.execute(_STANDING.where(SESSION.c.digest == token_digest(token))).one_or_none()
    if row is None or not row.ends_at <= at < row.ends_at + KNOWN_AFTER:
        return None
    ended = row.disabled_at is not None or not row.active or partners.shut_out(tx, [PersonId(row.person)], at)
    return None if ended else PersonId(row.person)


def _standing(tx: Connection, token: str, at: datetime, *, idle_too: bool = False) -> Found | None:
    row = tx.execute(_STANDING.where(SESSION.c.digest == token_digest(token))).one_or_none()
    if row is None or not _lasts(row, at, idle_too=idle_too) or partners.shut_out(tx, [PersonId(row.person)], at):
        return None
    return row


def _used(tx: Connection, row: Found, at: datetime) -> PersonId:
    if at >= row.seen_at + SEEN_EVERY:
        tx.execute(update(SESSION).where(SESSION.c.digest == row.digest).values(seen_at=at))
    return PersonId(row.person)


def holders(tx: Connection, tokens: Collection[str], at: datetime) -> dict[str, PersonId]:
    """As `holder` for many at once, and only looked at; those that do not stand are left out."""
    digests = {token_digest(token): token for token in tokens}
    rows = tx.execute(_STANDING.where(SESSION.c.digest.in_(list(digests)))).all()
    standing = {digests[row.digest]: PersonId(row.person) for row in rows if _lasts(row, at) and _whole(row, at)}
    return partners.let_in(tx, standing, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What whoever is signed in has shown of themselves. `whole`: as much as is asked for. `emergency`: by paper.

    `given`: they came in by a passphrase that another person has seen, and have to take one of their own.
    `shared`: others use the device too. `idle`: the time without a touch after which it locks.
    """

    proved_at: datetime
    factors: int
    whole: bool
    emergency: bool
    given: bool
    shared: bool
    idle: timedelta


def shown(tx: Connection, token: str, at: datetime) -> Shown | None:
    row = tx.execute(_STANDING.where(SESSION.c.digest == token_digest(token))).one_or_none()
    if row is None:
        return None
    return Shown(
        proved_at=row.proved_at,
        factors=row.factors,
        whole=_whole(row, at),
        emergency=row.emergency is not None,
        given=_given(row),
        shared=row.shared,
        idle=timedelta(seconds=row.idle_seconds),
    )


def renewed(tx: Connection, token: str, *, factors: int, at: datetime) -> SessionToken:
    """They have shown again that it is them: the same session under a new secret (F115). Raises `NotFound`."""
    new = SessionToken(secret_token())
    changed = update(SESSION).where(SESSION.c.digest == token_digest(token))
    if tx.execute(changed.values(digest=token_digest(new), proved_at=at, seen_at=at, factors=factors)).rowcount == 0:
        raise NotFound
    return new


def strengthened(tx: Connection, token: str) -> None:
    """A second factor was shown in this session."""
    tx.execute(update(SESSION).where(SESSION.c.digest == token_digest(token)).values(factors=2))


def _whole(row: Found, at: datetime) -> bool:
    asked = row.second_factor and at >= row.counts_from
    return not _given(row) and (row.factors > 1 or not (asked or row.provider))


def _given(row: Found) -> bool:
    """Whoever came by a provider has not used it: it runs out by itself."""
    return row.given_until is not None and row.provider is None


def _lasts(row: Found, at: datetime, *, idle_too: bool = False) -> bool:
    over = at >= row.ends_at or (at >= _idle_at(row) and not idle_too)
    return not over and row.disabled_at is None and bool(row.active)


def _idle_at(row: Found) -> datetime:
    idle_at: datetime = row.seen_at + timedelta(seconds=row.idle_seconds)
    return idle_at


def seen_lately(tx: Connection, token: str, at: datetime) -> bool:
    """Whether the last use is on record already, so that this request need not write."""
    lately = (SESSION.c.digest == token_digest(token), SESSION.c.seen_at > at - SEEN_EVERY)
    return tx.execute(select(SESSION.c.digest).where(*lately)).first() is not None


def of_people(
    tx: Connection, people: Collection[PersonId], at: datetime, *, token: str | None = None
) -> dict[PersonId, list[SessionView]]:
    """Those that stand, what was used last comes first. `token` is of whoever looks."""
    rows = tx.execute(_STANDING.where(SESSION.c.person.in_(list(people))).order_by(SESSION.c.seen_at.desc())).all()
    mine, found = None if token is None else token_digest(token), {person: list[SessionView]() for person in people}
    for row in rows:
        if _lasts(row, at):
            found[PersonId(row.person)].append(_view(row, this=row.digest == mine))
    return found


def _view(row: Found, *, this: bool) -> SessionView:
    return SessionView(
        id=row.id,
        person=PersonId(row.person),
        device=Device(browser=row.browser, system=row.system, shared=row.shared),
        began_at=row.created_at,
        seen_at=row.seen_at,
        idle_at=min(_idle_at(row), row.ends_at),
        ends_at=row.ends_at,
        this=this,
    )


def lock(tx: Connection, token: str, at: datetime) -> None:
    """As if nobody had touched it for long enough: it is opened again in the same ways (`unlock`, signing in)."""
    mine = SESSION.c.digest == token_digest(token)
    row = tx.execute(select(SESSION.c.idle_seconds, SESSION.c.person).where(mine)).one_or_none()
    if row is not None:
        tx.execute(update(SESSION).where(mine).values(seen_at=at - timedelta(seconds=row.idle_seconds)))
        audit.record(tx, at=at, actor=row.person, action="screen locked", subject=row.person)


def sign_out(tx: Connection, token: str) -> None:
    tx.execute(delete(SESSION).where(SESSION.c.digest == token_digest(token)))


def end(tx: Connection, person: PersonId, session: str, *, at: datetime) -> None:
    """One of one's own. Raises `NotFound` for another's and for one that is over."""
    if _ended(tx, SESSION.c.person == person, SESSION.c.id == session) == 0:
        raise NotFound
    audit.record(tx, at=at, actor=person, action="session ended", subject=person, detail={"sessions": 1})


def end_others(tx: Connection, person: PersonId, token: str, *, at: datetime) -> None:
    """All of one's own but the one that asks for it."""
    ended = _ended(tx, SESSION.c.person == person, SESSION.c.digest != token_digest(token))
    audit.record(tx, at=at, actor=person, action="other sessions ended", subject=person, detail={"sessions": ended})


def end_all(tx: Connection, person: PersonId, *, at: datetime, by: PersonId | None) -> int:
    """`by` None is the operator at the machine. Returns how many there were; sockets follow within 5 s (F108)."""
    ended = forget(tx, person)
    audit.record(tx, at=at, actor=by, action="all sessions ended", subject=person, detail={"sessions": ended})
    return ended


def forget(tx: Connection, person: PersonId, *, keep: str | None = None) -> int:
    """As part of an order that is on record itself, such as a new password. Half a sign-in ends with them.

    `keep`: the secret of the one that asks for it.
    """
    tx.execute(delete(HALF_SIGN_IN).where(HALF_SIGN_IN.c.person == person))
    tx.execute(delete(PROVIDER_SIGN_IN).where(PROVIDER_SIGN_IN.c.person == person))
    return _ended(tx, SESSION.c.person == person, SESSION.c.digest != token_digest(keep or ""))


def end_of_provider(tx: Connection, provider: str, person: PersonId | None, session: str | None) -> int:
    """Those that began at a sign-in provider, half ones too. `session`: that one of its sessions (a digest) alone, and
    those of which it never said. One of both is named at least.
    """
    assert person is not None or session is not None
    ended = 0
    for table in (SESSION, HALF_SIGN_IN):
        which = [table.c.provider == provider]
        if person is not None:
            which.append(table.c.person == person)
        if session is not None and person is not None:
            which.append((table.c.provider_session == session) | table.c.provider_session.is_(None))
        elif session is not None:
            which.append(table.c.provider_session == session)
        ended += tx.execute(delete(table).where(*which)).rowcount
    return ended


def _ended(tx: Connection, *which: ColumnElement[bool]) -> int:
    return tx.execute(delete(SESSION).where(*which)).rowcount
