"""What an installation decides, from the environment (`CRISIS_…`), a file `.env`, or secret files."""

import base64
import re
from binascii import Error as NotBase64
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from crisis.database_address import ADD, plain_to
from crisis.identity_settings import IdentityProvider, checked

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
SECRET_FILES = Path("/run/secrets")  # where containers mount them: a file is not shown by `env` or a crash report
ED25519 = 32  # bytes of a public key


class SessionLimits(BaseModel):
    """Of one post, narrower than everybody's. NIST SP 800-63B-4 at level 2: an hour and a day at most."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    idle_minutes: Annotated[int, Field(ge=1, le=60)] = 60
    hours: Annotated[int, Field(ge=1, le=24)] = 24


class Settings(BaseSettings):
    """`public_url` is the one address under which browsers and the telephone provider reach this installation."""

    model_config = SettingsConfigDict(
        env_prefix="CRISIS_",
        env_file=".env",
        secrets_dir=SECRET_FILES if SECRET_FILES.is_dir() else None,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,  # an error about the whole would show the secrets in it
    )

    database_url: str = "sqlite:///var/crisis.db"
    owner_url: SecretStr | None = None  # PostgreSQL: the role that owns the tables, for init, migrate, backup, restore
    database_network_protected: bool = False  # the way to a PostgreSQL elsewhere is protected by the network itself
    key_file: Path = Path("var/keys.json")
    public_url: str = "http://127.0.0.1:8000"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    tls_cert: Path | None = None  # both: the console speaks https itself, also to a proxy on another machine
    tls_key: Path | None = None
    proxy_network_protected: bool = False  # the way between proxy and console is protected by the network itself
    trusted_proxies: str = "127.0.0.1"  # whose X-Forwarded-* count; a comma between addresses

    session_idle_minutes: Annotated[int, Field(ge=1, le=60)] = 15  # without a touch; then signed out
    session_shared_minutes: Annotated[int, Field(ge=1, le=15)] = 5  # the same on a device that others use too
    session_hours: Annotated[int, Field(ge=1, le=24)] = 12  # however busy
    session_limits: dict[str, SessionLimits] = {}  # by post, where it is to be less

    first_passphrase_days: Annotated[int, Field(ge=1, le=30)] = 7  # one that somebody else made; then it is over
    sign_in_providers: dict[str, IdentityProvider] = {}  # of sign-ins, by the name in their addresses

    provider_url: str | None = None  # the first provider (Twilio), for texts and calls; None: no provider yet
    provider_account: str = ""
    provider_secret: SecretStr = SecretStr("")
    provider_secondary_secret: SecretStr = SecretStr("")  # while the secret is being changed, either may sign
    provider_from: str = ""
    provider_spare: str = ""  # a second number of that account: every other text of a large wave goes out from it
    drill_account: str = ""  # drills have an account and a number of their own; none: they show on the console alone
    drill_secret: SecretStr = SecretStr("")
    drill_secondary_secret: SecretStr = SecretStr("")
    drill_from: str = ""

    second_url: str | None = None  # the second provider (Telnyx), for when the first refuses or is silent
    second_account: str = ""
    second_secret: SecretStr = SecretStr("")  # its API key
    second_application: str = ""  # its TeXML application, that calls belong to
    second_from: str = ""
    second_spare: str = ""
    provider_canary: str = ""  # a number of yours at the provider, that test texts go to: its texts come in here too
    second_canary: str = ""
    second_public_key: str = ""  # with which it signs what it sends
    drill_second_account: str = ""
    drill_second_secret: SecretStr = SecretStr("")
    drill_second_application: str = ""
    drill_second_from: str = ""
    drill_second_public_key: str = ""

    page_links: bool = True  # whether the text of a page carries a link to answer it in a browser
    office_phone: str = ""  # E.164; what callers whom we cannot help are told to call
    call_fallback_url: str = ""  # a static answer on another host, for a call whose next words we cannot give (F50)

    sentinel_account: str = ""  # the sentinel's own line for the last resort; none: it only says so in the log
    sentinel_secret: SecretStr = SecretStr("")
    sentinel_from: str = ""

    smtp_host: str = ""  # a mail server, for e-mail beside pages and notices; none: no e-mail
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str = ""
    smtp_secret: SecretStr = SecretStr("")
    smtp_from: str = ""
    smtp_ca: Path | None = None  # of a mail server with a certificate of its own
    smtp_tls: bool = True  # off for a mail server on this machine only
    push: bool = False  # push messages to the browsers of those who switch them on
    push_contact: str = ""  # whom the makers of browsers may write to; left out, it is public_url
    push_hosts: str = ""  # further servers of browser makers; a comma between names

    anchor_folder: Path | None = None  # outside of the database, best where nothing can be changed: signed anchors
    anchor_mail: str = ""  # two people, or more, who keep them as well; a comma between addresses
    anchor_key: Path = Path("var/anchor.pem")  # signs them; made when first needed

    heartbeat_url: str | None = None  # an outside watchman that alarms when this installation goes silent
    heartbeat_secret: SecretStr = SecretStr("")  # shared with `crisis heartbeat-receiver`; none: a plain GET

    @field_validator("public_url")
    @classmethod
    def whole_origin(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.path.strip("/") or parts.query:
            raise ValueError("public_url is an origin such as https://crisis.example.org, with no path")
        if parts.scheme == "http" and parts.hostname not in (*THIS_MACHINE, "testserver"):
            raise ValueError("public_url must be https, except on this machine itself")
        return f"{parts.scheme}://{parts.netloc}"

    @model_validator(mode="after")
    def a_way_to_the_database_that_nobody_reads(self) -> Self:
        """ASVS 12.3.1. The address is in no message: it holds a password."""
        for name, address in (("database_url", self.database_url), ("owner_url", self.owner_address or "")):
            server = plain_to(address)
            if server is not None and not self.database_network_protected:
                raise ValueError(
                    f"{name}: what goes to PostgreSQL at {server} could be read or answered by others on the way; put "
                    f"{ADD} at its end, after ? or &. Where the network between protects itself, such as one inside "
                    "this machine: CRISIS_DATABASE_NETWORK_PROTECTED=true"
                )
        return self

    @model_validator(mode="after")
    def a_certificate_with_its_key(self) -> Self:
        if bool(self.tls_cert) != bool(self.tls_key):
            raise ValueError("tls_cert and tls_key go together, both or neither")
        return self

    @field_validator("tls_cert", "tls_key", mode="before")
    @classmethod
    def a_file_or_none(cls, file: object) -> object:
        return file or None

    @field_validator("sign_in_providers")
    @classmethod
    def named_plainly(cls, providers: dict[str, IdentityProvider]) -> dict[str, IdentityProvider]:
        checked(providers)
        return providers

    @field_validator("office_phone")
    @classmethod
    def dialled(cls, number: str) -> str:
        if number and not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
            raise ValueError("office_phone is a whole number such as +16175550100")
        return number

    @field_validator("call_fallback_url")
    @classmethod
    def on_another_host(cls, url: str) -> str:
        parts = urlsplit(url)
        if url and parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in THIS_MACHINE):
            raise ValueError("call_fallback_url must be https, except on this machine itself")
        return url

    @field_validator("heartbeat_url")
    @classmethod
    def safe_to_call(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in THIS_MACHINE):
            raise ValueError("heartbeat_url must be https, except on this machine itself")
        return url

    @field_validator("smtp_from")
    @classmethod
    def an_address(cls, address: str) -> str:
        if address and not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", address):
            raise ValueError("smtp_from is an e-mail address such as crisis@example.org")
        return address

    @field_validator("push_contact")
    @classmethod
    def a_contact(cls, contact: str) -> str:
        if contact and not contact.startswith(("mailto:", "https://")):
            raise ValueError("push_contact begins with mailto: or https://")
        return contact

    @field_validator("push_hosts")
    @classmethod
    def host_names(cls, hosts: str) -> str:
        names = [each.strip() for each in hosts.split(",") if each.strip()]
        if not all(re.fullmatch(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}", each) for each in names):
            raise ValueError("push_hosts are names of hosts such as push.example.org, or .example.org for all under it")
        return hosts

    @model_validator(mode="after")
    def a_whole_mail_server(self) -> Self:
        if bool(self.smtp_host) != bool(self.smtp_from):
            raise ValueError("e-mail needs smtp_host and smtp_from, both or neither")
        if bool(self.smtp_user) != bool(_plain(self.smtp_secret)):
            raise ValueError("smtp_user and smtp_secret go together, both or neither")
        if not self.smtp_tls and self.smtp_host not in THIS_MACHINE:
            raise ValueError("smtp_tls may be off for a mail server on this machine only")
        return self

    @field_validator("anchor_folder", mode="before")
    @classmethod
    def a_folder_or_none(cls, folder: object) -> object:
        """Empty is not set up, and never the folder in which the program happens to run."""
        return folder or None

    @model_validator(mode="after")
    def two_who_keep_anchors(self) -> Self:
        """PR-59: one person could lose or change what they keep."""
        people = {each.strip() for each in self.anchor_mail.split(",") if each.strip()}
        if len(people) == 1 or not all(re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", each) for each in people):
            raise ValueError("anchor_mail is at least two e-mail addresses with a comma between them")
        if people and not self.smtp_host:
            raise ValueError("anchor_mail needs a mail server: set smtp_host and smtp_from")
        return self

    @field_validator("second_public_key", "drill_second_public_key")
    @classmethod
    def a_public_key(cls, key: str) -> str:
        try:
            length = len(base64.b64decode(key, validate=True))
        except NotBase64:
            length = -1
        if key and length != ED25519:
            raise ValueError("the public key is 32 bytes in base64, as the provider's portal shows it")
        return key

    @model_validator(mode="after")
    def practice_and_reality_apart(self) -> Self:
        """I-22: one account or number for both, and a drill could be taken for the real thing."""
        live = {self.provider_account, self.provider_from, self.second_account, self.second_from, *self._secrets("")}
        live |= {self.provider_spare, self.second_spare}
        drill = {
            self.drill_account,
            self.drill_from,
            self.drill_second_account,
            self.drill_second_from,
            *self._secrets("drill_"),
        }
        if (live & drill) - {""}:
            raise ValueError("drills need accounts, secrets and numbers of their own, at both providers")
        return self

    @model_validator(mode="after")
    def whole_providers(self) -> Self:
        """Half a provider would be found out when a page has to go out."""
        for name in ("provider", "drill", "sentinel"):
            self._whole(name, ("account", "secret", "from"))
        for name in ("second", "drill_second"):
            self._whole(name, ("account", "secret", "application", "from", "public_key"))
        for name in ("provider", "second"):
            if _plain(getattr(self, f"{name}_spare")) and not _plain(getattr(self, f"{name}_from")):
                raise ValueError(f"{name}_spare is a second number: set {name}_… first")
        self._machines_answer()
        return self

    def _machines_answer(self) -> None:
        """A canary page goes to a machine: to a number that people are called from it would come back by itself."""
        for name in ("provider", "second"):
            machine, own = getattr(self, f"{name}_canary"), getattr(self, f"{name}_from")
            if machine and not own:
                raise ValueError(f"{name}_canary needs its provider: set {name}_… first")
            if machine and machine in (own, getattr(self, f"{name}_spare")):
                raise ValueError(f"{name}_canary is another number than {name}_from and {name}_spare")

    def _whole(self, name: str, parts: tuple[str, ...]) -> None:
        missing = [f"{name}_{part}" for part in parts if not _plain(getattr(self, f"{name}_{part}"))]
        if missing and len(missing) < len(parts):
            raise ValueError(f"{name}_… is not complete, still empty: {', '.join(missing)}")

    def _secrets(self, prefix: str) -> set[str]:
        first = prefix or "provider_"
        names = (f"{first}secret", f"{first}secondary_secret", f"{prefix}second_secret")
        return {_plain(getattr(self, name)) for name in names}

    @property
    def providers(self) -> tuple[str, ...]:
        """Those that pages of what is real go out by."""
        first, second = self.provider_url and self.provider_account, self.second_url and self.second_account
        return tuple(name for name, there in (("twilio", first), ("telnyx", second)) if there)

    @property
    def owner_address(self) -> str | None:
        return None if self.owner_url is None else self.owner_url.get_secret_value()

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https:")


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


class ReceiverSettings(BaseSettings):
    """Of `crisis heartbeat-receiver`, which runs on a second host and needs nothing of the first but its secret."""

    model_config = SettingsConfigDict(
        env_prefix="CRISIS_",
        env_file=".env",
        secrets_dir=SECRET_FILES if SECRET_FILES.is_dir() else None,
        extra="ignore",
        frozen=True,
    )

    heartbeat_secret: SecretStr = SecretStr("")
    receiver_host: str = "127.0.0.1"
    receiver_port: Annotated[int, Field(ge=0, le=65535)] = 8443
    receiver_cert: Path | None = None  # both: it speaks https itself; none: a proxy in front of it does
    receiver_key: Path | None = None
    receiver_state: Path = Path("var/heartbeat.json")
    receiver_command: str = ""  # run, without a shell, when the beats stop and when they are back
    receiver_mail_to: str = ""  # a comma between addresses
    receiver_mail_from: str = ""
    receiver_smtp_host: str = ""
    receiver_smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    receiver_smtp_user: str = ""
    receiver_smtp_secret: SecretStr = SecretStr("")
    receiver_smtp_ca: Path | None = None  # of a mail server with a certificate of its own
