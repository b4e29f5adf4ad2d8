"""Nobody succeeds who must not: generated requests against the whole application, 50,000 of them with `--full`.

F116 to F120, F124. What is tried is in `attacks.py`; here is what must be true afterwards: each was refused without
breaking anything, said nothing of anybody, and left no trace in what is kept.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from fastapi import FastAPI
from sqlalchemy import inspect, text
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from crisis import clock
from crisis.privacy_words import InstructionKind, InstructionSource
from crisis.store import accounts, instructions, sessions
from crisis.store.engine import Store, open_store
from crisis.store.instructions import Told
from tests import every_page
from tests.cluster import owners_hand
from tests.factories import DISTRICT, SCHOOL, STUDENT
from tests.web.attacks import ORIGINS, Answer, Request, Town, asked, attacks, legitimate, operations_of
from tests.web.district import COUNSELOR, NEIGHBOUR, NURSE, POSTS, SETTINGS, STRANGER, District, a_district, acting
from tests.web.test_api_fuzz import fresh
from web.app import build_app

ALL, SOME = 50_000, 1_200
SECRET = "Zqvictim"  # in everything of the incident and the student that could be shown
KEPT = {  # by whom it changes without anybody having succeeded: use, looks, tries, signs
    "session", "token", "audit", "head", "sign_in_budget", "sign_of_life",
}  # fmt: skip
STRANGERS = ("forged", "another district", "another school", "hostile address")

pytestmark = [pytest.mark.slow]


@dataclass(frozen=True)
class Besieged:
    app: FastAPI
    store: Store
    town: Town

    def fingerprint(self) -> dict[str, str]:
        with owners_hand(self.store) as tx:  # every district's rows
            names = [each for each in inspect(tx).get_table_names() if each not in KEPT]
            rows = {name: sorted(map(repr, tx.execute(text(f'SELECT * FROM "{name}"')))) for name in names}
        return {name: hashlib.sha256("\n".join(each).encode()).hexdigest() for name, each in rows.items()}

    def ask(self, requests: list[Request]) -> list[Answer]:
        async def one_by_one() -> list[Answer]:
            return [await asked(self.app, each) for each in requests]

        return asyncio.run(one_by_one())


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.full])]
)
def besieged(
    request: pytest.FixtureRequest, key_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Besieged]:
    store = open_store(fresh(request, tmp_path_factory.mktemp("attacks") / "crisis.db"), key_file)
    district = a_district(store)
    app = build_app(store, SETTINGS)
    with store.write() as tx:
        tx.execute(text("UPDATE student SET given = :secret WHERE id = :id"), {"secret": SECRET, "id": STUDENT})
        told = Told(kind=InstructionKind.HELPS, source=InstructionSource.STUDENT, text=SECRET)
        instructions.add(tx, store.keys, (DISTRICT, STUDENT), told, by=COUNSELOR, at=clock.now())
        instruction = str(tx.execute(text("SELECT id FROM instruction")).scalar_one())
    api = acting(TestClient(app, base_url=SETTINGS.public_url), district.token(COUNSELOR))
    incident, seen = api.opened(student=STUDENT, place=SECRET)
    assert api.order(incident, "add-note", seen, words=SECRET).status == 200
    yield Besieged(app, store, a_town(app, district, incident, instruction))
    store.close()


def a_town(app: FastAPI, district: District, incident: str, instruction: str) -> Town:
    operations, schemas = operations_of(app)
    columns = {column.name for table in SQLModel.metadata.tables.values() for column in table.columns}
    ended = district.token(NURSE)
    with district.store.write() as tx:
        accounts.revoke_token(tx, NURSE, accounts.tokens_of(tx, NURSE)[0].id, clock.now(), by=None)
    gone = district.session(NURSE)
    with district.store.write() as tx:
        sessions.sign_out(tx, gone)
    people = (COUNSELOR, NEIGHBOUR, STRANGER)
    command, seen = f"/api/v1/incidents/{incident}/commands", 1
    opening = {"school": SCHOOL, "beside": "me"}
    told = {"kind": "helps", "source": "student", "text": "a walk"}
    return Town(
        operations=operations,
        schemas=schemas,
        things={
            "incident_id": incident,
            "student": STUDENT,
            "step_id": "clear_means",
            "instruction": instruction,
            "protocol_hash": district.protocol_hash,
        },
        people=tuple(POSTS),
        columns=tuple(sorted(columns)),
        tokens={person: district.token(person) for person in people},
        sessions={person: district.session(person) for person in people},
        dead=(ended, gone),
        legitimate={
            "note": (f"{command}/add-note", {"seen": seen, "words": "a note"}),
            "emergency": (f"{command}/raise-emergency", {"seen": seen, "dangers": [], "called_911": False}),
            "open": ("/api/v1/incidents", {"mode": "live", "crisis_type": "suicide_ideation", **opening}),
            "find": ("/api/v1/students/find", {"school": SCHOOL, "name": "quetz"}),
            "instruct": (f"/api/v1/students/{STUDENT}/instructions", told),
            "form note": (f"/incidents/{incident}/note", {"note": "a note"}),
            "form open": ("/incidents", {"kind": "suicide_ideation", "place": "Room 112", **opening}),
            "form instruct": (f"/students/{STUDENT}/instructions/add", told),
            "form find": ("/incidents/new", {"school": SCHOOL, "q": "quetz"}),
        },
        insider=COUNSELOR,
        outsider=STRANGER,
        colleague=NEIGHBOUR,
    )


def test_what_is_attacked_works_for_those_who_may(besieged: Besieged) -> None:
    """Otherwise every refusal below would prove nothing."""
    dice, town = Random(1), besieged.town

    answers = besieged.ask([legitimate(town, name, dice) for name in town.legitimate])

    assert dict(zip(town.legitimate, [each.carried_out for each in answers], strict=True)) == dict.fromkeys(
        town.legitimate, True
    )
    assert len(town.operations) > 100


@pytest.mark.timeout(7200)
def test_no_generated_attack_succeeds_f116_f117_f118_f119_f120_f124(
    besieged: Besieged, request: pytest.FixtureRequest
) -> None:
    number = ALL if request.config.getoption("--full") else SOME
    every_page.watched.excused.add("leads nowhere")  # from forms that no page of ours has
    before, dice, tried, bad = besieged.fingerprint(), Random(number), Counter[str](), []
    answered = Counter[tuple[str, int]]()

    made = attacks(besieged.town, dice)
    while tried.total() < number:
        requests = list(islice(made, 400))
        tried.update(each.kind for each in requests)
        answers = besieged.ask(requests)
        answered.update((each.kind, answer.status) for each, answer in zip(requests, answers, strict=True))
        bad += [(each, answer.status) for each, answer in zip(requests, answers, strict=True) if wrong(each, answer)]

    print(
        f"{tried.total()} attacks, {len(bad)} succeeded: {dict(sorted(tried.items()))} {dict(sorted(answered.items()))}"
    )
    assert bad[:5] == []
    assert len(tried) == 6
    assert besieged.fingerprint() == before


def wrong(request: Request, answer: Answer) -> bool:
    """It was carried out, it broke something, or whoever has no need to know was told something."""
    told = request.kind in STRANGERS and SECRET.encode() in answer.body
    done = answer.carried_out and request.kind != "hostile address"
    return done or told or answer.status >= 500


def test_no_other_site_opens_a_socket_f117(besieged: Besieged) -> None:
    """With the cookie of somebody who is signed in: from another site, and from no site at all."""
    known = [(b"host", b"testserver"), (b"cookie", f"session={besieged.town.sessions[COUNSELOR]}".encode())]
    ours = [*known, (b"origin", b"http://testserver")]

    said = {origin: opened_by(besieged.app, [*known, (b"origin", origin.encode())]) for origin in ORIGINS}

    assert said == dict.fromkeys(ORIGINS, "websocket.close")
    assert opened_by(besieged.app, known) == "websocket.close"
    assert opened_by(besieged.app, ours) == "websocket.accept"


def opened_by(app: FastAPI, headers: list[tuple[bytes, bytes]]) -> str:
    """What the application first says to somebody who wants a socket."""
    said: list[str] = []

    async def tried() -> None:
        heard = asyncio.Event()

        async def receive() -> dict[str, object]:
            if not said:
                return {"type": "websocket.connect"}
            await heard.wait()
            return {"type": "websocket.disconnect", "code": 1000}

        async def send(message: dict[str, object]) -> None:
            said.append(str(message["type"]))
            heard.set()

        scope = {"type": "websocket", "path": "/live", "raw_path": b"/live", "query_string": b"", "headers": headers}
        scope |= {
            "scheme": "ws",
            "subprotocols": [],
            "client": ("127.0.0.1", 1),
            "server": ("testserver", 80),
            "state": {},
        }
        await app(scope, receive, send)  # type: ignore[arg-type]

    asyncio.run(asyncio.wait_for(tried(), 10))
    return said[0]
