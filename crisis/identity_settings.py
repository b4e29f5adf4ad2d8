"""What an installation says of one provider of sign-ins; the rest is known of its kind."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from crisis.sign_in_words import ProviderKind

THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
PROVIDER_ID = r"^[a-z0-9-]{1,40}$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """`tenant` and `person` are claims: which district it is, and what somebody is there. `hosts` may be asked."""

    name: str
    issuer: str
    scopes: str
    hosts: frozenset[str]
    tenant: str
    person: str = ""
    staff: frozenset[str] = frozenset()
    subject: str = "sub"
    anew: str = ""  # what makes it ask again who it is, as far as it does


# The e-mail that Google's scope adds is neither read nor kept: without it the claim `hd` may be missing.
KINDS: Mapping[ProviderKind, Kind] = MappingProxyType(
    {
        ProviderKind.GOOGLE: Kind(
            name="Google",
            issuer="https://accounts.google.com",
            scopes="openid email",
            hosts=frozenset({"accounts.google.com", "oauth2.googleapis.com", "www.googleapis.com"}),
            tenant="hd",
            anew="select_account",  # it knows no more than that
        ),
        ProviderKind.ENTRA: Kind(
            name="Microsoft",
            issuer="https://login.microsoftonline.com/{tenant}/v2.0",
            scopes="openid profile",
            hosts=frozenset({"login.microsoftonline.com"}),
            tenant="tid",
            subject="oid",
            anew="login",
        ),
        ProviderKind.CLEVER: Kind(
            name="Clever",
            issuer="https://clever.com",
            scopes="openid",
            hosts=frozenset({"clever.com", "api.clever.com"}),
            tenant="district",
            person="user_type",
            staff=frozenset({"teacher", "staff", "district_admin", "district admin"}),
        ),
        ProviderKind.CLASSLINK: Kind(
            name="ClassLink",
            issuer="https://launchpad.classlink.com",
            scopes="openid profile",
            hosts=frozenset({"launchpad.classlink.com", "nodeapi.classlink.com"}),
            tenant="TenantId",
            person="Role",
            staff=frozenset({"teacher", "administrator", "staff", "tenant administrator", "aide"}),
        ),
    }
)


class IdentityProvider(BaseModel):
    """One provider of one district. `tenants` are those whose people may come: domains, tenants or districts.

    `least_rsa_bits`: keys of theirs with fewer sign nothing here; 3072 is what 128 bits of strength ask for.
    `strong` says which claim proves two factors there, and by which values; nothing of it: a sign-in is one factor.
    `tenant_claim`, `person_claim` and `staff` are for a provider whose tokens say it by other words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: ProviderKind
    district: Annotated[str, Field(min_length=1, max_length=80)]
    client: Annotated[str, Field(min_length=1, max_length=300)]
    secret: SecretStr
    tenants: Annotated[frozenset[str], Field(min_length=1)]
    name: Annotated[str, Field(max_length=40)] = ""
    issuer: str = ""
    hosts: frozenset[str] = frozenset()  # beyond those of its kind
    tenant_claim: str = ""
    person_claim: str = ""
    staff: frozenset[str] = frozenset()
    strong: dict[str, frozenset[str]] = {}
    least_rsa_bits: Annotated[int, Field(ge=2048, le=8192)] = 2048  # what Google and Microsoft sign with

    @field_validator("issuer")
    @classmethod
    def safe_to_ask(cls, issuer: str) -> str:
        parts = urlsplit(issuer)
        here = parts.scheme == "http" and parts.hostname in THIS_MACHINE
        if issuer and ((parts.scheme != "https" and not here) or parts.query or parts.fragment):
            raise ValueError("the issuer of a sign-in provider is an https address, as its discovery document has it")
        return issuer

    @model_validator(mode="after")
    def one_that_can_be_believed(self) -> Self:
        if not self.secret.get_secret_value():
            raise ValueError("a sign-in provider needs the secret that it gave to this installation")
        if self.kind is ProviderKind.ENTRA and len(self.tenants) != 1:
            raise ValueError("Microsoft Entra: one provider for each tenant; the tenant is part of its issuer")
        if self.kind is ProviderKind.GOOGLE and self.strong:
            raise ValueError("Google's tokens do not say reliably how somebody signed in; leave `strong` out")
        if not set(self.strong) <= {"acr", "amr", "acrs"} or not all(self.strong.values()):
            raise ValueError("`strong` names claims of acr, amr and acrs, each with its values")
        return self

    @property
    def of_kind(self) -> Kind:
        return KINDS[self.kind]

    @property
    def issued_by(self) -> str:
        return self.issuer or self.of_kind.issuer.format(tenant=next(iter(self.tenants)))

    @property
    def shown_name(self) -> str:
        return self.name or self.of_kind.name

    @property
    def may_be_asked(self) -> frozenset[str]:
        """Hosts, with a port where it is not that of https."""
        return self.of_kind.hosts | self.hosts | {urlsplit(self.issued_by).netloc}


def checked(providers: Mapping[str, IdentityProvider]) -> None:
    """Raises `ValueError` for what would be found out at the first sign-in."""
    for name in providers:
        if not re.fullmatch(PROVIDER_ID, name):
            raise ValueError("the name of a sign-in provider has small letters, digits and dashes")
