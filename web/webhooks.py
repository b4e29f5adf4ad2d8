"""What the telephone provider sends: checked, recorded once, answered fast, turned into one command."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from crisis import clock
from crisis.errors import NotFound
from crisis.notify.calls import pressed, said_and_done
from crisis.notify.performing import Performing
from crisis.notify.signature import genuine
from crisis.settings import Settings
from crisis.store import inbox
from crisis.store.inbox import Received
from crisis.vocabulary import IncidentId, PageId, PersonId
from web.deps import Anyone, store_of

PREFIX = "/webhooks"
LONGEST_FORM = 50  # fields

router = APIRouter(prefix=PREFIX, include_in_schema=False)
Form = dict[str, str]


async def signed_form(request: Request) -> Form:
    """The form, if the provider signed it for our public address; a field given twice makes it nobody's."""
    posted = await request.form(max_fields=LONGEST_FORM, max_files=0)
    pairs = [(name, value) for name, value in posted.multi_items() if isinstance(value, str)]
    form = dict(pairs)
    settings: Settings = request.app.state.settings
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings.public_url}{request.url.path}{query}"
    secret = settings.provider_secret.get_secret_value()
    if len(form) != len(pairs) or not genuine(secret, url, form, request.headers.get("x-twilio-signature", "")):
        raise NotFound
    return form


Signed = Annotated[Form, Depends(signed_form)]


@router.post("/text", dependencies=[Anyone])
def text_came(request: Request, form: Signed) -> Response:
    store, at = store_of(request), clock.now()
    received = Received("text", form.get("MessageSid", ""), at, {name: form.get(name, "") for name in ("From", "Body")})
    with store.write() as tx:
        new = inbox.receive(tx, store.keys, received.source, received.external_id, received.body, at=at)
    if not new:
        return _twiml("<Response/>")
    said = Performing(store, None, clock.now).answer(received)
    return _twiml(f"<Response><Message>{said}</Message></Response>")


@router.post("/keys/{incident}/{page}/{person}", dependencies=[Anyone])
def key_came(request: Request, incident: str, page: str, person: str, form: Signed) -> Response:
    store, at = store_of(request), clock.now()
    key = form.get("Digits", "")
    with store.write() as tx:
        inbox.receive(tx, store.keys, "key", f"{form.get('CallSid', '')}|{key}", {"Digits": key}, at=at)
        inbox.done(tx, "key", f"{form.get('CallSid', '')}|{key}", at)
    said = pressed(store, IncidentId(incident), PageId(page), PersonId(person), key, at=at)
    return _twiml("<Response/>" if said is None else said_and_done(said))


def _twiml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', media_type="application/xml")
