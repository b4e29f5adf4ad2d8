"""The page of an incident for whoever sees a part of it: that it is handled, or the page that they were asked by."""

from fastapi.responses import HTMLResponse

from crisis.access_words import Handling, PageStanding
from crisis.store import protocols
from crisis.store.partial import PartView
from crisis.vocabulary import IncidentId, Mode
from web.api.reading import seen_in_part
from web.deps import Desk
from web.forms import FRESH, FormState
from web.pages.frame import console
from web.rendering import translations
from web.words import N_

SAID = {
    Handling.RECEIVED: N_("Received. Nobody has taken it on yet."),
    Handling.HANDLED: N_("It is being handled."),
    Handling.ENDED: N_("It has ended."),
}
STANDING = {
    PageStanding.OPEN: N_("Waits for an answer"),
    PageStanding.DECLINED: N_("You cannot come"),
    PageStanding.TAKEN: N_("Somebody has taken it"),
    PageStanding.ENDED: N_("Ended"),
}


def kind_of(desk: Desk, view: PartView) -> str | None:
    """What they raised it as, in their language."""
    if view.protocol_hash is None or view.crisis_type is None:
        return None
    with desk.store.read() as tx:
        protocol = protocols.by_hash(tx, view.protocol_hash)
    return protocol.crisis_types[view.crisis_type].in_language(desk.language)


def show(desk: Desk, incident_id: IncidentId, problem: FormState = FRESH, status: int = 200) -> HTMLResponse:
    view = seen_in_part(desk, incident_id)
    translate = translations(desk.language).gettext
    values = {
        "view": view,
        "kind": kind_of(desk, view),
        "said": translate(SAID[view.handling]),
        "standing": {each.id: translate(STANDING[each.standing]) for each in view.pages},
        "open": PageStanding.OPEN,
        "ended": view.handling is Handling.ENDED,
        "drill": view.mode is Mode.DRILL,
        "zone": view.school.zone,
    }
    return console(desk, "pages/partly.html", values, path=f"/incidents/{incident_id}", status=status, problem=problem)
