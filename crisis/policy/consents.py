"""When a consent to release records counts: 34 CFR 99.30, in writing, whole, in force, by whoever had the right."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.errors import Reason
from crisis.vocabulary import PersonId


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """`signer` None: the student. `had_right`: the law gave it to the signer on the day of signing (PR-26).

    `records` are codes of what may go, `party` is who may get it, `document` the SHA-256 of the signed paper or file.
    `language` is that of the form, BCP 47; `read` whether the signer reads it, otherwise somebody interpreted.
    `ended_on` is the day of a revocation: what went before stays lawful, nothing goes from then on.
    """

    id: str
    records: frozenset[str]
    purpose: DisclosurePurpose | None
    party: str
    signer: PersonId | None
    had_right: bool
    method: SignMethod | None
    document: str
    language: str
    read: bool
    interpreter: str | None
    signed_on: date | None
    expires_on: date | None = None
    ended_on: date | None = None
    part2: bool = False


def lacking(consent: Consent) -> Iterator[Reason]:
    """What is missing for it to be a consent at all; nothing of it can be made up for later."""
    said = consent
    whole = (
        (said.records, Reason("PR-26", "Choose the records that the consent is for")),
        (said.purpose, Reason("PR-26", "Choose what the consent is for")),
        (said.party.strip(), Reason("PR-26", "Name who may get the records")),
        (said.signed_on, Reason("PR-26", "Give the day on which it was signed")),
        (said.method, Reason("PR-27", "A consent is signed, on paper or electronically; what was only said is none")),
        (said.document.strip(), Reason("PR-26", "Keep the signed document, and give its fingerprint")),
        (said.language.strip(), Reason("PR-26", "Say in which language the form was")),
        (
            said.read or (said.interpreter or "").strip(),
            Reason("PR-26", "They do not read the language of the form: name who interpreted it"),
        ),
        (said.had_right, Reason("PR-26", "Whoever signed had no right to on that day")),
    )
    yield from (reason for there, reason in whole if not there)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What somebody wants to give out on a consent. `parties` are names of people and organisations, as written."""

    fields: frozenset[str]
    parties: frozenset[str]
    purpose: DisclosurePurpose | None
    of_age: bool | None


def against(consent: Consent, wanted: Release, today: date) -> Iterator[Reason]:
    """Why it is no basis for this release on this day, by the school's calendar."""
    yield from lacking(consent)
    if consent.purpose is not None and consent.purpose is not wanted.purpose:
        yield Reason("PR-26", "The consent is for another purpose")
    if wanted.of_age and consent.signer is not None:
        yield Reason("PR-28", "The student is of age now: their own consent is needed, not the parents'")
    if consent.signed_on is not None and consent.signed_on > today:
        yield Reason("PR-26", "The consent is signed for a later day")
    if consent.expires_on is not None and consent.expires_on < today:
        yield Reason("PR-26", "The consent has run out; ask for a new one")
    if consent.ended_on is not None and consent.ended_on <= today:
        yield Reason("PR-26", "The consent was taken back")
    if not wanted.fields <= consent.records:
        yield Reason("PR-26", "The consent does not cover everything that is to go out")
    if plain(consent.party) not in {plain(each) for each in wanted.parties}:
        yield Reason("PR-26", "The consent names somebody else as the one who may get it")


def plain(name: str) -> str:
    """Two ways to write the same name."""
    return " ".join(name.casefold().split())
