"""What the telephone provider sends: checked, recorded once, answered fast, turned into one command."""

from functools import partial
from typing import Annotated, cast

from fastapi import APIRouter, BackgroundTasks, Depends, Path, Request, Response

from crisis import clock
from crisis.delivery import AttemptState
from crisis.errors import NotFound
from crisis.notify import bad_numbers, calling_back, calls, errand_answers, inbound, signature
from crisis.notify.answers import Asked
from crisis.notify.calls import Stage
from crisis.notify.ending import end_calls
from crisis.notify.gateway import Lines
from crisis.notify.inbound import Source
from crisis.notify.slowly import said_slowly
from crisis.notify.standing import state_of
from crisis.store import canaries, inbox
from crisis.store.inbox import Received
from crisis.vocabulary import Channel, IncidentId, PageId, PersonId
from web.deps import Anyone, settings_of, store_of
from web.in_time import in_time
from web.signed import Came, Form, Signed

PREFIX = "/webhooks"
Turn = Annotated[str, Path(pattern=r"^[1-3]-[0-9*#]{0,6}$")]  # which try it is, and the digits of the first

router = APIRouter(prefix=PREFIX, include_in_schema=False)


@router.post("/text", dependencies=[Anyone])
def text_came(request: Request, came: Signed, later: BackgroundTasks) -> Response:
    """The first provider sends what we answer with; at the second we send it, from the number that was written to."""
    form, store, at = came.form, store_of(request), clock.now()
    given = {name: _of(form, name) for name in ("From", "Body")} | {"AccountSid": form.get("AccountSid", "")}
    received, new = inbound.text_came(store, _of(form, "MessageSid"), given, at)
    said = inbound.text_back(store, received, at) if new else None
    if came.answers:
        return _twiml(calls.message(said))
    if said is not None:
        later.add_task(_lines(request).answer, _of(form, "To"), form["From"], said, received.external_id)
    return Response(status_code=204)


async def asked_of(incident: str, page: str, person: str) -> Asked:
    return Asked(IncidentId(incident), PageId(page), PersonId(person))


OfWhom = Annotated[Asked, Depends(asked_of)]


@router.post("/keys/{incident}/{page}/{person}", dependencies=[Anyone])
async def first_key_came(request: Request, came: Signed, asked: OfWhom) -> Response:
    """Of a call that was made before the address said what its keys mean."""
    return await _pressed(request, came, asked, Stage.MENU)


@router.post("/keys/{incident}/{page}/{person}/{stage}", dependencies=[Anyone])
async def key_came(request: Request, came: Signed, asked: OfWhom, stage: Stage) -> Response:
    return await _pressed(request, came, asked, stage)


@router.post("/keys/{incident}/{page}/{person}/{stage}/{turn}", dependencies=[Anyone])
async def key_came_again(request: Request, came: Signed, asked: OfWhom, stage: Stage, turn: Turn) -> Response:
    """The call came back by itself, with the digits that we were too slow for."""
    return await _pressed(request, came, asked, stage, turn)


async def _pressed(request: Request, came: Came, asked: Asked, stage: Stage, turn: str = "") -> Response:
    """Answered in time even where the database is not: the provider would hang up on whoever pressed the key."""
    tries, _, first = turn.partition("-")
    digits = first if turn else came.form.get("Digits", "")
    form, address = {**came.form, "CallSid": _of(came.form, "CallSid"), "Digits": digits}, _address(request, came)
    at = clock.now()
    said = await in_time(partial(inbound.key_came, store_of(request), asked, stage, form, address=address, at=at))
    return _twiml(said_slowly(asked, stage, digits, int(tries or 0) + 1, address) if said is None else said)


@router.post("/call", dependencies=[Anyone])
def call_came(request: Request, came: Signed, later: BackgroundTasks) -> Response:
    """Somebody calls our number."""
    form, at = came.form, clock.now()
    office = settings_of(request).office_phone
    said, owed = calling_back.called(
        store_of(request), _of(form, "From"), at, address=_address(request, came), office=office
    )
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
        store, at = store_of(request), received.received_at
        asked = Asked(IncidentId(incident), PageId(page), PersonId(person))
        if inbound.call_went_on(store, asked, body["attempt"], form, at=at):
            later.add_task(end_calls, store, _lines(request), asked.incident, asked.page, at)
        inbound.deal_with(store, received, at)
        left = calling_back.voicemail(store, asked, status, at)
        if left is not None:
            later.add_task(_lines(request).say, _of(form, "AccountSid"), sid, left)
    return Response(status_code=204)


@router.post("/family/{incident}/{text}", dependencies=[Anyone])
def family_text_moved(request: Request, came: Signed, *, incident: str, text: str) -> Response:
    """What became of a text to a guardian."""
    form = came.form
    sid, status = _of(form, "MessageSid"), _of(form, "MessageStatus")
    body = {"incident": incident, "text": text, "status": status, "code": form.get("ErrorCode", ""), "sid": sid}
    received, new = _recorded(request, "status", f"{sid}|{status}", body)
    if new:
        inbound.deal_with(store_of(request), received, received.received_at)
    return Response(status_code=204)


@router.post("/canary/{canary}", dependencies=[Anyone])
def canary_came(request: Request, canary: str, came: Signed) -> Response:
    """What became of a test text, as its provider says."""
    if state_of(_of(came.form, "MessageStatus")) is AttemptState.DELIVERED:
        with store_of(request).write() as tx:
            canaries.delivered(tx, canary, clock.now())
    return Response(status_code=204)


@router.post("/errands/{errand}/keys", dependencies=[Anyone])
def errand_key_came(request: Request, errand: str, came: Signed) -> Response:
    """A key in a test call; the same key twice is one answer."""
    action = _address(request, came)(errand_answers.keys_path(errand))
    key = came.form.get("Digits", "")
    return _twiml(errand_answers.pressed(store_of(request), errand, key, action, clock.now()))


@router.post("/errands/{errand}/status", dependencies=[Anyone])
def errand_status_came(request: Request, errand: str, came: Signed) -> Response:
    """Only what it says against the number is of use; whether it arrived, its answer says."""
    bad_numbers.of_errand(store_of(request), errand, came.form.get("ErrorCode", ""), clock.now())
    return Response(status_code=204)


def _address(request: Request, came: Came) -> calls.Address:
    origin, seal = settings_of(request).public_url, came.seal
    return lambda path: signature.address(origin, path, seal)


def _lines(request: Request) -> Lines:
    return cast(Lines, request.app.state.lines)


def _of(form: Form, name: str) -> str:
    found = form.get(name)
    if not found and (found is None or name != "Body"):
        raise NotFound  # not the provider's shape
    return found


def _recorded(request: Request, source: Source, external_id: str, body: Form) -> tuple[Received, bool]:
    store, at = store_of(request), clock.now()
    received = Received(source, external_id, at, body)
    with store.write() as tx:
        new = inbox.receive(tx, store.keys, source, external_id, body, at=at)
    return received, new


def _twiml(body: str) -> Response:
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>{body}', media_type="application/xml; charset=utf-8")
