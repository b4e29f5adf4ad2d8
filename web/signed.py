"""Who is a telephone provider: what it sends is signed, for our public address or by its key."""

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request

from crisis import clock
from crisis.errors import NotFound
from crisis.notify import telnyx_events
from crisis.notify.signature import genuine, genuine_by_key, is_bound
from crisis.settings import Settings

LONGEST_FORM = 50  # fields
PLAIN = "application/json"
UNBOUND = frozenset({"/webhooks/text", "/webhooks/call"})  # set at the provider by hand, for everybody
IDS = {"MessageSid": re.compile(r"[SM]M[0-9a-f]{32}"), "CallSid": re.compile(r"CA[0-9a-f]{32}")}
FIRST, SECOND = "x-twilio-signature", "telnyx-signature-ed25519"

Form = dict[str, str]


@dataclass(frozen=True, slots=True)
class Came:
    """`answers`: what we answer is spoken or sent by the provider; otherwise we send it ourselves."""

    form: Form
    answers: bool
    seal: str = ""  # the secret that binds the addresses we give next to their paths


async def signed(request: Request) -> Came:
    """What a provider sent; everything else is nobody's (F34 to F37)."""
    if SECOND in request.headers:
        return await _second(request)
    posted = await request.form(max_fields=LONGEST_FORM, max_files=0)
    pairs = [(name, value) for name, value in posted.multi_items() if isinstance(value, str)]
    settings: Settings = request.app.state.settings
    secrets = (
        settings.provider_secret,
        settings.provider_secondary_secret,
        settings.drill_secret,
        settings.drill_secondary_secret,
    )
    form = _each_once(pairs)
    if (
        len(form) != len(posted.multi_items())
        or not _ends_where_it_should(form)
        or not genuine(
            [secret.get_secret_value() for secret in secrets],
            f"{settings.public_url}{request.url.path}{_query(request)}",
            form,
            request.headers.get(FIRST, ""),
        )
    ):
        raise NotFound
    return Came(form, answers=True)


def _ends_where_it_should(form: Form) -> bool:
    """Names and values are signed as one string: letters moved from field to field would make a new text of an old."""
    return all(whole.fullmatch(form[name]) for name, whole in IDS.items() if name in form)


async def _second(request: Request) -> Came:
    """Its signature is over the body; our own seal says that the body belongs to this address."""
    settings: Settings = request.app.state.settings
    body = await request.body()
    timestamp, signature = request.headers.get("telnyx-timestamp", ""), request.headers[SECOND]
    keys = (settings.second_public_key, settings.drill_second_public_key)
    if not any(genuine_by_key(key, timestamp, body, signature, clock.now()) for key in keys):
        raise NotFound
    secrets = [each.get_secret_value() for each in (settings.second_secret, settings.drill_second_secret)]
    path, seal = request.url.path, request.query_params.get("seal", "")
    fitting = [each for each in secrets if is_bound([each], path, seal)]
    if path not in UNBOUND and not fitting:
        raise NotFound
    if request.headers.get("content-type", "").startswith(PLAIN):
        form = telnyx_events.told(body)
        if form is None:
            raise NotFound
        return Came(form, answers=False)
    form = _each_once(_pairs(body))
    return Came(form, answers=True, seal=(fitting or [_seal_of(settings, form.get("AccountSid", ""))])[0])


def _seal_of(settings: Settings, account: str) -> str:
    """Of a call that came in: nothing of ours was in its address."""
    drill = account == settings.drill_second_account
    return (settings.drill_second_secret if drill else settings.second_secret).get_secret_value()


def _pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=LONGEST_FORM, errors="strict")
    except ValueError:
        raise NotFound from None


def _each_once(pairs: list[tuple[str, str]]) -> Form:
    """A field given twice is nobody's."""
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NotFound
    return form


def _query(request: Request) -> str:
    return f"?{request.url.query}" if request.url.query else ""


Signed = Annotated[Came, Depends(signed)]
