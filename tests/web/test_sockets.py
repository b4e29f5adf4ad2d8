"""The live socket on a real server and both databases: who gets in, what they hear, and that nothing is missed."""

import contextlib
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from crisis import clock
from crisis.commands import AddNote
from crisis.settings import Settings
from crisis.store import accounts, incidents, people, sessions
from crisis.submit import submit
from crisis.vocabulary import IncidentId, PersonId, WordsId
from tests.web.district import (
    COUNSELOR,
    NEIGHBOUR,
    NURSE,
    OFFICER,
    SETTINGS,
    STRANGER,
    TEACHER,
    Api,
    District,
    a_district,
    acting,
)
from web.app import build_app
from web.hub import GAP_LIMIT
from web.serve import server


@dataclass(frozen=True, slots=True)
class Running:
    district: District
    url: str

    @property
    def address(self) -> str:
        return self.url.replace("http", "ws", 1) + "/live"

    def listening(self, token: str, after: int | None = None, **headers: str) -> ClientConnection:
        address = self.address if after is None else f"{self.address}?after={after}"
        named = {"Authorization": f"Bearer {token}", **headers}
        return connect(address, additional_headers=named, compression=None, max_queue=None)

    def head(self) -> int:
        with self.district.store.read() as tx:
            return incidents.head(tx)

    def note(self, incident: str, times: int = 1) -> int:
        """Notes of the counselor's, through the one door; the position of the last."""
        with self.district.store.read() as tx:
            by = people.actor(tx, COUNSELOR)
        position = 0
        for _ in range(times):
            words = WordsId(clock.new_id())
            order = AddNote(by=by, words=words)
            done = submit(self.district.store, IncidentId(incident), order, at=clock.now(), words={words: "quiet now"})
            position = done.position
        return position


@pytest.fixture
def running(store: object, district: District) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    made = server(district.store, Settings(public_url=url), "127.0.0.1", port)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    while not made.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield Running(district, url)
    made.should_exit = True
    thread.join(10)
    assert not thread.is_alive(), "the server does not end"


@pytest.fixture
def district(store: object) -> District:
    return a_district(store)  # type: ignore[arg-type]


@pytest.fixture
def incident(district: District) -> str:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as client:
        opened: str = acting(client, district.token(COUNSELOR)).opened()[0]
    return opened


def heard(line: ClientConnection, until: int, timeout: float = 5.0) -> list[int]:
    """The positions that a console is told of, up to one."""
    found: list[int] = []
    while not found or found[-1] < until:
        message = json.loads(line.recv(timeout=timeout))
        if "position" in message:
            found.append(message["position"])
    return found


def silent(line: ClientConnection, seconds: float = 1.0) -> bool:
    with contextlib.suppress(TimeoutError):
        return "hello" in json.loads(line.recv(timeout=seconds))
    return True


def refused(address: str, headers: dict[str, str]) -> int:
    with pytest.raises(InvalidStatus) as refusal, connect(address, additional_headers=headers):
        pass
    return refusal.value.response.status_code


def test_only_our_own_pages_open_a_socket_with_a_session(running: Running) -> None:
    """F117: asked before the connection is accepted."""
    cookie = {"Cookie": f"session={running.district.session(COUNSELOR)}"}
    port = running.url.rsplit(":", 1)[1]
    foreign = [
        "null",
        "https://evil.example",
        f"http://127.0.0.1.evil.example:{port}",
        f"http://sub.127.0.0.1:{port}",
        f"https://127.0.0.1:{port}",
        "http://127.0.0.1:1",
        f"{running.url}/",
    ]

    answers = [refused(running.address, cookie | {"Origin": origin}) for origin in foreign]
    without = refused(running.address, cookie)
    nobody = refused(running.address, {"Origin": running.url})
    with connect(running.address, additional_headers=cookie | {"Origin": running.url}) as line:
        assert silent(line, 0.2)

    assert {*answers, without, nobody} == {403}


def test_a_foreign_host_opens_no_socket(running: Running) -> None:
    token = {"Authorization": f"Bearer {running.district.token(COUNSELOR)}", "Host": "evil.example"}
    with socket.create_connection(("127.0.0.1", int(running.url.rsplit(":", 1)[1]))) as raw:
        headers = "".join(f"{name}: {value}\r\n" for name, value in token.items())
        raw.sendall(
            f"GET /live HTTP/1.1\r\n{headers}Upgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        answer = raw.recv(4096)

    assert answer.startswith(b"HTTP/1.1 403")


def test_a_made_up_token_opens_no_socket(running: Running) -> None:
    assert refused(running.address, {"Authorization": "Bearer made-up"}) == 403


def test_a_notice_says_where_and_never_what(running: Running, incident: str) -> None:
    with running.listening(running.district.token(NURSE)) as line:
        position = running.note(incident)
        message = line.recv(timeout=5)
        while json.loads(message)["position"] < position:  # the opening, where the hub is late
            message = line.recv(timeout=5)

    assert json.loads(message) == {"position": position, "incident": incident, "seq": json.loads(message)["seq"]}
    assert len(message) <= 200


def test_a_commit_is_on_the_wire_at_once(running: Running, incident: str) -> None:
    """The wake-up does it, not the poll of a second."""
    with running.listening(running.district.token(NURSE)) as line:
        delays = []
        for _ in range(5):
            before = time.monotonic()
            position = running.note(incident)
            heard(line, position)
            delays.append(time.monotonic() - before)

    assert sorted(delays)[2] < 0.5


def test_who_may_not_see_an_incident_hears_nothing_of_it(running: Running, incident: str) -> None:
    tokens = [running.district.token(person) for person in (NEIGHBOUR, STRANGER, TEACHER)]
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(running.listening(token, after=0)) for token in tokens]
        running.note(incident)

        assert all(silent(line) for line in lines)


