"""Whatever a program sends, the API answers with what is wrong; it never breaks (no answer of 500 and above)."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from crisis.store.engine import open_store
from tests.cluster import Cluster
from tests.web.district import COUNSELOR, SETTINGS, Api, a_district, acting
from web.api.orders import body_of, offered
from web.app import build_app

NAMES = [
    "step", "to", "page", "handoff", "exception", "obligation", "words", "reason", "evidence", "answers", "tier",
    "seq", "rationale", "occurred_at", "next_contact_at", "eta_minutes", "dangers", "withheld", "disclosed", "other",
]  # fmt: skip
NASTY = [
    "", " ", "\x00", "\ud800", "\u202e", "a" * 9000, "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "NaN",
    "1e999", "%s %(x)s {0}", "'; DROP TABLE incident; --", "../../etc/passwd", "take_custody", "clear_means", "p-nurse",
]  # fmt: skip
TEXTS = st.sampled_from(NASTY) | st.text(max_size=40)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
)
STEPS = st.sampled_from(
    ["take_custody", "clear_means", "screen", "assess", "guardian_contact", "referral", "tell_admin"]
)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def api(request: pytest.FixtureRequest, key_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    store = open_store(fresh(request, tmp_path_factory.mktemp("fuzz") / "crisis.db"), key_file)
    district = a_district(store)
    app = build_app(store, SETTINGS)
    with TestClient(app, base_url=SETTINGS.public_url, raise_server_exceptions=False) as client:
        yield acting(client, district.token(COUNSELOR))
    store.close()


def fresh(request: pytest.FixtureRequest, path: Path) -> str:
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    cluster = request.getfixturevalue("cluster")
    assert isinstance(cluster, Cluster)
    return cluster.create_from(request.getfixturevalue("postgres_template"))


def fitting(name: str) -> st.SearchStrategy[dict[str, object]]:
    """A body with the right fields, each with a value that often fits its shape."""
    schema = body_of(offered()[name]).model_json_schema()
    return st.fixed_dictionaries({field: value_of(schema, shape) for field, shape in schema["properties"].items()})


def value_of(schema: dict, shape: dict) -> st.SearchStrategy[object]:  # type: ignore[type-arg]  # a JSON schema
    if "$ref" in shape:
        return value_of(schema, schema["$defs"][shape["$ref"].rsplit("/", 1)[1]])
    if "anyOf" in shape:
        return st.one_of(*(value_of(schema, each) for each in shape["anyOf"]))
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    match shape.get("type"):
        case "integer":
            return st.integers(min_value=0, max_value=1_000_000_000)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "array":
            return st.lists(value_of(schema, shape["items"]), max_size=4)
        case "object":
            return st.dictionaries(TEXTS, value_of(schema, shape.get("additionalProperties", {})), max_size=4)
        case "string" if shape.get("format") == "date-time":
            return st.datetimes(timezones=st.timezones()).map(lambda when: when.isoformat()) | TEXTS
        case _:
            return STEPS | TEXTS


@pytest.mark.slow
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_no_body_of_an_order_breaks_the_api(api: Api, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(offered())))
    body = data.draw(
        fitting(name) | st.dictionaries(st.sampled_from(NAMES) | TEXTS, VALUES, max_size=6) | VALUES, label="body"
    )
    incident, seen = api.opened(beside="me")
    if isinstance(body, dict) and data.draw(st.booleans()):
        body = {**body, "seen": seen}

    status = sent(api, f"/incidents/{incident}/commands/{name}", body)

    assert status in (200, 409, 422, 404, 400)


@pytest.mark.slow
@settings(max_examples=45, deadline=None)
@given(body=st.dictionaries(st.sampled_from(["mode", "school", "crisis_type", "beside", "place", "student"]), VALUES))
def test_no_body_of_an_opening_breaks_the_api(api: Api, body: dict[str, object]) -> None:
    usual = {"mode": "live", "school": "s-1", "crisis_type": "suicide_ideation", "beside": "me"}

    status = sent(api, "/incidents", usual | body)

    assert status in (200, 201, 404, 422, 400)


@pytest.mark.slow
@settings(max_examples=45, deadline=None)
@given(
    place=st.sampled_from(["/incidents/{}", "/incidents/{}/events", "/incidents/{}/next", "/protocols/{}"]), text=TEXTS
)
def test_no_address_breaks_the_api(api: Api, place: str, text: str) -> None:
    answer = api.client.get("/api/v1" + place.format(quoted(text)), headers=api.headers)

    assert answer.status_code in (200, 307, 404, 422)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_no_question_breaks_the_api(api: Api, text: str) -> None:
    answer = api.client.get(f"/api/v1/incidents?after={quoted(text)}", headers=api.headers)
    found = [sent(api, "/students/find", {"school": school, "name": text}) for school in ("s-1", text)]

    assert {answer.status_code, *found} <= {200, 404, 422, 400}


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"a":' * 40_000, b"\xff\xfe", b"", b"null", b"{", b'"' + b"x" * 9999]
)
def test_no_broken_json_breaks_the_api(api: Api, body: bytes) -> None:
    headers = api.headers | {"Content-Type": "application/json", "Idempotency-Key": "key-00000001"}

    answer = api.client.post("/api/v1/incidents", content=body, headers=headers)

    assert answer.status_code in (400, 422)


def quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text[:300].encode(errors="surrogatepass"))


def sent(api: Api, path: str, body: object) -> int:
    """As bytes of our own making: lone surrogates and NaN are sent too."""
    headers = api.headers | {"Content-Type": "application/json", "Idempotency-Key": "key-00000001"}
    if path == "/incidents":
        headers["Idempotency-Key"] = f"key-{abs(hash(json.dumps(body))):020}"
    else:
        del headers["Idempotency-Key"]
    return api.client.post(f"/api/v1{path}", content=json.dumps(body).encode(), headers=headers).status_code
