"""What was signed with agencies outside: what runs out, what each may be given, and who works for one."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.policy.agreements import Agreement, Terms, current, running_out
from crisis.referral_words import AgencyId, AgreedUse, DataPoint
from crisis.store import people
from crisis.vocabulary import PersonId, StaffRole
from web import agreement_orders, directory_orders
from web.agreement_orders import Kept
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Sent
from web.pages.frame import console
from web.pages.incident import option_names
from web.rendering import Language, translations
from web.words import N_
from web.words_of_directory import DATA_POINTS, USES

router = APIRouter(include_in_schema=False)


class AgreementForm(Sent):
    def carry_out(self, desk: Desk) -> None:
        raise NotImplementedError


class Record(AgreementForm):
    agency: str = Field(title=N_("With which agency?"))
    first_day: date = Field(title=N_("First day"))
    last_day: date = Field(title=N_("Last day"))
    data_points: frozenset[DataPoint] = Field(default=frozenset(), title=N_("What they may be given"))
    uses: frozenset[AgreedUse] = Field(default=frozenset(), title=N_("What for"))
    direct_control: Literal["yes", "no"] = "no"
    redisclosure_ban: Literal["yes", "no"] = "no"
    signed_for_district: str = Field(title=N_("Who signed for the district?"), max_length=120)
    signed_for_agency: str = Field(title=N_("Who signed for the agency?"), max_length=120)
    paper: str = Field(title=N_("Where is the signed paper?"), max_length=120)
    sha256: str | None = Field(default=None, title=N_("SHA-256 of the scanned paper"))

    def carry_out(self, desk: Desk) -> None:
        terms = Terms(
            agency=AgencyId(self.agency),
            data_points=self.data_points,
            uses=self.uses,
            direct_control=self.direct_control == "yes",
            redisclosure_ban=self.redisclosure_ban == "yes",
            first_day=self.first_day,
            last_day=self.last_day,
            signed_for_district=self.signed_for_district,
            signed_for_agency=self.signed_for_agency,
            paper=self.paper,
            sha256=None if self.sha256 is None else self.sha256.lower(),
        )
        agreement_orders.record(desk, terms)


class End(AgreementForm):
    agreement: str

    def carry_out(self, desk: Desk) -> None:
        agreement_orders.end(desk, self.agreement)


class PutIn(AgreementForm):
    person: str = Field(title=N_("Who?"))
    works_for: str = Field(title=N_("For which agency?"))

    def carry_out(self, desk: Desk) -> None:
        agreement_orders.put_in(desk, PersonId(self.person), AgencyId(self.works_for))


class TakeOut(AgreementForm):
    person: str

    def carry_out(self, desk: Desk) -> None:
        agreement_orders.take_out(desk, PersonId(self.person))


FORMS: dict[str, type[AgreementForm]] = {"record": Record, "end": End, "put-in": PutIn, "take-out": TakeOut}


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    kept, zone = agreement_orders.seen(desk), directory_orders.zone(desk)
    with desk.store.read() as tx:
        staff = people.staff(tx, desk.actor.district)
    clinicians = [(str(each.id), each.name) for each in staff if StaffRole.CLINICIAN in each.posts]
    names = {each.id: each.name for each in staff}
    ending = {each.id for each in running_out(kept.agreements, desk.at)}
    values = {
        "here": "agreements",
        "zone": zone,
        "ending": [_shown(each, kept, desk) for each in running_out(kept.agreements, desk.at)],
        "without": _without(kept, desk, names),
        "in_force": [_shown(each, kept, desk) for each in _in_force(kept, desk) if each.id not in ending],
        "to_come": [_shown(each, kept, desk) for each in kept.agreements if _is_to_come(each, desk)],
        "members": [(each.person, names.get(each.person, ""), _name(kept, each.agency)) for each in kept.members],
        "agencies": sorted(((str(key), each.entry.name) for key, each in kept.agencies.items()), key=lambda o: o[1]),
        "clinicians": clinicians,
        "points": option_names({each.value: text for each, text in DATA_POINTS.items()}, desk.language),
        "uses": option_names({each.value: text for each, text in USES.items()}, desk.language),
    }
    return console(desk, "pages/agreements.html", values, path="/agreements", status=status, problem=problem)


def _in_force(kept: Kept, desk: Desk) -> list[Agreement]:
    found = (current(kept.agreements, agency, desk.at) for agency in kept.agencies)
    return [each for each in found if each is not None]


def _is_to_come(agreement: Agreement, desk: Desk) -> bool:
    return agreement.ended_at is None and agreement.counts_from > desk.at


def _without(kept: Kept, desk: Desk, names: Mapping[PersonId, str]) -> list[tuple[str, list[str]]]:
    """Agencies for which somebody here works and whose agreement is not in force: those people are shut out."""
    found: dict[AgencyId, list[str]] = {}
    for each in kept.members:
        gone = each.agency not in kept.agencies
        if gone or current(kept.agreements, each.agency, desk.at) is None:
            found.setdefault(each.agency, []).append(names.get(each.person, ""))
    return [(_name(kept, agency), who) for agency, who in found.items()]


def _name(kept: Kept, agency: AgencyId) -> str:
    known = kept.agencies.get(agency)
    return "" if known is None else known.entry.name


def _shown(agreement: Agreement, kept: Kept, desk: Desk) -> dict[str, object]:
    terms = agreement.terms
    return {
        "id": agreement.id,
        "agency": _name(kept, terms.agency),
        "first_day": terms.first_day,
        "last_day": terms.last_day,
        "days": max((agreement.counts_until - desk.at).days, 0),
        "points": _said(DATA_POINTS, terms.data_points, desk.language),
        "uses": _said(USES, terms.uses, desk.language),
        "signers": (terms.signed_for_district, terms.signed_for_agency),
        "paper": terms.paper,
        "sha256": terms.sha256,
    }


def _said(
    names: Mapping[DataPoint, str] | Mapping[AgreedUse, str],
    chosen: frozenset[DataPoint] | frozenset[AgreedUse],
    language: Language,
) -> list[str]:
    return [translations(language).gettext(text) for each, text in names.items() if each in chosen]


@router.get("/agreements")
def agreements(desk: SignedIn) -> HTMLResponse:
    """For the privacy officer and the district crisis lead; every look is on record."""
    return show(desk)


@router.post("/agreements/{action}")
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; for the privacy officer and the district crisis lead."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk)
    return RedirectResponse("/agreements", status_code=303)
