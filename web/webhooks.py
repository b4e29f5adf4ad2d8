"""What the telephone provider sends: checked, recorded once, answered fast, turned into one command."""

from typing import cast

from fastapi import APIRouter, BackgroundTasks, Request, Response

from crisis import clock
from crisis.delivery import AttemptState
from crisis.errors import NotFound
from crisis.notify import calling_back, calls, inbound
from crisis.notify.answers import Asked
from crisis.notify.gateway import Lines
from crisis.notify.inbound import Source
from crisis.notify.standing import state_of
from crisis.settings import Settings
from crisis.store import canaries, inbox
from crisis.store.inbox import Received
from crisis.vocabulary import Channel, IncidentId, PageId, PersonId
from web.deps import Anyone, store_of
from web.signed import Form, Signed

PREFIX = "/webhooks"

router = APIRouter(prefix=PREFIX, include_in_schema=False)


@router.post("/text", dependencies=[Anyone])
def text_came(request: Request, came: Signed, later: BackgroundTasks) -> Response:
    """The first provider sends what we answer with; at the second we send it, from the number that was written to."""
    form = came.form
    received, new = _recorded(
        request, "text", _of(form, "MessageSid"), {name: _of(form, name) for name in ("From", "Body")}
    )
    said = inbound.text_back(store_of(request), received, received.received_at) if new else None
    if came.answers:
        return _twiml(calls.message(said))
    if said is not None:
        later.add_task(_lines(request).answer, _of(form, "To"), form["From"], said, received.external_id)
    return Response(status_code=204)


@router.post("/keys/{incident}/{page}/{person}", dependencies=[Anyone])
def key_came(request: Request, incident: str, page: str, person: str, came: Signed) -> Response:
    """Said again for the same key: whoever holds the telephone still waits for the sentence."""
    settings: Settings = request.app.state.settings
    asked, form = Asked(IncidentId(incident), PageId(page), PersonId(person)), came.form
    body = {"incident": incident, "page": page, "person": person, "Digits": form.get("Digits", "")}
    query = f"?{request.url.query}" if request.url.query else ""
    body["action"] = settings.public_url + calls.keys_path(asked) + query
    received, _new = _recorded(request, "key", f"{_of(form, 'CallSid')}|{body['Digits']}", body)
    return _twiml(inbound.deal_with(store_of(request), received, received.received_at))


@router.post("/call", dependencies=[Anyone])
def call_came(request: Request, came: Signed, later: BackgroundTasks) -> Response:
    """Somebody calls our number back."""
    form, at = came.form, clock.now()
    said, owed = calling_back.called(store_of(request), _of(form, "From"), at)
    if owed is not None:
        later.add_task(_lines(request).call_back, owed, _of(form, "CallSid"))
    return _twiml(said)


@router.post("/status/{incident}/{page}/{person}/{channel}/{attempt}", dependencies=[Anyone])
def status_came(
    request: Request, came: Signed, later: BackgroundTasks, *, incident: str, page: str, person: str, channel: Channel
) -> Response:
    form = came.form
    status = form.get("MessageStatus") or form.get("AnsweredBy") or _of(form, "CallStatus")
    sid = form.get("MessageSid") or _of(form, "CallSid")
    body = {**request.path_params, "channel": channel.value, "status": status, "code": form.get("ErrorCode", "")}
    body["sid"] = sid
    received, new = _recorded(request, "status", f"{sid}|{status}", body)
    if new:
        inbound.deal_with(store_of(request), received, received.received_at)
        asked = Asked(IncidentId(incident), PageId(page), PersonId(person))
        left = calling_back.voicemail(store_of(request), asked, status, received.received_at)
        if left is not None:
            later.add_task(_lines(request).say, _of(form, "AccountSid"), sid, left)
    return Response(status_code=204)


@router.post("/canary/{canary}", dependencies=[Anyone])
def canary_came(request: Request, canary: str, came: Signed) -> Response:
    """What became of a test text, as its provider says."""
    if state_of(_of(came.form, "MessageStatus")) is AttemptState.DELIVERED:
        with store_of(request).write() as tx:
            canaries.delivered(tx, canary, clock.now())
    return Response(status_code=204)


def _lines(request: Request) -> Lines:
    return cast(Lines, request.app.state.lines)


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
