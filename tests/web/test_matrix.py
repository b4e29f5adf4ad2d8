"""Every cell of the matrix of access, asked of a server: what `docs/access.md` says is what happens (PR-47, PR-52)."""

import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from crisis.store.engine import Store, open_store
from tests.factories import SCHOOL
from tests.web.district import NURSE, SETTINGS, TEACHER
from tests.web.matrix import CELLS, KINDS, OF_INCIDENT, OPERATIONS, PAGE, Cell, Outcome, Phase, Relation, page
from tests.web.test_api_fuzz import fresh
from tests.web.village import Village, a_village, incident_of, person_of, undone
from web.app import build_app

OURS = ("ACCESS", "PR-54")  # the rules by which access refuses
SPAN = {"starts_at": "2031-10-06T14:00:00Z", "ends_at": "2031-10-07T14:00:00Z"}
CALENDAR = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR"
SLOT = {"school": SCHOOL, "role": "nurse", "level": 0}
BODIES: dict[str, dict[str, Any]] = {  # where the least that fits would be refused before anybody asks who it is
    "POST /incidents": {"school": SCHOOL, "mode": "live", "crisis_type": "suicide_ideation", "beside": "me"},
    "POST /incidents/{incident_id}/commands/link-incident": {"other": "i-open-teacher"},
    "POST /incidents/{incident_id}/conflicts": {"person": TEACHER, "kind": "named"},
    "POST /incidents/{incident_id}/marks": {"kind": "unfounded"},
    "POST /incidents/{incident_id}/compartment": {"side": "complainant", "coordinator": TEACHER},
    "POST /incidents/{incident_id}/compartment/admissions": {"person": TEACHER},
    "POST /incidents/{incident_id}/compartment/join": {"incident": "i-open-all"},
    "POST /students/{student}/restrictions": {"person": "p-aunt", "kind": "court_order"},
    "POST /students/{student}/times": {"starts": "08:00", "ends": "09:00", "source": "family"},
    "POST /students/{student}/ways/{adult}": {"ways": ["call"]},
    "POST /oncall/rotations": {**SLOT, "people": [NURSE], "zone": "America/New_York", "starts_on": "2031-10-06",
                               "handovers": [{"day": 0, "at": "08:00"}]},
    "POST /oncall/overrides": {**SLOT, **SPAN, "kind": "remove", "outgoing": NURSE},
    "POST /oncall/swaps": {**SLOT, **SPAN, "to": NURSE},
    "POST /oncall/absences": SPAN,
    "POST /students/{student}/consents": {"language": "en"},
    "POST /oncall/absences/calendar": {"school": SCHOOL, "calendar": CALENDAR},
    "POST /students/find": {"school": SCHOOL, "name": "quetzal"},
    "POST /directory": {"youngest": 18, "oldest": 5},
}  # fmt: skip
QUERIES = {"GET /oncall": f"?school={SCHOOL}"}
QUERIES |= {"GET /oncall/ahead": QUERIES["GET /oncall"]}
MORE = 4  # cells of each kind beside one for each relation in CI; all of each operation with --full


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def asked(
    request: pytest.FixtureRequest, key_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Asked"]:
    store = open_store(fresh(request, tmp_path_factory.mktemp("matrix") / "crisis.db"), key_file)
    village = a_village(store)
    with pytest.MonkeyPatch.context() as patched, TestClient(build_app(store, SETTINGS)) as client:
        client.base_url = SETTINGS.public_url
        patched.setattr(Store, "write", undone)
        yield Asked(client, village)
    store.close()


class Asked:
    """What the server answers to one operation for one cell."""

    def __init__(self, client: TestClient, village: Village) -> None:
        self.client, self.village = client, village
        self.described = client.get("/api/v1/openapi.json").json()

    def __call__(self, operation: str, cell: Cell) -> Outcome:
        answer = self.answer(operation, cell, self.client)
        return outcome(answer.status_code, answer.json() if answer.content else {})

    def answer(self, operation: str, cell: Cell, client: TestClient) -> Response:
        method, path = operation.split(" ")
        ids = {**self.village.ids, "incident_id": incident_of(cell)}
        address = "/api/v1" + re.sub(r"\{(\w+)\}", lambda place: ids[place[1]], path) + QUERIES.get(operation, "")
        token = self.village.tokens[person_of(cell.post, cell.relation)]
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "key-00000001"}
        answer: Response = client.request(method, address, headers=headers, json=self.body(method, path))
        return answer

    def body(self, method: str, path: str) -> dict[str, Any] | None:
        wanted = self.described["paths"][f"/api/v1{path}"][method.lower()].get("requestBody")
        if wanted is None:
            return None
        made = least(wanted["content"]["application/json"]["schema"], self.described["components"]["schemas"])
        made |= {name: self.village.ids[name] for name in ("agency",) if name in made}
        return made | BODIES.get(f"{method} {path}", {}) | ({"seen": self.village.seq} if "/commands/" in path else {})


