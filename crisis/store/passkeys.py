"""Passkeys: a device signs a challenge, for this site alone, after it has seen its owner. The door to py_webauthn.

The device checks who holds it (a finger, a face, its PIN), so one passkey is two factors, and cannot be phished.
"""

import secrets
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from crisis.errors import NotFound, Reason, Refused
from crisis.store import audit, partners
from crisis.store.people_tables import ACCOUNT, PERSON, Found
from crisis.store.sessions import Device
from crisis.store.sign_in_tables import PASSKEY, PASSKEY_CHALLENGE
from crisis.vocabulary import PersonId

CHALLENGE_FOR = timedelta(minutes=5)
CHALLENGE = 32  # bytes
MOST = 10  # passkeys of one person
UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, struct.error)  # the library lets all of them out


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """For whom a device signs: the host, and the exact origins that its browser may have seen."""

    host: str
    origins: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    id: str
    device: Device
    made_at: datetime
    used_at: datetime | None


def of_person(tx: Connection, person: PersonId) -> list[Passkey]:
    rows = tx.execute(select(PASSKEY).where(PASSKEY.c.person == person).order_by(PASSKEY.c.made_at, PASSKEY.c.id))
    return [
        Passkey(
            id=row.id,
            device=Device(browser=row.browser, system=row.system),
            made_at=row.made_at,
            used_at=row.used_at,
        )
        for row in rows
    ]


def offer(tx: Connection, site: Site, person: PersonId, at: datetime) -> str:
    """What the browser needs to make a passkey, as JSON."""
    known = of_person(tx, person)
    if len(known) >= MOST:
        raise Refused(Reason("SECOND", "Nobody keeps more than ten passkeys; remove one first"))
    account = select(ACCOUNT.c.username, ACCOUNT.c.district).where(ACCOUNT.c.person == person)
    mine = tx.execute(account).one_or_none()
    if mine is None:
        raise NotFound
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Crisis",
        user_id=person.encode(),
        user_name=mine.username,
        challenge=_challenge(tx, at, person, mine.district),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.id)) for each in known],
    )
    return options_to_json(options)


def add(tx: Connection, site: Site, person: PersonId, answer: str, *, device: Device, at: datetime) -> None:
    """Raises `Refused` for an answer that does not fit: another site's, too late, twice, or made without its owner."""
    try:
        challenge = _challenge_in(parse_registration_credential_json(answer).response.client_data_json)
        asked = _taken(tx, challenge, at)
        if asked is None or asked.person != person:
            raise Refused(DOES_NOT_FIT)
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=sorted(site.origins),
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise Refused(DOES_NOT_FIT) from error
    key = bytes_to_base64url(made.credential_id)
    if tx.execute(select(PASSKEY.c.id).where(PASSKEY.c.id == key)).first() is not None:
        raise Refused(DOES_NOT_FIT)
    row = {"id": key, "district": asked.district, "person": person, "public_key": made.credential_public_key}
    row |= {"uses": made.sign_count, "browser": device.browser, "system": device.system, "made_at": at}
    tx.execute(insert(PASSKEY).values(**row))
    audit.record(tx, at=at, actor=person, action="passkey added", subject=person)


def ask(tx: Connection, site: Site, at: datetime) -> str:
    """What the browser needs to let any passkey of this site sign, as JSON: it says nothing of who has one (F114)."""
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_challenge(tx, at),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def holder(tx: Connection, site: Site, answer: str, at: datetime) -> PersonId | None:
    """Whose passkey signed; None for whatever does not fit, and for an account that has ended.

    A challenge counts once, so commit whatever the answer.
    """
    try:
        signed = parse_authentication_credential_json(answer)
        challenge = _challenge_in(signed.response.client_data_json)
        asked, key = _taken(tx, challenge, at), _standing(tx, bytes_to_base64url(signed.raw_id))
        if asked is None or asked.person is not None or key is None or partners.shut_out(tx, [key.person], at):
            return None
        checked = verify_authentication_response(
            credential=signed,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=sorted(site.origins),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.uses,
            require_user_verification=True,
        )
    except UNREADABLE:
        return None
    tx.execute(update(PASSKEY).where(PASSKEY.c.id == key.id).values(uses=checked.new_sign_count, used_at=at))
    return PersonId(key.person)


def remove(tx: Connection, person: PersonId, passkey: str, *, at: datetime) -> None:
    """Raises `NotFound` for another's."""
    if tx.execute(delete(PASSKEY).where(PASSKEY.c.id == passkey, PASSKEY.c.person == person)).rowcount == 0:
        raise NotFound
    audit.record(tx, at=at, actor=person, action="passkey removed", subject=person)


def remove_all(tx: Connection, person: PersonId, *, at: datetime, by: PersonId | None) -> None:
    """For a lost device."""
    removed = tx.execute(delete(PASSKEY).where(PASSKEY.c.person == person)).rowcount
    audit.record(tx, at=at, actor=by, action="passkeys removed", subject=person, detail={"passkeys": removed})


def _standing(tx: Connection, key: str) -> Found | None:
    query = (
        select(PASSKEY)
        .join(PERSON, PERSON.c.id == PASSKEY.c.person)
        .join(ACCOUNT, ACCOUNT.c.person == PASSKEY.c.person)
        .where(PASSKEY.c.id == key, PERSON.c.active, ACCOUNT.c.disabled_at.is_(None))
    )
    return tx.execute(query).one_or_none()


def _challenge(tx: Connection, at: datetime, person: PersonId | None = None, district: str | None = None) -> bytes:
    tx.execute(delete(PASSKEY_CHALLENGE).where(PASSKEY_CHALLENGE.c.ends_at <= at))
    made = secrets.token_bytes(CHALLENGE)
    row = {"challenge": bytes_to_base64url(made), "person": person, "district": district}
    tx.execute(insert(PASSKEY_CHALLENGE).values(**row, ends_at=at + CHALLENGE_FOR))
    return made


def _challenge_in(client_data: bytes) -> bytes:
    return parse_client_data_json(client_data).challenge


def _taken(tx: Connection, challenge: bytes, at: datetime) -> Found | None:
    """Who was asked with it; it is gone afterwards."""
    same = PASSKEY_CHALLENGE.c.challenge == bytes_to_base64url(challenge)
    row = tx.execute(select(PASSKEY_CHALLENGE).where(same, PASSKEY_CHALLENGE.c.ends_at > at)).one_or_none()
    return row if tx.execute(delete(PASSKEY_CHALLENGE).where(same)).rowcount == 1 else None


DOES_NOT_FIT = Reason("SECOND", "The device’s answer does not fit; load the page and try again")
