"""The equity report and the community report: made once for each school year, the same for everybody who reads them."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse
from starlette.responses import Response

from crisis.errors import NotFound
from crisis.policy import looking_back, published
from crisis.policy.small_cells import FEWEST, ReportKind
from crisis.store import people
from crisis.store import published as kept
from crisis.store.published import Report
from web import figure_orders
from web.deps import Desk, SignedIn
from web.figure_files import Part, csv_file, json_file
from web.pages.figures import shown
from web.pages.frame import console
from web.published_parts import parts
from web.rendering import babel_day, babel_month, translations
from web.words import N_

router = APIRouter(include_in_schema=False)
Since = Annotated[str, Query(pattern=r"^$|^20\d\d-07$")]
PAGES = {ReportKind.EQUITY: "/figures/equity", ReportKind.COMMUNITY: "/figures/community"}
TITLES = {
    ReportKind.EQUITY: N_("Equity report"),
    ReportKind.COMMUNITY: N_("Community report of the schools and the health center"),
}


def _must_read(desk: Desk, kind: ReportKind) -> None:
    may = looking_back.may_read_community(desk.actor) if kind is ReportKind.COMMUNITY else False
    if not may and not looking_back.leads_somewhere(desk.actor):
        raise NotFound


def _found(desk: Desk, kind: ReportKind, since: str) -> tuple[list[Report], Report | None, dict[str, str]]:
    """All of them, and the one that is asked for or the newest. Raises `NotFound` where there is no such one."""
    _must_read(desk, kind)
    with desk.store.read() as tx:
        found = kept.reports(tx, desk.actor.district, kind)
        schools = {str(each.id): each.name for each in people.schools(tx, desk.actor.district)}
    one = next((each for each in found if each.since == since), None) if since else next(iter(found), None)
    if since and one is None:
        raise NotFound
    return found, one, schools


def _show(desk: Desk, kind: ReportKind, since: str) -> HTMLResponse:
    found, one, schools = _found(desk, kind, since)
    values = {
        "here": kind.value,
        "kind": kind.value,
        "title": translations(desk.language).gettext(TITLES[kind]),
        "path_of": PAGES[kind],
        "one": one,
        "about": None if one is None else _months(one, desk),
        "made_on": None if one is None else babel_day(one.made_at.date(), desk.language),
        "years": [(each.since, _months(each, desk)) for each in found],
        "next_on": babel_day(published.next_on(desk.at.date()), desk.language),
        "fewest": FEWEST,
        "parts": [] if one is None else [shown(each, desk) for each in parts(one, schools, desk.language)],
        "short": str,
        "leads": looking_back.leads_somewhere(desk.actor),
    }
    return console(desk, "pages/published.html", values, path=PAGES[kind])


def _months(report: Report, desk: Desk) -> str:
    return f"{babel_month(report.since, desk.language)} – {babel_month(report.until, desk.language)}"


def _taken(desk: Desk, kind: ReportKind, since: str) -> tuple[dict[str, object], Sequence[Part]]:
    """On record. Raises `NotFound` where no report was made."""
    _, one, schools = _found(desk, kind, since)
    if one is None:
        raise NotFound
    figure_orders.take(desk, "report taken")
    about: dict[str, object] = {"report": kind.value, "since": one.since, "until": one.until, "least": FEWEST}
    return about | {"made_at": one.made_at.isoformat()}, parts(one, schools, desk.language)


@router.get("/figures/equity")
def equity(desk: SignedIn, since: Since = "") -> HTMLResponse:
    """For the district crisis lead and principals; the same for each of them."""
    return _show(desk, ReportKind.EQUITY, since)


@router.get("/figures/equity.csv")
def equity_csv(desk: SignedIn, since: Since = "") -> Response:
    return csv_file("equity", *_taken(desk, ReportKind.EQUITY, since))


@router.get("/figures/equity.json")
def equity_json(desk: SignedIn, since: Since = "") -> Response:
    return json_file("equity", *_taken(desk, ReportKind.EQUITY, since))


@router.get("/figures/community")
def community(desk: SignedIn, since: Since = "") -> HTMLResponse:
    """For the district crisis lead, principals, and whoever works for an agency with an agreement in force."""
    return _show(desk, ReportKind.COMMUNITY, since)


@router.get("/figures/community.csv")
def community_csv(desk: SignedIn, since: Since = "") -> Response:
    return csv_file("community", *_taken(desk, ReportKind.COMMUNITY, since))


@router.get("/figures/community.json")
def community_json(desk: SignedIn, since: Since = "") -> Response:
    return json_file("community", *_taken(desk, ReportKind.COMMUNITY, since))