def least(schema: dict[str, Any], known: dict[str, Any]) -> Any:
    """The smallest value that fits."""
    if "$ref" in schema:
        return least(known[schema["$ref"].rsplit("/", 1)[1]], known)
    if "anyOf" in schema:
        return least(schema["anyOf"][0], known)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: least(schema["properties"][name], known) for name in schema.get("required", ())}
        case "array":
            return [least(schema["items"], known)] * schema.get("minItems", 0)
        case "integer":
            return int(schema.get("minimum", 0))
        case "boolean":
            return True
        case _:
            return {"date-time": "2031-10-06T14:00:00Z", "date": "2031-10-06"}.get(schema.get("format", ""), "x-1")


def outcome(status: int, body: dict[str, Any]) -> Outcome:
    assert status < 500, body
    assert status not in (400, 401, 405), body
    assert "fields" not in body, body  # the body of this test does not fit, so nothing was asked
    if status == 404:
        assert body["title"] == "There is no such thing here, or it is not yours to see"
        assert set(body) == {"type", "title", "status"}
        return Outcome.HIDDEN
    rules = {reason["rule"] for reason in body.get("reasons", ())} if isinstance(body, dict) else set()
    return Outcome.REFUSED if status == 403 or rules & set(OURS) else Outcome.ALLOWED


def cells_of(operation: str) -> list[Cell]:
    """Where there is no incident there is no phase."""
    kind = OPERATIONS[operation]
    return CELLS if kind in OF_INCIDENT else [cell for cell in CELLS if cell.phase is Phase.OPEN]


def differing(asked: Asked, cells: list[tuple[str, Cell]]) -> list[str]:
    found = []
    for operation, cell in cells:
        told, said = asked(operation, cell), KINDS[OPERATIONS[operation]].rule(cell)
        if told is not said:
            found.append(f"{operation} for {cell.post} {cell.relation} {cell.phase}: {told}, not {said}")
    return found


def test_every_operation_of_the_api_has_its_row_and_no_row_is_without_one_pr_47(asked: Asked) -> None:
    offered = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in asked.described["paths"].items()
        for method in methods
    }

    assert offered == set(OPERATIONS)
    assert set(OPERATIONS.values()) == set(KINDS)


def test_every_kind_and_every_operation_is_asked_in_cells_drawn_anew_each_time_pr_47_pr_52(asked: Asked) -> None:
    """Each operation at least once; of each kind one cell for every relation and some more, by any operation of it."""
    dice = random.Random()
    drawn = [(each, dice.choice(cells_of(each))) for each in OPERATIONS]
    for kind in KINDS:
        alike = [each for each, of in OPERATIONS.items() if of == kind]
        cells = cells_of(alike[0])
        chosen = [dice.choice([cell for cell in cells if cell.relation is each]) for each in Relation]
        drawn += [(dice.choice(alike), cell) for cell in (*chosen, *dice.sample(cells, MORE))]

    assert differing(asked, drawn) == []


@pytest.mark.full
@pytest.mark.timeout(7200)
def test_every_operation_is_asked_in_every_cell_pr_47_pr_52(asked: Asked) -> None:
    every = [(each, cell) for each in OPERATIONS for cell in cells_of(each)]

    wrong = differing(asked, every)

    print(f"{len(every)} cells of {len(OPERATIONS)} operations, {len(wrong)} not as said")
    assert wrong == []


CONTENT = {"reads", "lists conflicts", "status", "keeps record", "keeps names", "reads ledger", "answers requests"}


@contextmanager
def nothing_on_record() -> Iterator[None]:
    """The database takes no row of the audit, whoever writes it."""

    def refuses(*arguments: Any) -> None:
        if arguments[2].startswith("INSERT INTO audit"):
            raise OperationalError("INSERT", {}, Exception("the disk is full"))

    event.listen(Engine, "before_cursor_execute", refuses)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", refuses)


@pytest.mark.parametrize(
    "operation", [each for each, kind in OPERATIONS.items() if each[:3] == "GET" and kind in CONTENT]
)
def test_what_cannot_be_put_on_record_is_shown_by_no_operation_that_reads_pr_58(asked: Asked, operation: str) -> None:
    """For those who may read it otherwise: nothing but that it cannot be shown now."""
    cell = next(each for each in cells_of(operation) if KINDS[OPERATIONS[operation]].rule(each) is Outcome.ALLOWED)
    client = TestClient(asked.client.app, base_url=SETTINGS.public_url, raise_server_exceptions=False)

    with nothing_on_record():
        answer = asked.answer(operation, cell, client)

    assert answer.status_code == 503, answer.text
    assert set(answer.json()) == {"type", "title", "status", "detail"}


def test_the_page_of_access_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
