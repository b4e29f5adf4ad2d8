"""Two signatures, a date, and back: how a draft becomes what new incidents run on."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import RedirectResponse
from pydantic import Field

from crisis.draft_words import ReviewKind
from crisis.errors import NotFound
from crisis.policy.protocols import Signature
from web import publication_orders
from web.deps import ID, Desk, SignedIn
from web.forms import FormPost, Sent
from web.publication_orders import SHOWN, Typed
from web.rendering import translations
from web.words import N_

router = APIRouter(include_in_schema=False)

HERE = "/protocols"
KINDS: dict[ReviewKind, str] = {
    ReviewKind.CLINICAL: N_("Clinician"),
    ReviewKind.LEGAL: N_("Counsel"),
}


class Sign(Sent):
    kind: ReviewKind
    digits: str = Field(title=N_("The first 12 digits"), max_length=20)
    qualification: str = Field(title=N_("What qualifies you"), max_length=200)
    holds_until: date = Field(title=N_("Until when does the review hold?"))

    def typed(self) -> Typed:
        return Typed(
            kind=self.kind,
            name="",
            qualification=self.qualification,
            digits=self.digits,
            holds_until=self.holds_until,
        )


class FromPaper(Sent):
    kind: ReviewKind = Field(title=N_("Who signed?"))
    name: str = Field(title=N_("Name"), max_length=120)
    qualification: str = Field(title=N_("What qualifies them"), max_length=200)
    paper: str = Field(title=N_("Where does the signed paper lie?"), max_length=200)
    digits: str = Field(title=N_("The first 12 digits on the paper"), max_length=20)
    signed_on: date = Field(title=N_("Signed on which day?"))
    holds_until: date = Field(title=N_("Until when does the review hold?"))

    def typed(self) -> Typed:
        return Typed(
            kind=self.kind,
            name=self.name,
            qualification=self.qualification,
            digits=self.digits,
            holds_until=self.holds_until,
            signed_on=self.signed_on,
            paper=self.paper,
        )


class Publish(Sent):
    first_day: date = Field(title=N_("From which day?"))


def shown(desk: Desk, draft: str) -> dict[str, object]:
    """What the page of a draft shows of it."""
    known = publication_orders.signing(desk, draft)
    translate = translations(desk.language).gettext
    return {
        "signing": [
            {
                "kind": kind.value,
                "title": translate(KINDS[kind]),
                "signed": known.standing.signed(kind),
                "old": _old(known.standing.signatures, kind, known.standing.hash),
                "mine": [*sorted(known.mine)].index(kind) + 1 if kind in known.mine else 0,
            }
            for kind in ReviewKind
        ],
        "signers": [(kind.value, translate(KINDS[kind])) for kind in ReviewKind],
        "digits": (known.standing.hash or "")[:SHOWN],
        "today": known.today,
        "day_zone": known.zone,
        "saved_last": known.standing.saved_by == desk.person,
    }


def _old(signatures: Sequence[Signature], kind: ReviewKind, hashed: str | None) -> int:
    """How many were given for what stood there before."""
    return sum(each.kind is kind and each.hash != hashed for each in signatures)


def of_district(desk: Desk) -> dict[str, object]:
    """The district's own publications, for the page of protocols."""
    found, names = publication_orders.published(desk)
    told = [
        {
            "id": each.id,
            "hash": each.hash,
            "title": each.protocol.title.in_language(desk.language),
            "version": each.protocol.version,
            "first_day": each.first_day,
            "counts_from": each.counts_from,
            "by": names.get(each.published_by, ""),
            "ended": each.ended_at,
            "review": each.protocol.review,
            "coming": each.counts_from > desk.at and each.ended_at is None,
        }
        for each in found
    ]
    return {"publications": told, "zone": publication_orders.zone(desk)}


@router.post(HERE + "/drafts/{draft}/sign-draft")
def sign(desk: SignedIn, draft: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    """In one's own name, once one has just shown who one is."""
    publication_orders.sign(desk, draft, posted.read(Sign).typed())
    return RedirectResponse(f"{HERE}/drafts/{draft}#h-sign", status_code=303)


@router.post(HERE + "/drafts/{draft}/sign-paper")
def record_signature(desk: SignedIn, draft: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    publication_orders.record_signature(desk, draft, posted.read(FromPaper).typed())
    return RedirectResponse(f"{HERE}/drafts/{draft}#h-sign", status_code=303)


@router.post(HERE + "/drafts/{draft}/publish-draft")
def publish(desk: SignedIn, draft: Annotated[str, Path(pattern=ID)], posted: FormPost) -> RedirectResponse:
    publication_orders.publish(desk, draft, posted.read(Publish).first_day)
    return RedirectResponse(HERE, status_code=303)


@router.post(HERE + "/publications/{publication}/{action}")
def change(
    desk: SignedIn,
    publication: Annotated[str, Path(pattern=ID)],
    action: Annotated[str, Path(pattern=ID)],
    posted: FormPost,
) -> RedirectResponse:
    match action:
        case "end":
            posted.read(Sent)
            publication_orders.end(desk, publication)
        case "again":
            publication_orders.again(desk, publication, posted.read(Publish).first_day)
        case _:
            raise NotFound
    return RedirectResponse(HERE, status_code=303)
