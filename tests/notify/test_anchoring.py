"""Once a day the audit chain is anchored: into a folder, and by a real mail server to two people (PR-59)."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from crisis.notify.anchoring import AGAIN, EVERY, TOO_LONG, Anchoring, Outside, outside
from crisis.settings import Settings
from crisis.store import anchor_key, anchors, audit, roster
from crisis.store.engine import Store, open_store
from crisis.store.readiness_tables import ERRAND
from crisis.vocabulary import PersonId, StaffRole
from tests.factories import DISTRICT
from tests.notify.test_smtp import Mailbox, a_mail_server
from tests.watch import Watch
from tests.web.district import OFFICER, a_district

AT = datetime(2026, 10, 6, 14, 0, tzinfo=UTC)
LEAD = PersonId("p-lead")
SECOND = timedelta(seconds=1)


@pytest.fixture
def place(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    with closing(open_store(sqlite_url, key_file)) as store:
        a_district(store)
        with store.write() as tx:
            roster.add_person(tx, DISTRICT, LEAD, ("Given", "Lead"), staff=True)
            roster.give_post(tx, DISTRICT, LEAD, StaffRole.DISTRICT_LEAD, None)
            for person, number in ((LEAD, "+16175550171"), (OFFICER, "+16175550172")):
                roster.add_phone(tx, person, number)
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "outside"
    made.mkdir()
    return made


def into(folder: Path, tmp_path: Path) -> Outside:
    return Outside(folder=folder, mailer=None, people=(), key=tmp_path / "anchor.pem")


def told(store: Store, at: datetime) -> list[str]:
    with store.read() as tx:
        rows = tx.execute(ERRAND.select().where(ERRAND.c.made_at == at, ERRAND.c.subject == "anchor"))
        return sorted(row.person for row in rows)


def test_one_a_day_into_the_folder_by_whichever_worker_is_first_pr_59(
    place: Store, folder: Path, tmp_path: Path
) -> None:
    watch = Watch(began=AT)
    one, other = (Anchoring(place, into(folder, tmp_path), watch) for _ in range(2))

    made = [one.turn(), other.turn()]
    watch.ahead = EVERY - SECOND
    soon = [one.turn(), other.turn()]
    watch.ahead = EVERY
    next_day = [other.turn(), one.turn()]

    assert (made, soon, next_day) == ([True, False], [False, False], [True, False])
    seal, kept = anchor_key.seal(tmp_path / "anchor.pem"), anchors.of_folder(folder)
    with place.read() as tx:
        assert len(kept) == 2
        assert anchors.problems(tx, kept, seal) == []
        assert [each.action for each in audit.of(tx, "audit")] == ["chain anchored"] * 2


def test_two_people_get_it_by_mail_and_it_names_nobody_pr_59(place: Store, folder: Path, tmp_path: Path) -> None:
    box = Mailbox()
    with a_mail_server(box) as port:
        settings = Settings(
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_from="crisis@school.example",
            smtp_tls=False,
            anchor_mail="ana@example.org, ben@example.org",
            anchor_folder=folder,
            anchor_key=tmp_path / "anchor.pem",
        )
        where = outside(settings)
        assert where is not None
        assert Anchoring(place, where, Watch(began=AT)).turn()

    assert [mail["To"] for mail in box.mails] == ["ana@example.org", "ben@example.org"]
    [(_, written)] = anchors.of_folder(folder)
    for mail in box.mails:
        body = mail.get_payload(decode=True).decode().replace("\r\n", "\n")
        assert written in body
        assert not any(name in body for name in ("Quetzal", "Ximena", "Given"))


def test_what_failed_is_tried_each_hour_and_after_two_days_the_officers_are_told_once_a_day(
    place: Store, folder: Path, tmp_path: Path
) -> None:
    watch = Watch(began=AT)
    anchoring = Anchoring(place, into(folder, tmp_path), watch)
    assert anchoring.turn()
    shutil.rmtree(folder)
    word: list[tuple[timedelta, list[str]]] = []

    for hours in range(24, 24 * 5):
        watch.ahead = hours * AGAIN
        assert not anchoring.turn()
        if found := told(place, watch()):
            word.append((watch.ahead, found))
    folder.mkdir()
    watch.ahead += AGAIN
    back = anchoring.turn()
    watch.ahead += EVERY
    shutil.rmtree(folder)
    assert not anchoring.turn()

    assert word == [(TOO_LONG + n * EVERY, [LEAD, OFFICER]) for n in range(3)]
    assert back
    assert told(place, watch()) == []


def test_an_installation_on_which_it_never_worked_says_so_after_two_days(
    place: Store, folder: Path, tmp_path: Path
) -> None:
    watch = Watch(began=AT)
    shutil.rmtree(folder)
    anchoring = Anchoring(place, into(folder, tmp_path), watch)
    for hours in range(int(TOO_LONG / AGAIN)):
        watch.ahead = hours * AGAIN
        anchoring.turn()
        assert told(place, watch()) == []
    watch.ahead = TOO_LONG

    anchoring.turn()

    assert told(place, watch()) == [LEAD, OFFICER]


def test_a_key_that_cannot_be_read_is_no_anchor(place: Store, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "anchor.pem").write_text("not a key")

    assert not Anchoring(place, into(folder, tmp_path), Watch(began=AT)).turn()
    assert anchors.of_folder(folder) == []


@pytest.mark.parametrize("people", ["ana@example.org", "ana@example.org,ana@example.org", "ana, ben"])
def test_one_person_alone_keeps_nothing(people: str) -> None:
    mail = {"smtp_host": "127.0.0.1", "smtp_from": "crisis@school.example", "smtp_tls": False}

    with pytest.raises(ValidationError, match="at least two"):
        Settings(anchor_mail=people, **mail)
    with pytest.raises(ValidationError, match="needs a mail server"):
        Settings(anchor_mail="ana@example.org,ben@example.org")
    assert outside(Settings(anchor_folder="")) is None
