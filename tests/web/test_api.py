"""The JSON API on both databases: raise, order, read, be refused, and nothing that is not yours."""

from collections.abc import Iterator

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from crisis.store import audit
from crisis.store.engine import Store
from crisis.vocabulary import PersonId
from tests.factories import SCHOOL, STUDENT
from tests.web.district import (
    COUNSELOR,
    FAR_SCHOOL,
    NEIGHBOUR,
    NURSE,
    OFFICER,
    SETTINGS,
    STRANGER,
    TEACHER,
    Api,
    District,
    acting,
)
from web.api.orders import offered
from web.app import build_app
from web.deps import anyone, may_raise, signed_in, token_holder

CANARY = "she keeps a rope behind the gym"


@pytest.fixture
def client(district: District) -> Iterator[TestClient]:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as made:
        yield made


@pytest.fixture
def counselor(client: TestClient, district: District) -> Api:
    return acting(client, district.token(COUNSELOR))


@pytest.fixture
def nurse(client: TestClient, district: District) -> Api:
    return acting(client, district.token(NURSE))


def everything_stored(store: Store) -> str:
    """All rows of all tables, as text."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table'"
    if store.dialect == "postgresql":
        names = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    with store.read() as tx:
        tables = [row[0] for row in tx.execute(text(names))]
        return "\n".join(str(row) for table in tables for row in tx.execute(text(f'SELECT * FROM "{table}"')))


def actions(store: Store) -> list[tuple[str, str]]:
    with store.read() as tx:
        return [(row[0], row[1]) for row in tx.execute(text("SELECT action, detail FROM audit ORDER BY number"))]


def test_three_inputs_open_an_incident(counselor: Api) -> None:
    answer = counselor.open()
    incident = counselor.get(f"/incidents/{answer.body['incident']}").body

    assert answer.status == 201
    assert answer.body["repeated"] is False
    assert (incident["school"], incident["opened_by"], incident["custody"]) == (SCHOOL, COUNSELOR, "held")


def test_the_same_key_gives_the_same_incident(counselor: Api) -> None:
    """F01, F02: sent twice is raised once, also with words, whose ids are new each time."""
    first, again = counselor.open(place="Room 12"), counselor.open(place="Room 12")

    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body | {"repeated": True}


def test_a_key_is_asked_for(counselor: Api) -> None:
    body = {"mode": "live", "school": SCHOOL, "crisis_type": "suicide_ideation", "beside": "me"}

    answer = counselor.post("/incidents", body)

    assert answer.status == 422
    assert [field["at"] for field in answer.body["fields"]] == ["header.Idempotency-Key"]


def test_an_order_moves_the_incident_on(counselor: Api) -> None:
    incident, seen = counselor.opened(beside="unknown")

    answer = counselor.order(incident, "take-custody", seen)

    assert answer.status == 200
    assert answer.body["seq"] > seen
    assert counselor.get(f"/incidents/{incident}").body["adult"] == COUNSELOR


def test_a_refusal_gives_every_reason_with_its_rule(nurse: Api) -> None:
    """The nurse has no role to assess, and the step is not open either: both are said at once."""
    incident, seen = nurse.opened()

    answer = nurse.order(incident, "set-tier", seen, step="assess", tier="low", rationale="calm now")

    assert answer.status == 422
    assert {reason["rule"] for reason in answer.body["reasons"]} >= {"STEP", "ROLE"}
    assert all(reason["text"] for reason in answer.body["reasons"])


def test_the_slower_of_two_is_told_what_changed(counselor: Api, nurse: Api) -> None:
    incident, seen = counselor.opened(beside="unknown")
    assert counselor.order(incident, "take-custody", seen).status == 200

    answer = nurse.order(incident, "take-custody", seen)

    assert answer.status == 409
    assert answer.body["seen"] == seen
    assert {"event": "CustodyTaken", "by": COUNSELOR} in [
        {"event": change["event"], "by": change["by"]} for change in answer.body["changes"]
    ]


def test_words_come_as_text_and_are_stored_sealed(counselor: Api, district: District) -> None:
    incident, seen = counselor.opened(place=CANARY)
    answer = counselor.order(incident, "add-note", seen, words=CANARY)

    events = counselor.get(f"/incidents/{incident}/events").body

    assert answer.status == 200
    assert sorted(events["words"].values()) == [CANARY, CANARY]
    assert CANARY not in everything_stored(district.store)


def test_evidence_in_words_is_sealed_and_codes_are_not(counselor: Api, district: District) -> None:
    incident, seen = counselor.opened(crisis_type="missing_student", beside="nobody")

    search = counselor.order(incident, "complete-step", seen, step="local_search", evidence={"last_seen": CANARY})
    found = {"where": CANARY, "hurt": "no"}
    after = counselor.order(incident, "complete-step", search.body["seq"], step="student_found", evidence=found)

    events = counselor.get(f"/incidents/{incident}/events").body
    kept = [event["body"]["evidence"] for event in events["events"] if event["event"] == "StepCompleted"]
    assert (search.status, after.status) == (200, 200)
    assert [evidence.get("hurt") for evidence in kept] == [None, "no"]
    assert sorted(events["words"].values()) == [CANARY, CANARY]
    assert CANARY not in everything_stored(district.store)


def test_text_where_the_protocol_knows_no_field_is_never_stored_open(counselor: Api, district: District) -> None:
    incident, seen = counselor.opened()

    counselor.order(incident, "complete-step", seen, step="clear_means", evidence={"whatever": CANARY})

    assert CANARY not in everything_stored(district.store)


@pytest.mark.parametrize("person", [NEIGHBOUR, STRANGER, TEACHER])
def test_what_is_not_yours_answers_like_what_is_not_there_pr_52(
    client: TestClient, counselor: Api, district: District, person: PersonId
) -> None:
    """F118"""
    incident, seen = counselor.opened()
    other = acting(client, district.token(person))

    for path in ("", "/events", "/next"):
        assert other.get(f"/incidents/{incident}{path}") == other.get(f"/incidents/no-such{path}")
        assert other.get(f"/incidents/{incident}{path}").status == 404
    for name, order in (("take-custody", {}), ("add-note", {"words": "x"}), ("complete-step", {"step": "clear_means"})):
        assert other.order(incident, name, seen, **order).status == 404
    assert other.get("/incidents").body["open"] == []


def test_who_is_called_in_sees_it(client: TestClient, counselor: Api, district: District) -> None:
    incident, seen = counselor.opened()
    teacher = acting(client, district.token(TEACHER))
    assert teacher.get(f"/incidents/{incident}").status == 404

    counselor.order(incident, "offer-custody", seen, to=TEACHER)

    assert teacher.get(f"/incidents/{incident}").status == 200


def test_a_page_says_what_whoever_comes_should_be_able_to_do(counselor: Api) -> None:
    incident, seen = counselor.opened()
    asked = {"role": "oncall_clinician", "urgency": "u2", "people": 1}

    wrong = counselor.order(incident, "request-page", seen, **asked, prefers={})
    made = counselor.order(incident, "request-page", seen, **asked, prefers=["es"])

    assert (wrong.status, made.status) == (422, 200)
    pages = [each for each in counselor.get(f"/incidents/{incident}/events").body["events"] if "prefers" in str(each)]
    assert "'prefers': ['es']" in str(pages)


@pytest.mark.parametrize("path", ["", "/events", "/next"])
def test_what_cannot_be_put_on_record_is_not_shown_pr_58(
    counselor: Api, district: District, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    incident, _ = counselor.opened()
    app, token = build_app(district.store, SETTINGS), district.token(COUNSELOR)

    def fails(*_args: object, **_named: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(audit, "record", fails)
        with TestClient(app, base_url=SETTINGS.public_url, raise_server_exceptions=False) as other:
            answer = acting(other, token).get(f"/incidents/{incident}{path}")

    assert answer.status >= 500
    assert incident not in str(answer.body)
    assert counselor.get(f"/incidents/{incident}{path}").status == 200


def test_being_read_is_on_record(counselor: Api, district: District) -> None:
    incident, _ = counselor.opened()

    for path in ("", "/events", "/next"):
        counselor.get(f"/incidents/{incident}{path}")

    done = [action for action, _ in actions(district.store)]
    assert done[-3:] == ["incident read", "events read", "next steps read"]
    with district.store.read() as tx:
        assert audit.verify(tx).ok


def test_what_comes_next_names_step_owner_and_what_stands_before_closing(counselor: Api) -> None:
    incident, seen = counselor.opened()

    answer = counselor.get(f"/incidents/{incident}/next").body

    assert answer["seq"] == seen
    assert answer["next"]
    assert {"step", "title", "why", "owner", "roles", "due_at", "kind"} == set(answer["next"][0])
    assert "I-19" in {reason["rule"] for reason in answer["before_closing"]}
    assert {"rule", "text", "at"} == set(answer["before_closing"][0])
    assert "/steps/screen" in {reason["at"] for reason in answer["before_closing"]}


def test_a_refusal_says_to_a_program_in_which_field_or_on_which_page_it_is_answered(counselor: Api) -> None:
    incident, seen = counselor.opened()

    answer = counselor.order(incident, "record-assent", seen, answer="unsafe")

    (reason,) = answer.body["reasons"]
    assert (answer.status, reason["rule"], reason["at"]) == (422, "ASSENT", "reason")


def test_events_go_on_where_the_reader_stopped(counselor: Api) -> None:
    incident, seen = counselor.opened()
    counselor.order(incident, "add-note", seen, words="first")

    events = counselor.get(f"/incidents/{incident}/events?after={seen}").body

    assert [event["event"] for event in events["events"]] == ["NoteAdded"]
    assert list(events["words"].values()) == ["first"]


def test_looking_up_a_student_is_on_record_without_what_was_typed(counselor: Api, district: District) -> None:
    found = counselor.post("/students/find", {"school": SCHOOL, "name": "quetz"}).body

    assert [student["id"] for student in found] == [STUDENT]
    action, detail = actions(district.store)[-1]
    assert action == "students looked up"
    assert "quetz" not in detail


def test_students_elsewhere_and_of_other_teams_are_not_found(
    client: TestClient, counselor: Api, district: District
) -> None:
    teacher = acting(client, district.token(TEACHER))

    assert counselor.post("/students/find", {"school": FAR_SCHOOL, "name": "ximena"}).status == 404
    assert teacher.post("/students/find", {"school": SCHOOL, "name": "ximena"}).status == 404


def test_an_incident_cannot_be_raised_at_another_districts_school(counselor: Api) -> None:
    assert counselor.open(school=FAR_SCHOOL).status == 404
    foreign, unknown = counselor.open(student="st-9"), counselor.open(student="nobody")
    assert (foreign.status, foreign.body) == (unknown.status, unknown.body)  # which of the two it is, nobody learns
    assert [reason["rule"] for reason in foreign.body["reasons"]] == ["STUDENT"]


def test_a_district_post_sees_all_schools(client: TestClient, counselor: Api, district: District) -> None:
    incident, _ = counselor.opened()
    officer = acting(client, district.token(OFFICER))

    assert [each["id"] for each in officer.get("/incidents").body["open"]] == [incident]


def test_a_revoked_or_made_up_token_opens_nothing(client: TestClient) -> None:
    answer = acting(client, "made-up").get("/incidents")

    assert answer.status == 401
    assert answer.body["title"] == "This needs a personal token"


def test_a_session_cookie_does_not_open_the_api(client: TestClient, district: District) -> None:
    """So that no other site can make a signed-in browser call it."""
    client.cookies.set("session", district.session(COUNSELOR))

    assert client.get("/api/v1/incidents").status_code == 401


def test_what_only_the_system_does_is_not_offered(counselor: Api) -> None:
    incident, seen = counselor.opened()

    for name in ("timer-due", "record-page-attempt", "open-incident", "command"):
        assert counselor.order(incident, name, seen).status == 404


def test_an_order_cannot_be_given_in_another_name(counselor: Api) -> None:
    """F119: what the API does not ask for is refused, not ignored."""
    incident, seen = counselor.opened(beside="unknown")

    for extra in ("by", "at", "actor", "incident", "district"):
        body = {"seen": seen, extra: NURSE}
        assert counselor.post(f"/incidents/{incident}/commands/take-custody", body).status == 422


def test_wrong_input_is_named_without_repeating_it(counselor: Api) -> None:
    incident, seen = counselor.opened()

    answer = counselor.order(incident, "set-tier", seen, step=f"{CANARY}\n", tier=CANARY, rationale="")

    assert answer.status == 422
    assert {field["at"] for field in answer.body["fields"]} == {"step", "tier", "rationale"}
    assert CANARY not in str(answer.body)


def test_every_order_is_documented_with_its_own_fields(client: TestClient) -> None:
    schema = client.get("/api/v1/openapi.json").json()

    for name, order in offered().items():
        path = schema["paths"][f"/api/v1/incidents/{{incident_id}}/commands/{name}"]["post"]
        body = path["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
        properties = schema["components"]["schemas"][body]["properties"]
        assert body == order.__name__
        own = set(order.__dataclass_fields__) - {"by", "queued_at"}
        assert set(properties) == own | {"seen"}


def test_every_route_says_who_may_use_it(client: TestClient) -> None:
    """And the list of those that need no sign-in is this one."""
    public = set()
    for route in iter_route_contexts(client.app.routes):  # type: ignore[attr-defined]
        path = getattr(route, "path", "")
        dependant = getattr(route, "dependant", None)
        if path in ("/static", "/live"):
            continue
        assert dependant is not None, path
        calls = called(dependant)
        assert calls & {anyone, may_raise, signed_in, token_holder}, (
            f"{path} names none of MayRaise, SignedIn, TokenHolder, Anyone"
        )
        if anyone in calls:
            assert not calls & {may_raise, signed_in, token_holder}, path
            public.add(path)

    assert {"/health", "/login", "/api/v1/openapi.json"} <= public
    assert not [path for path in public if path.startswith(("/incidents", "/board", "/students", "/api/v1/inc"))]


def called(dependant: object) -> set[object]:
    inner = dependant.dependencies  # type: ignore[attr-defined]
    return {dependant.call}.union(*(called(each) for each in inner))  # type: ignore[attr-defined]
