"""The commands as an operator types them, on a fresh installation in a folder of its own."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import text
from starlette.testclient import TestClient

from crisis import cli, clock
from crisis.notify.handsets_main import config_of
from crisis.store import accounts, backup, roster
from crisis.store.engine import Store, open_store
from crisis.store.passwords import standard
from crisis.store.sqlite import driver
from crisis.vocabulary import DistrictId, PersonId
from tests.store.archives import an_export
from tests.web.district import COUNSELOR, OFFICER, SETTINGS, a_district, acting
from web.app import build_app
from web.serve import a_wish_to_end

CANARY = "she keeps a rope behind the gym"

FOR_A_COURT = (
    *("--officer", OFFICER, "--basis", "court_order", "--purpose", "court", "--to", "court"),
    *("--detail", "affiliation=Family court", "--detail", "counsel=A lawyer", "--detail", "document=5f1c"),
)

Crisis = Callable[..., str]


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRISIS_DATABASE_URL", f"sqlite:///{tmp_path}/var/crisis.db")
    monkeypatch.setenv("CRISIS_KEY_FILE", str(tmp_path / "var" / "keys.json"))
    monkeypatch.setattr(cli, "out", Console(width=200))
    monkeypatch.setattr(cli, "err", Console(width=200, stderr=True))
    return tmp_path


@pytest.fixture
def crisis(installation: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Crisis:
    """Runs one command; gives what it printed, and fails where it fails unless `fails` says so."""

    def run(*words: str, fails: bool = False) -> str:
        monkeypatch.setattr(sys, "argv", ["crisis", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        assert bool(end.value.code) is fails, printed
        return printed.out + printed.err

    return run


def installed(folder: Path) -> closing[Store]:
    return closing(open_store(f"sqlite:///{folder}/var/crisis.db", folder / "var" / "keys.json"))


@pytest.fixture
def incident(crisis: Crisis, installation: Path) -> str:
    """One in the district of the web tests; its id."""
    crisis("init")
    with installed(installation) as store:
        district = a_district(store)
        with TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as client:
            counselor = acting(client, district.token(COUNSELOR))
            opened, seen = counselor.opened()
            counselor.order(opened, "add-note", seen, words=CANARY)
    return opened


def test_init_makes_keys_that_only_the_owner_reads_and_puts_protocols_in_force(
    crisis: Crisis, installation: Path
) -> None:
    said = crisis("init", "--jurisdiction", "US-MA")
    again = crisis("init")

    keys = installation / "var" / "keys.json"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert "In force: suicide_risk" in said
    assert "Made the key file" in said
    assert "Made the key file" not in again


def test_init_makes_nobody_who_could_sign_in(crisis: Crisis, installation: Path) -> None:
    """No account, no person and no token of a program is there from the beginning (ASVS 6.3.2)."""
    crisis("init")

    with installed(installation) as store, store.read() as tx:
        ways_in = ("person", "account", "token", "passkey", "identity", "emergency_account", "provider_sign_in")
        assert {
            each: tx.execute(text(f"SELECT count(*) FROM {each}")).scalar_one() for each in ways_in
        } == dict.fromkeys(ways_in, 0)


def test_before_init_every_command_says_what_to_do(crisis: Crisis) -> None:
    said = crisis("audit", "verify", fails=True)

    assert "`crisis init` makes one" in said


def test_a_roster_is_shown_with_its_faults_and_then_imported_whole(crisis: Crisis, installation: Path) -> None:
    crisis("init")
    crisis("roster", "district", "d", "A district")
    file = installation / "export.zip"
    file.write_bytes(an_export())

    said = crisis("roster", "import", str(file), "--district", "d", "--yes")
    staff = crisis("roster", "staff", "d")

    assert "What this export changes" in said
    assert "Imported." in said
    assert "counselor" in staff


def test_an_export_with_a_fault_that_stops_changes_nothing(crisis: Crisis, installation: Path) -> None:
    crisis("init")
    crisis("roster", "district", "d", "A district")
    file = installation / "export.zip"
    file.write_bytes(an_export(without=["users.csv"]))

    said = crisis("roster", "import", str(file), "--district", "d", "--yes", fails=True)

    assert "stops" in said
    assert "faults that must be put right first" in said
    assert "counselor" not in crisis("roster", "staff", "d")


def test_an_import_asks_first(crisis: Crisis, installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crisis("init")
    crisis("roster", "district", "d", "A district")
    file = installation / "export.zip"
    file.write_bytes(an_export())
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))

    said = crisis("roster", "import", str(file), "--district", "d", fails=True)

    assert "Import this?" in said
    assert "counselor" not in crisis("roster", "staff", "d")


def test_an_account_made_here_signs_in(crisis: Crisis, installation: Path, incident: str) -> None:
    words = crisis("account", "create", COUNSELOR, "maya.counselor").splitlines()[0]

    with installed(installation) as store:
        token = accounts.sign_in(store, "maya.counselor", words, clock.now(), hashing=standard())

    assert token is not None


def test_a_token_made_here_opens_the_api(crisis: Crisis, installation: Path, incident: str) -> None:
    token = crisis("token", "create", COUNSELOR, "--label", "board in the office").strip()

    with (
        installed(installation) as store,
        TestClient(build_app(store, SETTINGS), base_url=SETTINGS.public_url) as client,
    ):
        assert acting(client, token).get("/me").body["person"] == COUNSELOR


def test_whoever_works_for_the_whole_district_is_listed_with_an_id_before_they_have_a_post(
    crisis: Crisis, installation: Path
) -> None:
    crisis("init")
    crisis("roster", "district", "d", "A district")
    with installed(installation) as store, store.write() as tx:
        roster.add_person(tx, DistrictId("d"), PersonId("p" * 26), ("Dee", "Park"), staff=True)

    said = crisis("roster", "staff", "d")
    crisis("roster", "post", "p" * 26, "district_lead")

    assert [line.split()[1] for line in said.splitlines() if "none yet" in line] == ["p" * 26]
    assert "none yet" not in crisis("roster", "staff", "d")


def test_a_clinician_who_is_in_no_export_is_added_with_a_number_that_can_be_called(
    crisis: Crisis, installation: Path
) -> None:
    crisis("init")
    crisis("roster", "district", "d", "A district")
    whom = ("d", "Noor", "Abdi", "clinician", "--phone")

    refused = crisis("roster", "person", *whom, "12", fails=True)
    person = crisis("roster", "person", *whom, "617-555-0131").strip()
    unknown = crisis("roster", "person", "elsewhere", *whom[1:], "617-555-0131", fails=True)

    assert "no number that can be called" in " ".join(refused.split())
    assert "no such thing" in unknown
    lines = [line for line in crisis("roster", "staff", "d").splitlines() if "Noor Abdi" in line]
    assert [person in line and "clinician" in line for line in lines] == [True]
    assert "Whole." in crisis("audit", "verify")


def test_a_district_post_is_given_by_hand_and_is_on_record(crisis: Crisis, incident: str) -> None:
    crisis("roster", "post", COUNSELOR, "district_lead")

    assert "district_lead" in crisis("roster", "staff", "d-1")
    assert "Whole." in crisis("audit", "verify")


def test_incidents_are_listed_and_told_without_words(crisis: Crisis, installation: Path, incident: str) -> None:
    listed, told = crisis("incident", "list", "d-1"), crisis("incident", "show", incident)

    assert incident in listed
    assert "IncidentOpened" in told
    assert "NoteAdded" in told
    assert CANARY not in listed + told
    assert last_action(installation) == ("incident shown by the operator", incident)


def test_who_looked_at_an_incident_is_told_and_that_somebody_asked(
    crisis: Crisis, installation: Path, incident: str
) -> None:
    crisis("incident", "show", incident)

    told = crisis("audit", "of", incident)

    assert "incident shown by the operator" in told
    assert CANARY not in told
    assert last_action(installation) == ("audit read by the operator", incident)
    assert "0 rows" in crisis("audit", "of", "nobody")


def test_an_export_has_the_words_is_private_and_on_record(crisis: Crisis, installation: Path, incident: str) -> None:
    target = installation / "export.json"

    crisis("incident", "export", incident, str(target), *FOR_A_COURT)
    again = crisis("incident", "export", incident, str(target), *FOR_A_COURT, fails=True)

    content = json.loads(target.read_text())
    assert CANARY in content["words"].values()
    assert [event["seq"] for event in content["events"]] == list(range(1, content["incident"]["seq"] + 1))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert last_action(installation) == ("incident exported", incident)
    assert "not written over" in again
    assert "forbids you to pass it on" in content["notice"]


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("counsel=A lawyer", "after counsel has seen the order (PR-36)"),
        ("affiliation=Family court", "Name who gets it (PR-23)"),
    ],
)
def test_no_export_without_what_the_law_asks_and_the_request_is_in_the_ledger_pr_31(
    crisis: Crisis, installation: Path, incident: str, left_out: str, told: str
) -> None:
    target, place = installation / "export.json", FOR_A_COURT.index(left_out)

    said = crisis(
        "incident", "export", incident, str(target), *FOR_A_COURT[: place - 1], *FOR_A_COURT[place + 1 :], fails=True
    )

    assert told in said
    assert not target.exists()
    assert last_action(installation)[0] == "disclosure refused"
    assert "Whole." in crisis("audit", "verify")


def test_an_operator_alone_exports_nothing(crisis: Crisis, installation: Path, incident: str) -> None:
    target, asked = installation / "export.json", ["p-counselor" if each == OFFICER else each for each in FOR_A_COURT]

    assert "Only the privacy officer" in crisis("incident", "export", incident, str(target), *asked, fails=True)
    assert not target.exists()


def last_action(folder: Path) -> tuple[str, str]:
    with installed(folder) as store, store.read() as tx:
        row = tx.execute(text("SELECT action, subject FROM audit ORDER BY number DESC LIMIT 1")).one()
    return row[0], row[1]


def test_an_unknown_incident_is_not_there(crisis: Crisis, incident: str) -> None:
    assert "no such thing" in crisis("incident", "show", "nothing", fails=True)


def test_a_backup_is_proved_and_restores(crisis: Crisis, installation: Path, incident: str) -> None:
    target = installation / "crisis.backup"
    made = crisis("backup", str(target))
    crisis("roster", "post", COUNSELOR, "district_lead")

    with installed(installation) as store, store.read() as tx:
        noted = backup.last_sign(store, tx)
    crisis("restore", str(target), "--yes")

    assert "SHA-256" in made
    assert noted is not None
    assert clock.now() - noted < timedelta(minutes=5)
    assert "district_lead" not in crisis("roster", "staff", "d-1")
    assert "Whole." in crisis("audit", "verify")


def test_an_edited_chain_is_found(crisis: Crisis, installation: Path, incident: str) -> None:
    """F134"""
    with closing(driver.connect(installation / "var" / "crisis.db")) as raw:
        triggers = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute("UPDATE audit SET actor = 'p-nurse' WHERE number = 3")
        raw.commit()

    said = crisis("audit", "verify", fails=True)

    assert "The chain breaks at row 3" in said


def test_protocols_are_listed_drawn_explained_and_proved(crisis: Crisis) -> None:
    listed, drawn = crisis("protocol", "list"), crisis("protocol", "diagram", "missing_student")
    told = crisis("protocol", "explain", "suicide_risk", "--language", "es")

    assert "suicide_risk" in listed
    assert "US-MA" in listed
    assert drawn.startswith("flowchart") or "flowchart" in drawn
    assert "EN PELIGRO" in told


def test_a_broken_protocol_file_is_told_by_line(crisis: Crisis, installation: Path) -> None:
    file = installation / "broken.yaml"
    file.write_text("id: broken\nversion: one\n")

    said = crisis("protocol", "check", str(file), fails=True)

    assert "broken.yaml" in said


@pytest.mark.slow
def test_a_served_installation_answers_is_watched_and_ends_when_asked(
    crisis: Crisis, installation: Path, incident: str
) -> None:
    token = crisis("token", "create", COUNSELOR, "--label", "a test").strip()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-c", "from crisis.start import main; main()", "serve", "--port", str(port)]
    with subprocess.Popen(
        command,
        env=os.environ | {"CRISIS_PUBLIC_URL": url},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        try:
            wait_for(f"{url}/health")
            board = crisis("watch", "--url", url, "--token", token, "--once")
            stranger = crisis("watch", "--url", url, "--token", "made-up", "--once", fails=True)
            second = crisis("incident", "show", incident, fails=True)
        finally:
            asked = time.monotonic()
            server.send_signal(signal.SIGTERM)
            printed, _ = server.communicate(timeout=30)

    assert "1 open" in board
    assert incident[-6:].upper() in board
    assert "does not take this token" in stranger
    assert "Another Crisis process" in second
    assert time.monotonic() - asked < 10
    assert server.returncode == 0  # worker and database were closed in order
    assert "Traceback" not in printed


@pytest.mark.slow
def test_a_worker_of_its_own_ends_when_asked(crisis: Crisis, incident: str) -> None:
    command = [sys.executable, "-c", "from crisis.start import main; main()", "worker"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as worker:
        try:
            assert worker.stdout is not None
            while "The worker runs" not in worker.stdout.readline():
                assert worker.poll() is None
            worker.send_signal(signal.SIGTERM)
            printed, _ = worker.communicate(timeout=30)
        finally:
            worker.kill()

    assert worker.returncode == 0
    assert "Traceback" not in printed


def test_a_wish_to_end_is_not_lost_in_what_it_interrupts() -> None:
    class Asks:
        def __del__(self) -> None:
            signal.raise_signal(signal.SIGTERM)  # an exception out of here would only be printed

    with a_wish_to_end() as wishes:
        Asks()

        assert wishes.wait(5) == signal.SIGTERM


def test_the_stand_in_says_with_which_key_it_signs_as_the_second_provider(crisis: Crisis) -> None:
    printed = crisis("handsets", "--key-of", "KEY-of-the-stand-in").strip()

    settings = SETTINGS.model_copy(
        update={"second_account": "a", "second_secret": SecretStr("KEY-of-the-stand-in"), "second_from": "+16175550192"}
    )
    stood_in_for = config_of(settings, Path("unused")).accounts
    assert [account.public_key for account in stood_in_for] == [printed]


def wait_for(url: str) -> None:
    for _ in range(300):
        try:
            if httpx2.get(url).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_an_end_that_was_cut_off_is_found_by_what_was_anchored_outside_pr_59(
    crisis: Crisis, installation: Path, incident: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The chain's end is made to fit by somebody who owns the database: alone it sees nothing."""
    folder = installation / "outside"
    folder.mkdir()
    unset = crisis("audit", "anchor", fails=True)
    monkeypatch.setenv("CRISIS_ANCHOR_FOLDER", str(folder))
    monkeypatch.setenv("CRISIS_ANCHOR_KEY", str(installation / "var" / "anchor.pem"))
    nothing = crisis("audit", "verify", "--anchors", str(folder), fails=True)
    crisis("audit", "of", incident)
    made = crisis("audit", "anchor")
    whole = crisis("audit", "verify", "--anchors", str(folder))

    with closing(driver.connect(installation / "var" / "crisis.db")) as raw:
        raw.execute("DROP TRIGGER audit_no_delete")
        raw.execute("DELETE FROM audit WHERE number >= (SELECT max(number) - 1 FROM audit)")
        raw.execute(
            "UPDATE head SET audit_number = (SELECT max(number) FROM audit),"
            " audit_digest = (SELECT digest FROM audit ORDER BY number DESC LIMIT 1)"
        )
        raw.commit()
    alone = crisis("audit", "verify")
    found = crisis("audit", "verify", "--anchors", str(folder), fails=True)

    assert "anchor_folder" in unset
    assert "no anchor" in nothing
    assert "Fingerprint" in made
    assert "1 anchors fit" in whole
    assert "Whole." in alone
    assert "its end was cut off" in found
