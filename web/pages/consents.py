"""Consents to release records, as they were signed: recorded whole or not at all, and taken back at any time."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.disclosure_words import DisclosurePurpose, SignMethod
from crisis.errors import NotFound
from crisis.policy.bases import EMERGENCY_FIELDS
from crisis.store import audit, consents, people
from crisis.store.consents import DOCUMENT, Kept, Signed
from crisis.vocabulary import PersonId, StudentId
from web import consent_orders, record_orders
from web.deps import ID, Desk, SignedIn, StudentPath
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.incident import option_names
from web.pages.steps import LANGUAGES
from web.rendering import babel_language, translations
from web.words import N_
from web.words_of_disclosures import PARTS, PURPOSES

router = APIRouter(include_in_schema=False)

THEMSELVES = "student"
RECORDS = sorted((EMERGENCY_FIELDS - {"spoken"}) | {"events", "whole"})
PURPOSES_ASKED = (
    DisclosurePurpose.CARE,
    DisclosurePurpose.KEEP_SAFE,
    DisclosurePurpose.ENROLLMENT,
    DisclosurePurpose.COURT,
)
METHODS = {SignMethod.PAPER: N_("On paper"), SignMethod.ELECTRONIC: N_("Electronically, after they were identified")}
Tick = Literal["yes", "no"]


class ConsentForm(Sent):
    def carry_out(self, desk: Desk, student: StudentId) -> None:
        raise NotImplementedError


class Record(ConsentForm):
    """What the paper says; whether it is whole, and the signer had the right, is for the rules to say."""

    records: frozenset[str] = Field(default=frozenset(), title=N_("Which records may go?"))
    purpose: DisclosurePurpose | None = Field(default=None, title=N_("What for?"))
    party: str = Field(default="", title=N_("Who may get them?"))
    signer: str = Field(title=N_("Who signed?"))
    minor: Tick = "no"
    method: SignMethod | None = Field(default=None, title=N_("How was it signed?"))
    document: str = Field(default="", pattern=DOCUMENT, title=N_("Number or fingerprint of the signed document"))
    language: str = Field(default="", title=N_("In which language was the form?"))
    read: Tick = "no"
    interpreter: str | None = Field(default=None, title=N_("Who interpreted it?"))
    signed_on: date | None = Field(default=None, title=N_("Signed on"))
    expires_on: date | None = Field(default=None, title=N_("Last day on which it counts"))
    part2: Tick = "no"

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        signed = Signed(
            records=self.records,
            purpose=self.purpose,
            party=self.party,
            signer=None if self.signer == THEMSELVES else PersonId(self.signer),
            method=self.method,
            document=self.document,
            language=self.language,
            read=self.read == "yes",
            interpreter=self.interpreter,
            signed_on=self.signed_on,
            expires_on=self.expires_on,
            part2=self.part2 == "yes",
            minor_checked=self.minor == "yes",
        )
        consent_orders.record(desk, student, signed)


class TakeBack(ConsentForm):
    consent: str

    def carry_out(self, desk: Desk, student: StudentId) -> None:
        consent_orders.take_back(desk, student, self.consent)


FORMS: dict[str, type[ConsentForm]] = {"record": Record, "take-back": TakeBack}


def show(desk: Desk, student: StudentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    known = record_orders.must_keep(desk, student)
    with desk.store.write() as tx:
        kept, school = consents.of_student(tx, desk.store.keys, student), people.school(tx, known.school)
        family = [each for each in people.contacts_of(tx, student) if each.guardian]
        signers = {each.consent.signer for each in kept if each.consent.signer is not None}
        names = people.names(tx, signers | {each.recorded_by for each in kept})
        audit.record(tx, at=desk.at, actor=desk.person, action="consents viewed", subject=student)
    translate = translations(desk.language).gettext
    today = desk.at.astimezone(ZoneInfo(school.zone)).date()
    values = {
        "here": "students",
        "student": known,
        "school": school,
        "zone": school.zone,
        "consents": [_shown(each, desk, names, today) for each in kept],
        "no_birth_date": known.birth_date is None,
        "signers": [*((each.person, each.name) for each in family), (THEMSELVES, translate(N_("The student")))],
        "records": [(each, translate(PARTS[each])) for each in RECORDS],
        "purposes": [(each.value, translate(PURPOSES[each])) for each in PURPOSES_ASKED],
        "methods": [(each.value, translate(said)) for each, said in METHODS.items()],
        "languages": option_names(LANGUAGES, desk.language),
    }
    path = f"/students/{student}/consents"
    return console(desk, "pages/consents.html", values, path=path, status=status, problem=problem)


def _shown(kept: Kept, desk: Desk, names: Mapping[PersonId, str], today: date) -> dict[str, object]:
    """In words. `over`: nothing goes out on it any more."""
    translate, consent = translations(desk.language).gettext, kept.consent
    signer = translate(N_("The student")) if consent.signer is None else names.get(consent.signer, "")
    return {
        "id": consent.id,
        "party": consent.party,
        "purpose": translate(PURPOSES[consent.purpose]) if consent.purpose is not None else "",
        "records": "; ".join(translate(PARTS.get(each, each)) for each in sorted(consent.records)),
        "signer": signer,
        "signed_on": consent.signed_on,
        "expires_on": consent.expires_on,
        "language": babel_language(consent.language, desk.language),
        "interpreter": consent.interpreter,
        "document": consent.document,
        "part2": consent.part2,
        "by": names.get(kept.recorded_by, ""),
        "ended_on": consent.ended_on,
        "lapsed": consent.expires_on is not None and consent.expires_on < today,
        "over": consent.ended_on is not None or (consent.expires_on is not None and consent.expires_on < today),
    }


@router.get("/students/{student}/consents")
def of_student(desk: SignedIn, student: StudentPath) -> HTMLResponse:
    """For the crisis team of the student's school and the posts of the district; every view is on record."""
    return show(desk, student)


@router.post("/students/{student}/consents/{action}")
def change(
    desk: SignedIn, student: StudentPath, action: Annotated[str, Path(pattern=ID)], posted: FormPost
) -> RedirectResponse:
    """One form, one change; then back to the page."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk, student)
    return RedirectResponse(f"/students/{student}/consents", status_code=303)