def test_who_is_called_in_hears_of_it(running: Running, incident: str) -> None:
    with TestClient(build_app(running.district.store, SETTINGS), base_url=SETTINGS.public_url) as client:
        counselor: Api = acting(client, running.district.token(COUNSELOR))
        with running.listening(running.district.token(TEACHER)) as line:
            seen = counselor.get(f"/incidents/{incident}").body["seq"]
            position = counselor.order(incident, "offer-custody", seen, to=TEACHER).body["position"]

            assert heard(line, position)[-1] == position


def test_what_was_missed_is_replayed_and_then_it_goes_on(running: Running, incident: str) -> None:
    token, start = running.district.token(NURSE), running.head()
    missed = running.note(incident, 5)

    with running.listening(token, after=start) as line:
        before = heard(line, missed)
        live = running.note(incident)
        assert heard(line, live) == [live]

    assert before == list(range(start + 1, missed + 1))


@pytest.mark.slow
def test_a_console_that_comes_and_goes_misses_nothing_and_hears_nothing_twice(running: Running, incident: str) -> None:
    """F104, F105: cut off at any moment while others write; each time it goes on from the last it heard."""
    token, start = running.district.token(NURSE), running.head()
    last = start + 150
    writing = threading.Thread(target=lambda: running.note(incident, 150))
    writing.start()
    cursor, found, chance = start, [], random.Random(7)
    while cursor < last:
        with running.listening(token, after=cursor) as line, contextlib.suppress(TimeoutError):
            for _ in range(chance.randrange(1, 9)):
                message = json.loads(line.recv(timeout=0.3))
                if "position" in message:
                    cursor = message["position"]
                    found.append(cursor)
    writing.join()

    assert found == list(range(start + 1, last + 1))


def test_too_far_behind_or_from_another_log_means_loading_anew(running: Running, incident: str) -> None:
    token = running.district.token(NURSE)
    head = running.note(incident, GAP_LIMIT + 1)
    time.sleep(1.2)

    for cursor in (0, head + 1_000_000):
        with running.listening(token, after=cursor) as line:
            assert json.loads(line.recv(timeout=5)) == {"reset": head}


def test_a_quiet_console_hears_that_the_line_is_alive(running: Running) -> None:
    """F102: within 10 s a console must be able to say NOT LIVE."""
    with running.listening(running.district.token(NURSE)) as line:
        assert json.loads(line.recv(timeout=6)) == {"hello": running.head()}


def test_a_revoked_person_is_cut_off_within_five_seconds(running: Running) -> None:
    """F107, F108"""
    district = running.district
    token, cookie = district.token(NURSE), {"Cookie": f"session={district.session(COUNSELOR)}", "Origin": running.url}
    with running.listening(token) as program, connect(running.address, additional_headers=cookie) as page:
        before = time.monotonic()
        with district.store.write() as tx:
            accounts.revoke_token(tx, PersonId(NURSE), accounts.tokens_of(tx, NURSE)[0].id, clock.now(), by=NURSE)
            sessions.forget(tx, COUNSELOR)
        codes = [closed(line) for line in (program, page)]

    assert codes == [1008, 1008]
    assert time.monotonic() - before < 5.5


def test_who_sees_the_incident_no_more_is_cut_off_within_five_seconds_pr_50(running: Running, incident: str) -> None:
    """A conflict of interest of one, a handing over of another; whoever still sees it stays."""
    district = running.district
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as client:
        counselor, officer = acting(client, district.token(COUNSELOR)), acting(client, district.token(OFFICER))
        teacher, nurse = district.token(TEACHER), district.token(NURSE)
        seen = counselor.get(f"/incidents/{incident}").body["seq"]
        seen = counselor.order(incident, "offer-custody", seen, to=TEACHER).body["seq"]
        with running.listening(teacher) as one, running.listening(nurse) as other:
            before = time.monotonic()
            counselor.order(incident, "decline-custody", seen)
            person = {"person": NURSE, "kind": "named"}
            client.post(f"/api/v1/incidents/{incident}/conflicts", json=person, headers=officer.headers)
            codes = [closed(line) for line in (one, other)]
            took = time.monotonic() - before

    assert codes == [1008, 1008]
    assert took < 5.5


def closed(line: ClientConnection) -> int | None:
    """Reads on until the server has closed the line."""
    with contextlib.suppress(ConnectionClosed):
        for _ in range(100):
            line.recv(timeout=10)
    return line.close_code


def test_a_console_that_talks_too_much_is_sent_away(running: Running) -> None:
    """F110"""
    with running.listening(running.district.token(NURSE)) as line:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(60):
                line.send("x")
        assert closed(line) == 1008
    with running.listening(running.district.token(NURSE)) as line:
        with contextlib.suppress(ConnectionClosed):
            line.send("x" * 20_000)
        assert closed(line) == 1009


def test_without_our_socket_class_the_same_is_heard(district: District, incident: str) -> None:
    with TestClient(build_app(district.store, SETTINGS), base_url=SETTINGS.public_url) as client:
        counselor = acting(client, district.token(COUNSELOR))
        seen = counselor.get(f"/incidents/{incident}").body["seq"]
        with client.websocket_connect("/live?after=0", headers=counselor.headers) as line:
            replayed = [json.loads(line.receive_text())["position"] for _ in range(seen)]
            position = counselor.order(incident, "add-note", seen, words="quiet now").body["position"]
            live = json.loads(line.receive_text())

    assert replayed == list(range(1, seen + 1))
    assert live == {"position": position, "incident": incident, "seq": seen + 1}
