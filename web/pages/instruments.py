"""Which instruments this district uses, the words it brought, and under which permission it may show them."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from crisis.errors import NotFound
from crisis.instrument_words import PackId, PermissionBasis, PermissionId
from crisis.protocols import loader
from crisis.protocols.instrument_schema import Instrument
from crisis.protocols.wording import needs_permission
from crisis.store.instrument_texts import Kept, Permission, Terms, Use
from web import instrument_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FRESH, FormPost, FormState, Said, Sent
from web.pages.frame import console
from web.pages.reasons import in_words
from web.rendering import translations
from web.words import N_
from web.words_of_instruments import BASES

router = APIRouter(include_in_schema=False)


class InstrumentForm(Sent):
    def carry_out(self, desk: Desk) -> None:
        raise NotImplementedError


class Permit(InstrumentForm):
    instrument: str = Field(title=N_("For which instrument?"))
    basis: PermissionBasis = Field(title=N_("On what does it rest?"))
    given_by: str = Field(title=N_("Who gave it?"))
    paper: str = Field(title=N_("Where is the paper?"))
    notice: str = Field(title=N_("The notice that must stand with the words"))
    last_day: date | None = Field(default=None, title=N_("Last day"))

    def carry_out(self, desk: Desk) -> None:
        terms = Terms(
            instrument=self.instrument,
            basis=self.basis,
            given_by=self.given_by,
            paper=self.paper,
            notice=self.notice,
            last_day=self.last_day,
        )
        instrument_orders.permit(desk, terms)


class Bring(InstrumentForm):
    of: str = Field(title=N_("For which instrument?"))
    body: str = Field(title=N_("The text pack"))

    def carry_out(self, desk: Desk) -> None:
        instrument_orders.take_into_use(desk, self.of, self.body)


class TakeUp(InstrumentForm):
    of: str

    def carry_out(self, desk: Desk) -> None:
        instrument_orders.take_into_use(desk, self.of, None)


class EndPermission(InstrumentForm):
    permission: str

    def carry_out(self, desk: Desk) -> None:
        instrument_orders.end_permission(desk, PermissionId(self.permission))


class EndUse(InstrumentForm):
    use: str

    def carry_out(self, desk: Desk) -> None:
        instrument_orders.end_use(desk, PackId(self.use))


FORMS: dict[str, type[InstrumentForm]] = {
    "permit": Permit,
    "bring": Bring,
    "take-up": TakeUp,
    "end-permission": EndPermission,
    "end-use": EndUse,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`because` is why its words are not shown; `plain` that it can be used as it is."""

    known: Instrument
    because: Said | None
    languages: tuple[str, ...]
    permissions: tuple[Permission, ...]
    over: frozenset[PermissionId]
    uses: tuple[Use, ...]
    protected: bool
    plain: bool


def show(desk: Desk, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    kept, translate = instrument_orders.seen(desk), translations(desk.language).gettext
    all_known = [loader.instrument(each) for each in loader.instruments()]
    values: dict[str, object] = {
        "here": "instruments",
        "rows": [_row(each, kept, desk) for each in all_known],
        "protected": [(each.id, each.title) for each in all_known if needs_permission(each)],
        "takes_packs": [(each.id, each.title) for each in all_known if each.kind != "interview"],
        "bases": [(each.value, translate(said)) for each, said in BASES.items()],
        "basis_of": {each: translate(said) for each, said in BASES.items()},
    }
    return console(desk, "pages/instruments.html", values, path="/instruments", status=status, problem=problem)


def _row(known: Instrument, kept: Kept, desk: Desk) -> Row:
    found = kept.readable(known.id, desk.at)
    permissions = tuple(each for each in kept.permissions if each.terms.instrument == known.id)
    uses = tuple(each for each in kept.uses if each.instrument == known.id)
    return Row(
        known=known,
        because=None if found.reason is None else in_words(found.reason, desk.language),
        languages=() if found.reason is not None else tuple(form.language for form in found.forms),
        permissions=permissions,
        over=frozenset(each.id for each in permissions if not each.holds(desk.at)),
        uses=uses,
        protected=needs_permission(known),
        plain=not uses and (known.has_words or known.from_paper),
    )


@router.get("/instruments")
def instruments(desk: SignedIn) -> HTMLResponse:
    """For the privacy officer and the district crisis lead; every look is on record."""
    return show(desk)


@router.post("/instruments/{action}")
def change(desk: SignedIn, action: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """One form, one change; for the privacy officer and the district crisis lead."""
    if action not in FORMS:
        raise NotFound
    posted.read(FORMS[action]).carry_out(desk)
    return RedirectResponse("/instruments", status_code=303)
