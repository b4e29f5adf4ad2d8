"""Rows of signing in beyond the passphrase: the second factor, and what a district asks for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from crisis.sign_in_words import Browser, System
from crisis.store.columns import UtcTime, enum_text


class CodeAppRow(SQLModel, table=True):
    """An app that shows codes. It counts once a code of it has come; `last_step` was used, in half minutes of Unix."""

    __tablename__ = "code_app"
    __table_args__ = (CheckConstraint("last_step >= 0", name="last_step"),)

    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    sealed: bytes
    made_at: datetime = Field(sa_type=UtcTime)
    confirmed_at: datetime | None = Field(sa_type=UtcTime)
    last_step: int


class RecoveryCodeRow(SQLModel, table=True):
    """Good for one sign-in, in the place of the app. It is random, so its digest needs no salt and no work.

    `short`: of the kind that was made before, of 79 bits, and is good until it is used.
    """

    __tablename__ = "recovery_code"

    digest: str = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    short: bool


class HalfSignInRow(SQLModel, table=True):
    """The first factor was right, the second is awaited. `digest` is of the secret in the browser's cookie.

    `provider`: who said so, and in which session of its own.
    """

    __tablename__ = "half_sign_in"

    digest: str = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    shared: bool
    ends_at: datetime = Field(sa_type=UtcTime)
    provider: str | None
    provider_session: str | None


class SignInRuleRow(SQLModel, table=True):
    """What a district has decided; no row: a second factor for whoever has set one up."""

    __tablename__ = "sign_in_rule"

    district: str = Field(foreign_key="district.id", primary_key=True)
    second_factor: bool  # of everybody
    decided_by: str | None = Field(foreign_key="person.id")  # None: the operator at the machine
    decided_at: datetime = Field(sa_type=UtcTime)
    counts_from: datetime = Field(sa_type=UtcTime)  # later than `decided_at` while a new district sets itself up


class PasskeyRow(SQLModel, table=True):
    """A key that stays in somebody's device or its maker's vault; here lies the public half. `id` in base64url."""

    __tablename__ = "passkey"
    __table_args__ = (CheckConstraint("uses >= 0", name="uses"),)

    id: str = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    public_key: bytes
    uses: int  # what the device counts; stays 0 at those that do not
    browser: Browser = Field(sa_type=enum_text(Browser))  # where it was made
    system: System = Field(sa_type=enum_text(System))
    made_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(sa_type=UtcTime)


class PasskeyChallengeRow(SQLModel, table=True):
    """What a device is asked to sign, once. `person` None: whoever comes."""

    __tablename__ = "passkey_challenge"

    challenge: str = Field(primary_key=True)
    district: str | None
    person: str | None = Field(foreign_key="person.id", index=True)
    ends_at: datetime = Field(sa_type=UtcTime, index=True)


class IdentityRow(SQLModel, table=True):
    """Somebody at a sign-in provider is this person here. Never by an e-mail address (PR-63)."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("person", "provider", name="uq_identity_person"),)

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id")
    provider: str
    connected_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(sa_type=UtcTime)


class IdentityCodeRow(SQLModel, table=True):
    """By which somebody connects their account at a provider, given to them by whoever keeps the accounts."""

    __tablename__ = "identity_code"

    digest: str = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id", index=True)
    provider: str
    made_by: str | None = Field(foreign_key="person.id")  # None: the operator at the machine
    ends_at: datetime = Field(sa_type=UtcTime)


class ProviderSignInRow(SQLModel, table=True):
    """A browser is on its way to a provider, or is back and not known yet: then `subject` is there.

    `digest` is of the secret in its cookie; `person` connects their own account.
    """

    __tablename__ = "provider_sign_in"
    __table_args__ = (CheckConstraint("(issuer IS NULL) = (subject IS NULL)", name="known"),)

    digest: str = Field(primary_key=True)
    district: str
    provider: str
    person: str | None = Field(foreign_key="person.id", index=True)
    shared: bool
    issuer: str | None
    subject: str | None
    strong: bool
    provider_session: str | None
    ends_at: datetime = Field(sa_type=UtcTime, index=True)


class ProviderLogoutRow(SQLModel, table=True):
    """That a provider has told us of somebody's signing out: each token counts once. `digest` is of its name."""

    __tablename__ = "provider_logout"

    digest: str = Field(primary_key=True)
    district: str = Field(foreign_key="district.id")
    provider: str
    ends_at: datetime = Field(sa_type=UtcTime, index=True)


class KeptFormRow(SQLModel, table=True):
    """What somebody had typed when their session ran out, sealed. `digest` is of the session; a new one takes it over.

    `shown`: it stood in a page again.
    """

    __tablename__ = "kept_form"

    digest: str = Field(primary_key=True)
    district: str
    person: str = Field(foreign_key="person.id")
    sealed: bytes
    shown: bool
    ends_at: datetime = Field(sa_type=UtcTime, index=True)


class UnlockPinRow(SQLModel, table=True):
    """Digits that open somebody's own locked screen again, and nothing else; not those of the telephone."""

    __tablename__ = "unlock_pin"

    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str
    digest: str
    set_at: datetime = Field(sa_type=UtcTime)


class EmergencyAccountRow(SQLModel, table=True):
    """An account on paper, for when nobody can sign in as usual. `opened_at`: its first use since it was sealed."""

    __tablename__ = "emergency_account"
    __table_args__ = (
        CheckConstraint("number BETWEEN 1 AND 2", name="number"),
        CheckConstraint("opened_at IS NULL OR sealed_at IS NOT NULL", name="opened"),
        UniqueConstraint("district", "number", name="uq_emergency_account_district"),
    )

    person: str = Field(foreign_key="person.id", primary_key=True)
    district: str = Field(foreign_key="district.id")
    number: int
    made_at: datetime = Field(sa_type=UtcTime)
    sealed_at: datetime | None = Field(sa_type=UtcTime)
    sealed_by: str | None = Field(foreign_key="person.id")  # None: the operator at the machine
    opened_at: datetime | None = Field(sa_type=UtcTime)


_TABLES = SQLModel.metadata.tables
EMERGENCY_ACCOUNT = _TABLES["emergency_account"]
UNLOCK_PIN = _TABLES["unlock_pin"]
IDENTITY = _TABLES["identity"]
IDENTITY_CODE = _TABLES["identity_code"]
PROVIDER_LOGOUT = _TABLES["provider_logout"]
PROVIDER_SIGN_IN = _TABLES["provider_sign_in"]
CODE_APP = _TABLES["code_app"]
RECOVERY_CODE = _TABLES["recovery_code"]
HALF_SIGN_IN = _TABLES["half_sign_in"]
KEPT_FORM = _TABLES["kept_form"]
PASSKEY = _TABLES["passkey"]
PASSKEY_CHALLENGE = _TABLES["passkey_challenge"]
SIGN_IN_RULE = _TABLES["sign_in_rule"]
