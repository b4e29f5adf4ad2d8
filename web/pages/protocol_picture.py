"""A protocol as swim lanes, and a published version as a whole: for every member of staff."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse

from crisis.protocols import difference
from crisis.protocols.explain import explain, is_reviewed
from crisis.protocols.schema import Protocol
from crisis.protocols.swimlanes import picture
from crisis.vocabulary import ProtocolHash
from web import draft_orders
from web.deps import Desk, SignedIn
from web.pages.frame import console
from web.pages.protocols import CHANGES, DRAFTS, HERE, DraftPath, framed
from web.rendering import translations

router = APIRouter(include_in_schema=False)

HASH = "^[0-9a-f]{64}$"


def lanes(known: Protocol, desk: Desk) -> dict[str, object]:
    """What `components/lanes.html` shows."""
    return {
        "p": picture(known, desk.language),
        "rows": [explain(known, step, desk.language) for step in known.steps],
        "checklist": [line.in_language(desk.language) for line in known.lane.checklist],
    }


@router.get(DRAFTS + "/{draft}/picture")
def of_draft(desk: SignedIn, draft: DraftPath) -> HTMLResponse:
    one = draft_orders.seen(desk, draft)
    shown = {} if one.read.protocol is None else lanes(one.read.protocol, desk)
    where = f"{DRAFTS}/{draft}/picture"
    return console(desk, "pages/protocol_picture.html", {**framed(desk, one), **shown}, path=where)


@router.get(HERE + "/versions/{protocol_hash}")
def version(
    desk: SignedIn,
    protocol_hash: Annotated[str, Path(pattern=HASH)],
    than: Annotated[str, Query(pattern=f"{HASH}|^$")] = "",
) -> HTMLResponse:
    """One that is in force here, or that the district has published; `than` is another one of these."""
    known = draft_orders.versions(desk)
    here, other = draft_orders.version(known, protocol_hash), draft_orders.version(known, than) if than else None
    found = [] if other is None else difference.differences(other, here, desk.language)
    translate = translations(desk.language).gettext
    values = {
        "here": "protocols",
        "known": here,
        "hash": protocol_hash,
        "reviewed": is_reviewed(here),
        "than": than,
        "others": [
            (hashed, f"{each.title.in_language(desk.language)} {each.version}")
            for hashed, each in known.items()
            if hashed != ProtocolHash(protocol_hash) and each.id == here.id
        ],
        "changes": [(each, translate(CHANGES[each.kind][0]), CHANGES[each.kind][1]) for each in found],
        **lanes(here, desk),
    }
    return console(desk, "pages/protocol_version.html", values, path=f"{HERE}/versions/{protocol_hash}")
