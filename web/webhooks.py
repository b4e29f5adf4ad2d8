"""What the telephone provider sends: checked, recorded once, answered fast, turned into one command."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from crisis import clock
from crisis.errors import NotFound
from crisis.notify import calls, inbound
from crisis.notify.answers import Asked
from crisis.notify.inbound import Source
from crisis.notify.signature import genuine
from crisis.settings import Settings
from crisis.store import inbox
from crisis.store.inbox import Received
from crisis.vocabulary import Channel, IncidentId, PageId, PersonId
from web.deps import Anyone, store_of

PREFIX = "/webhooks"
LONGEST_FORM = 50  # fields

router = APIRouter(prefix=PREFIX, include_in_schema=False)
Form = dict[str, str]


async def signed_form(request: Request) -> Form:
    """The form, if the provider signed it for our public address; a field given twice is nobody's (F34 to F37)."""
    posted = await request.form(max_fields=LONGEST_FORM, max_files=0)
    pairs = [(name, value) for name, value in posted.multi_items() if isinstance(value, str)]
    form = dict(pairs)
    settings: Settings = request.app.state.settings
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{settings.public_url}{request.url.path}{query}"
    signature = request.headers.get("x-twilio-signature", "")
    secrets = (settings.provider_secret, settings.drill_secret)
    known = any(genuine(secret.get_secret_value(), url, form, signature) for secret in secrets)
    if len(form) != len(posted.multi_items()) or not known:
        raise NotFound
    return form


Signed = Annotated[Form, Depends(signed_form)]


@router.post("/text", dependencies=[Anyone])
def text_came(request: Request, form: Signed) -> Response:
    received, new = _recorded(
        request, "text", _of(form, "MessageSid"), {name: _of(form, name) for name in ("From", "Body")}
    )
    return _twiml(inbound.deal_with(store_of(request), received, received.received_at) if new else calls.SILENCE)


@router.post("/keys/{incident}/{page}/{person}", dependencies=[Anyone])
def key_came(request: Request, incident: str, page: str, person: str, form: Signed) -> Response:
    """Said again for the same key: whoever holds the telephone still waits for the sentence."""
    settings: Settings = request.app.state.settings
    asked = Asked(IncidentId(incident), PageId(page), PersonId(person))
    body = {"incident": incident, "page": page, "person": person, "Digits": form.get("Digits", "")}
    body["action"] = settings.public_url + calls.keys_path(asked)
    received, _new = _recorded(request, "key", f"{_of(form, 'CallSid')}|{body['Digits']}", body)
    return _twiml(inbound.deal_with(store_of(request), received, received.received_at))


@router.post("/status/{incident}/{page}/{person}/{channel}/{attempt}", dependencies=[Anyone])
def status_came(request: Request, channel: Channel, form: Signed) -> Response:
    status = form.get("MessageStatus") or _of(form, "CallStatus")
    sid = form.get("MessageSid") or _of(form, "CallSid")
    body = {**request.path_params, "channel": channel.value, "status": status}
    received, new = _recorded(request, "status", f"{sid}|{status}", body)
    if new:
        inbound.deal_with(store_of(request), received, received.received_at)
    return Response(status_code=204)


def _of(form: Form, name: str) -> str:
    if not form.get(name) and name != "Body":
        raise NotFound  # not the provider's shape
    return form.get(name, "")


def _recorded(request: Request, source: Source, external_id: str, body: Form) -> tuple[Received, bool]:
    store, at = store_of(request), clock.now()
    received = Received(source, external_id, at, body)
    with store.write() as tx:
        new = inbox.receive(tx, store.keys, source, external_id, body, at=at)
    return received, new


def _twiml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', media_type="application/xml")
