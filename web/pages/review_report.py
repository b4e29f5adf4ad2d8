"""A review to print, and as a file: each is in the ledger, and wants somebody who has just shown who they are."""

from datetime import datetime
from enum import StrEnum

import orjson
from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from crisis.disclosure_words import DisclosureWay
from crisis.review.deadlines import Expected
from crisis.review.review import Review
from crisis.review_words import Kept
from crisis.vocabulary import Mode
from web import pdf, review_orders
from web.deps import Desk, SignedIn
from web.forms import FormPost, Sent
from web.pages.frame import console
from web.pages.review import milestone, result, share
from web.pages.reviews import HERE, ReviewPath, shown
from web.rendering import Local, short_code
from web.review_orders import Opened
from web.review_picture import picture
from web.review_report import Taken, content, rows
from web.words import N_

router = APIRouter(include_in_schema=False)


class As(StrEnum):
    PRINT = "print"
    PDF = "pdf"
    CSV = "csv"
    JSON = "json"


class Take(Sent):
    file: As = Field(title=N_("As what?"))


@router.post(HERE + "/{review}/report")
def report(desk: SignedIn, review: ReviewPath, posted: FormPost) -> Response:
    """For whoever reads the review; the figures for whoever sees them."""
    wanted = posted.read(Take).file
    way = DisclosureWay.PRINT if wanted is As.PRINT else DisclosureWay.EXPORT
    found, figures = review_orders.take(desk, review, way)
    taken = Taken(found=found, figures=figures)
    match wanted:
        case As.PRINT:
            return _page(desk, taken)
        case As.PDF:
            body = pdf.of_page(bytes(_page(desk, taken).body).decode(), at=desk.at)
            return _file(found, body, "pdf", "application/pdf")
        case As.CSV:
            return _file(found, rows(content(taken)).encode(), "csv", "text/csv; charset=utf-8")
        case As.JSON:
            body = orjson.dumps(content(taken), option=orjson.OPT_INDENT_2)
            return _file(found, body, "json", "application/json")


def _file(found: Opened, body: bytes, ending: str, media_type: str) -> Response:
    drill = "drill-" if found.incident.mode is Mode.DRILL else ""
    name = f"{drill}review-{short_code(found.incident.id).lower()}.{ending}"
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(desk: Desk, taken: Taken) -> Response:
    local = Local(desk.language, taken.found.school.zone)
    values = shown(taken.found, desk) | {
        "figures": None
        if taken.figures is None
        else _figures(taken.figures, taken.found.incident.opened_at, desk, local),
        "result": lambda each: result(each, desk, local),
    }
    return console(desk, "pages/review_report.html", values, path=f"{HERE}/{taken.found.kept.id}")


def _figures(found: Review, opened_at: datetime, desk: Desk, local: Local) -> dict[str, object]:
    """In words; what the record does not hold stays empty."""

    def took(since: int | None) -> str | None:
        return None if since is None else local.length(since)

    def ends(each: Expected) -> tuple[datetime, datetime | None, str]:
        return each.due_at, each.done_at, result(each, desk, local)[0]

    return {
        "milestones": [milestone(each, desk, local) for each in found.lengths],
        "deadlines": [(each, *ends(each)) for each in found.expected if each.kept is not Kept.DROPPED],
        "pages": [
            (
                each,
                took(each.seconds(each.sent_at)),
                took(each.seconds(each.accepted_at)),
                took(each.seconds(each.arrived_at)),
            )
            for each in found.pages
        ],
        "picture": picture(found.expected, opened_at, found.until),
        "gap": local.length(found.gap) if found.gap else None,
        "tries": found.tries,
        "language": share(found.in_their_language),
        "follow_ups": share(found.follow_ups),
        "exceptions": len(found.exceptions),
    }
