"""Nobody is a provider who has changed anything of what it signed: 10,000 mutations of both signatures (F34 to F37).

Each is put to the function that lets providers in; some of them, with `--full` all, to the whole application as well.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, quote, urlencode

import httpx2
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from crisis import clock
from crisis.errors import NotFound
from crisis.notify.signature import bound, signed, signed_by_key
from crisis.store.engine import Store, open_store
from tests.notify.village import ANA, LIVE, PHONES, PUBLIC, SECOND, the_settings, with_second
from tests.wire import Wire
from web import signed as door
from web.app import build_app

MUTATIONS = 10_000
STATUS = f"/webhooks/status/i-1/i-1-2/{ANA}/text/3-{ANA}-text-1"
OTHER = f"/webhooks/status/i-1/i-1-2/{ANA}/text/4-{ANA}-text-1"
FIRST, SECOND_SIGNATURE, TIME = "x-twilio-signature", "telnyx-signature-ed25519", "telnyx-timestamp"
FORM, JSON = "application/x-www-form-urlencoded", "application/json"
SETTINGS = with_second(the_settings("http://127.0.0.1:9"), "http://127.0.0.1:9")


@dataclass(frozen=True)
class Sent:
    """A request as it goes over the wire; `headers` are those that count."""

    path: str
    query: str
    body: bytes
    headers: dict[str, str]

    def key(self) -> tuple[object, ...]:
        """What makes two requests the same to whoever checks them: the order of the fields does not."""
        form = self.headers["content-type"] == FORM and FIRST in self.headers
        pairs = parse_qsl(self.body.decode("latin-1"), keep_blank_values=True)
        said: object = tuple(sorted(pairs)) if form else self.body
        return self.path, self.query, said, tuple(sorted(self.headers.items()))


def by_first(path: str, form: dict[str, str], secret: str = LIVE.secret) -> Sent:
    headers = {"content-type": FORM, FIRST: signed(secret, PUBLIC + path, form)}
    return Sent(path, "", urlencode(form).encode(), headers)


def by_second(path: str, body: bytes, kind: str = JSON, at: int | None = None) -> Sent:
    timestamp = str(int(clock.now().timestamp()) if at is None else at)
    signature = signed_by_key(bytes.fromhex(SECOND.private_key), timestamp, body)
    query = f"seal={bound(SECOND.secret, path)}" if path not in door.UNBOUND else ""
    return Sent(path, query, body, {"content-type": kind, TIME: timestamp, SECOND_SIGNATURE: signature})


def event(kind: str, **payload: object) -> bytes:
    return json.dumps({"data": {"event_type": kind, "payload": payload}}).encode()


def genuine() -> list[Sent]:
    text = {"MessageSid": "SM" + "1" * 32, "From": PHONES[ANA], "To": LIVE.number, "Body": "47A 12 é"}
    receipt = {"MessageSid": "SM" + "2" * 32, "MessageStatus": "delivered", "To": PHONES[ANA]}
    call = {"CallSid": "v3:1", "CallStatus": "completed", "To": PHONES[ANA]}
    came = event(
        "message.received",
        id="1" * 36,
        text="47A",
        **{"from": {"phone_number": PHONES[ANA]}, "to": [{"phone_number": SECOND.number}]},
    )
    became = event("message.finalized", id="2" * 36, to=[{"phone_number": PHONES[ANA], "status": "delivered"}])
    return [
        by_first("/webhooks/text", text),
        by_first(STATUS, receipt),
        by_second("/webhooks/text", came),
        by_second(STATUS, became),
        by_second(STATUS, urlencode(call).encode(), FORM),
    ]


Dice = random.Random
Mutation = Callable[[Sent, Dice], Sent]


def _header(sent: Sent, name: str, value: str) -> Sent:
    return replace(sent, headers={**sent.headers, name: value})


def _signature(sent: Sent) -> str:
    return FIRST if FIRST in sent.headers else SECOND_SIGNATURE


def _another_letter(text: str, dice: Dice) -> str:
    place = dice.randrange(len(text))
    return text[:place] + dice.choice("AZaz09+/=-_ ") + text[place + 1 :]


def a_letter_of_the_signature(sent: Sent, dice: Dice) -> Sent:
    return _header(sent, _signature(sent), _another_letter(sent.headers[_signature(sent)], dice))


def a_bit_of_the_signature(sent: Sent, dice: Dice) -> Sent:
    raw = bytearray(base64.b64decode(sent.headers[_signature(sent)]))
    raw[dice.randrange(len(raw))] ^= 1 << dice.randrange(8)
    return _header(sent, _signature(sent), base64.b64encode(raw).decode())


def another_shape_of_the_signature(sent: Sent, dice: Dice) -> Sent:
    right = sent.headers[_signature(sent)]
    raw = base64.b64decode(right)
    shapes = (
        right[: dice.randrange(len(right))],
        right + dice.choice(("=", " x", "A", right)),
        right.swapcase(),
        raw.hex(),
        right.rstrip("="),
        base64.b64encode(raw[::-1]).decode(),
        base64.b64encode(raw + b"\0").decode(),
        base64.b64encode(bytes(len(raw))).decode(),
        "",
    )
    return _header(sent, _signature(sent), dice.choice(shapes))


def no_signature(sent: Sent, dice: Dice) -> Sent:
    return replace(sent, headers={name: each for name, each in sent.headers.items() if name != _signature(sent)})


def a_byte_of_the_body(sent: Sent, dice: Dice) -> Sent:
    body = bytearray(sent.body)
    body[dice.randrange(len(body))] = dice.randrange(32, 127)
    return replace(sent, body=bytes(body))


def a_part_of_the_body(sent: Sent, dice: Dice) -> Sent:
    begin, end = sorted(dice.sample(range(len(sent.body) + 1), 2))
    return replace(sent, body=dice.choice((sent.body[:begin] + sent.body[end:], sent.body + sent.body[begin:end])))


def a_field_of_the_form(sent: Sent, dice: Dice) -> Sent:
    pairs = parse_qsl(sent.body.decode("latin-1"), keep_blank_values=True) or [("", "")]
    place = dice.randrange(len(pairs))
    name, value = pairs[place]
    changed = dice.choice(
        (
            pairs[:place] + pairs[place + 1 :],
            [*pairs, (name, value)],
            [*pairs, (name, dice.choice(("47A", "", value + " ")))],
            [*pairs, (f"{name}{dice.randrange(9)}", "x")],
            [*pairs[:place], (name.swapcase(), value), *pairs[place + 1 :]],
            [*pairs[:place], (name, f" {value}"), *pairs[place + 1 :]],
            [*pairs[:place], (name, value + "\0"), *pairs[place + 1 :]],
            [*pairs, *((f"p{number}", "") for number in range(dice.choice((60, 500))))],
        )
    )
    return replace(sent, body=urlencode(changed).encode())


def another_address(sent: Sent, dice: Dice) -> Sent:
    """The second signs no address: there our seal does, and two addresses that are set by hand have none."""
    if SECOND_SIGNATURE in sent.headers and sent.path in door.UNBOUND:
        return replace(sent, path=dice.choice((STATUS, OTHER, f"/webhooks/keys/i-1/i-1-2/{ANA}")))
    if SECOND_SIGNATURE in sent.headers:
        return replace(sent, path=dice.choice((OTHER, _another_letter(STATUS, dice), f"{STATUS}/", f"{STATUS}x")))
    addresses = (OTHER, f"{sent.path}/", f"{sent.path}x", sent.path.upper(), quote(sent.path, safe=""), f"/{sent.path}")
    return replace(sent, path=dice.choice(addresses))


def another_query(sent: Sent, dice: Dice) -> Sent:
    if SECOND_SIGNATURE not in sent.headers:
        return replace(sent, query=dice.choice(("x=1", "seal=", f"seal={bound(LIVE.secret, sent.path)}", "&", "?")))
    if sent.path in door.UNBOUND:
        return no_signature(sent, dice)
    right = bound(SECOND.secret, sent.path)
    seals = (
        "",
        "seal=",
        f"seal={right[:-1]}",
        f"seal={right.upper()}0",
        f"seal={_another_letter(right, dice)}",
        f"seal={bound('', sent.path)}",
        f"seal={bound(SECOND.secret, OTHER)}",
        f"seal={bound(SECOND.private_key, sent.path)}",
        f"Seal={right}",
    )
    return replace(sent, query=dice.choice(seals))


def another_secret(sent: Sent, dice: Dice) -> Sent:
    """Whoever knows the account and not the secret; and the right secret with another sum."""
    if SECOND_SIGNATURE in sent.headers:
        wrong = hashlib.sha256(str(dice.random()).encode()).digest()
        return _header(sent, SECOND_SIGNATURE, signed_by_key(wrong, sent.headers[TIME], sent.body))
    form = dict(parse_qsl(sent.body.decode(), keep_blank_values=True))
    secret = dice.choice(("", LIVE.sid, LIVE.secret.upper(), LIVE.secret + " ", SECOND.secret, str(dice.random())))
    text = PUBLIC + sent.path + "".join(f"{name}{form[name]}" for name in sorted(form))
    stronger = base64.b64encode(hmac.new(LIVE.secret.encode(), text.encode(), hashlib.sha256).digest()).decode()
    return _header(sent, FIRST, dice.choice((signed(secret, PUBLIC + sent.path, form), stronger)))


def signed_for_another_address(sent: Sent, dice: Dice) -> Sent:
    """F36: as it is where a proxy stands between and somebody believes what a request claims."""
    if SECOND_SIGNATURE in sent.headers:
        return another_query(sent, dice) if sent.query else no_signature(sent, dice)
    form = dict(parse_qsl(sent.body.decode(), keep_blank_values=True))
    origins = ("https://testserver", "http://testserver:8000", "http://evil.example", "http://TESTSERVER", "")
    told = _header(sent, FIRST, signed(LIVE.secret, dice.choice(origins) + sent.path, form))
    host = dice.choice(({"x-forwarded-host": "evil.example"}, {"x-forwarded-proto": "https"}, {}))
    return replace(told, headers={**told.headers, **host})


def another_time(sent: Sent, dice: Dice) -> Sent:
    if SECOND_SIGNATURE not in sent.headers:
        return no_signature(sent, dice)
    now = int(sent.headers[TIME])
    far = dice.choice((-1, 1)) * dice.randint(302, 10**6)
    old = by_second(sent.path, sent.body, sent.headers["content-type"], now + far)
    moved = dice.choice((str(now + 1), f"0{now}", f"{now}.0", f" {now}", "", "now", f"-{now}", f"{now}0"))
    return dice.choice((old, _header(sent, TIME, moved)))


def the_headers_of_the_other_provider(sent: Sent, dice: Dice) -> Sent:
    signature = sent.headers[_signature(sent)]
    other = SECOND_SIGNATURE if _signature(sent) == FIRST else FIRST
    return _header(no_signature(sent, dice), other, signature)


EVERYWHERE: tuple[Mutation, ...] = (
    a_letter_of_the_signature,
    a_bit_of_the_signature,
    another_shape_of_the_signature,
    no_signature,
    a_byte_of_the_body,
    a_part_of_the_body,
    a_field_of_the_form,
    another_address,
    another_query,
    another_secret,
    signed_for_another_address,
    another_time,
    the_headers_of_the_other_provider,
)


def mutated(dice: Dice, originals: list[Sent]) -> Iterator[tuple[str, Sent]]:
    known = {each.key() for each in originals}
    while True:
        sent, mutation = dice.choice(originals), dice.choice(EVERYWHERE)
        changed = mutation(sent, dice)
        if dice.random() < 0.2 and changed.headers.get(_signature(changed)):
            changed = a_letter_of_the_signature(changed, dice)
        if changed.key() not in known:
            yield mutation.__name__, changed


def let_in(sent: Sent, loop: asyncio.AbstractEventLoop) -> bool:
    async def receive() -> Message:
        return {"type": "http.request", "body": sent.body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": sent.path,
        "query_string": sent.query.encode(),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in sent.headers.items()],
        "app": SimpleNamespace(state=SimpleNamespace(settings=SETTINGS)),
    }
    try:
        loop.run_until_complete(door.signed(Request(scope, receive)))
    except (NotFound, HTTPException):
        return False
    return True


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def console(store: Store) -> httpx2.Client:
    return httpx2.Client(base_url=PUBLIC, transport=Wire(build_app(store, SETTINGS)))


def posted(console: httpx2.Client, sent: Sent) -> int:
    path = sent.path if sent.path.startswith("/") else f"/{sent.path}"  # no client sends another
    address = httpx2.URL(PUBLIC, raw_path=(f"{path}?{sent.query}" if sent.query else path).encode())
    headers = {name: value.encode("latin-1") for name, value in sent.headers.items()}
    return console.post(address, content=sent.body, headers=headers).status_code


def recorded(store: Store) -> int:
    with store.read() as tx:
        return int(tx.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())


def test_what_is_as_it_was_signed_is_let_in(loop: asyncio.AbstractEventLoop) -> None:
    assert [let_in(sent, loop) for sent in genuine()] == [True] * 5


@pytest.mark.timeout(1800)
def test_nothing_that_was_changed_is_let_in_f34_f36_f37(loop: asyncio.AbstractEventLoop) -> None:
    tries = list(islice(mutated(random.Random(3), genuine()), MUTATIONS))

    accepted = [each for each in tries if let_in(each[1], loop)]

    assert accepted == []
    assert {name for name, _sent in tries} == {mutation.__name__ for mutation in EVERYWHERE}


@pytest.mark.timeout(1800)
def test_the_whole_application_lets_nothing_in_either(
    console: httpx2.Client, store: Store, request: pytest.FixtureRequest
) -> None:
    number = MUTATIONS if request.config.getoption("--full") else 150

    answers = Counter(posted(console, sent) for _name, sent in islice(mutated(random.Random(4), genuine()), number))

    assert answers.keys() <= {307, 400, 404, 405}  # 307: the same without a slash at its end
    assert recorded(store) == 0


def test_a_signed_body_that_is_called_something_else_says_nothing(console: httpx2.Client, store: Store) -> None:
    """The second provider signs the body and not what it is called."""
    for sent in genuine():
        kinds = {"text/plain", "application/xml", "multipart/form-data; boundary=x", FORM, JSON, ""}
        for kind in kinds - {sent.headers["content-type"]}:
            if SECOND_SIGNATURE in sent.headers and sent.headers["content-type"] == FORM and kind != JSON:
                continue  # everything but JSON is read as a form
            assert posted(console, replace(sent, headers={**sent.headers, "content-type": kind})) in (400, 404)
    assert recorded(store) == 0


def test_letters_that_move_from_one_field_to_the_next_make_no_new_text_f35_f37(
    console: httpx2.Client, store: Store
) -> None:
    """The first provider signs names and values as one string: where a field ends is not signed."""
    text = {"From": PHONES[ANA], "MessageSid": "SM" + "1" * 32, "NumMedia": "0", "To": LIVE.number, "Body": "47A"}
    sent = by_first("/webhooks/text", text)
    assert posted(console, sent) == 200
    one = recorded(store)

    for form in _moved(text):
        answer = posted(console, replace(sent, body=urlencode(form).encode()))
        assert answer in (200, 400, 404)

    assert recorded(store) == one


def _moved(text: dict[str, str]) -> Iterator[dict[str, str]]:
    """The same string, cut otherwise."""
    names = sorted(text)
    for place, name in enumerate(names):
        rest = {each: text[each] for each in names if each != name}
        for letters in range(1, len(text[name]) + 1):
            yield {**rest, name + text[name][:letters]: text[name][letters:]}
        for letters in range(1, len(name)):
            yield {**rest, name[:-letters]: name[-letters:] + text[name]}
        if place:
            before = names[place - 1]
            yield {**rest, before: text[before] + name + text[name]}
            for letters in range(1, len(text[before])):
                earlier, moved = text[before][:-letters], text[before][-letters:]
                yield {**rest, before: earlier, moved + name: text[name]}
