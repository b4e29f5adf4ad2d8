"""E-mail to guardians by a real mail server: what leaves, what does not, and what is said of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crisis import family_commands as fcmd
from crisis.disclosure_words import DisclosurePurpose, DisclosureWay, RecipientKind
from crisis.errors import Refused
from crisis.message_words import GuardianTextId, MessageWay, SendState
from crisis.notify import returned_mail
from crisis.notify.extras import Extras
from crisis.notify.family_texts import MAIL_AT_WORK
from crisis.notify.smtp import Mailer, Server
from crisis.store import contact_record, family_mail, incidents, texting
from crisis.store.contact_record import Wish
from crisis.store.engine import Store
from crisis.store.texting import Offer
from crisis.submit import submit
from crisis.vocabulary import LegalBasis, PersonId
from tests.factories import STUDENT, SYSTEM
from tests.notify.family import FATHER, MOTHER, STEP, Home, a_home
from tests.notify.test_smtp import FROM, Mailbox, a_mail_server
from tests.notify.village import COUNSELOR, PUBLIC, wait_until

HERS, HIS = "madre.garcia@example.org", "father@example.org"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: what gives it is what gives a text, and the rows of both are in `tests/store`."""
    return sqlite_url


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, Mailbox]]:
    box = Mailbox()
    with a_mail_server(box) as port:
        yield port, box


@pytest.fixture
def box(server: tuple[int, Mailbox]) -> Mailbox:
    server[1].mails.clear()
    return server[1]


@pytest.fixture
def home(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: tuple[int, Mailbox], box: Mailbox
) -> Home:
    made = a_home(store, tmp_path, monkeypatch)
    mailer = Mailer(Server(host="127.0.0.1", port=server[0], tls=False), FROM, within=2.0)
    made.village.worker.extras = Extras(store, mailer, None, PUBLIC, made.village.watch)
    for person, address in ((MOTHER, HERS), (FATHER, HIS)):
        gives(made, person, address)
    return made


def gives(home: Home, person: PersonId, address: str | None, **wishes: bool) -> None:
    with home.store.write() as tx:
        wish = Wish(household=person, email=address, **wishes)
        contact_record.set_wish(tx, STUDENT, person, wish, by=COUNSELOR, at=home.at)


def offer(home: Home, person: PersonId = MOTHER, message: str = "f1") -> Offer:
    with home.store.read() as tx:
        ground = texting.ground(tx, incidents.load(tx, home.incident), COUNSELOR, home.at)
        (address,) = family_mail.of_student(tx, STUDENT, person)
        return ground.offer(person, address, message, home.at)


def order(home: Home, person: PersonId = MOTHER, message: str = "f1") -> fcmd.TextGuardian:
    found = offer(home, person, message)
    return fcmd.TextGuardian(
        by=home.village.actor(COUNSELOR),
        step=STEP,
        person=person,
        phone=found.phone,
        message=message,
        language=found.written.tag or "en",
        rung=found.written.rung,
        shown=found.written.shown,
        way=MessageWay.EMAIL,
    )


def ordered(home: Home, person: PersonId = MOTHER, message: str = "f1") -> GuardianTextId:
    return list(home.village.gives(home.incident, order(home, person, message)).texts)[-1]


def comes(home: Home, *states: SendState) -> None:
    home.work()
    wait_until(lambda: home.text().state in states)


def against(home: Home, person: PersonId = MOTHER) -> dict[str, str]:
    return {each.rule: each.text for each in offer(home, person).against}


def test_a_guardian_gets_the_words_that_were_read_once_with_one_row_and_nobody_is_informed_pr_8_pr_23_pr_72(
    home: Home, box: Mailbox
) -> None:
    read = offer(home)
    ordered(home)
    comes(home, SendState.TAKEN)
    home.work()

    (mail,) = box.mails
    assert (mail["To"], mail["Subject"]) == (HERS, "Larkfield High School")
    assert str(mail.get_payload(decode=True), "utf-8").strip() == read.written.body
    assert read.written.body.startswith("Somos Larkfield High School. Por favor, llame ahora")
    assert not any(each in str(mail) for each in (STUDENT, "Given", "P-Mother"))
    (row,) = home.ledger()
    assert (row.persons, row.basis, row.way) == ((MOTHER,), LegalBasis.NO_PII, DisclosureWay.MESSAGE)
    assert (row.purpose, row.fields, row.released_by) == (DisclosurePurpose.KEEP_SAFE, ("call_back",), COUNSELOR)
    assert row.kinds == (RecipientKind.PARENT,)
    state = home.state()
    assert (state.guardian_reached_at, state.contact_attempts, STEP in state.steps) == (None, (), False)
    assert home.events() == ["GuardianTextOrdered", "GuardianTextGiven", "GuardianTextMoved"]
    assert (HERS in str(home.village.log(home.incident)), home.got()) == (False, [])


def test_a_restriction_that_comes_before_it_leaves_stops_it_pr_1_pr_5(home: Home, box: Mailbox) -> None:
    ordered(home)
    home.bars()
    comes(home, SendState.STOPPED)

    assert (home.text().rules, box.mails, home.ledger()) == (frozenset({"PR-1"}), [], [])
    with pytest.raises(Refused) as found:
        home.village.gives(home.incident, order(home))
    assert "PR-1" in {each.rule for each in found.value.reasons}
    assert COUNSELOR in home.told("call_family")


def test_one_that_had_left_already_is_told_to_the_lead_pr_5(home: Home) -> None:
    ordered(home)
    comes(home, SendState.TAKEN)
    home.bars()
    home.work()

    assert (home.text().outrun, home.text().way) == (True, MessageWay.EMAIL)
    assert "incident_lead" in home.told("text_outrun")


def test_an_address_that_is_shared_with_whoever_is_barred_is_for_a_person_and_theirs_stays_barred_pr_1_pr_2(
    home: Home,
) -> None:
    """Also where only one of them has it any more, and where somebody else shares it who is not barred."""
    gives(home, MOTHER, HIS.upper())
    shared = against(home)
    home.bars(FATHER)
    barred = against(home)
    gives(home, FATHER, None)

    assert ("PR-21" in shared, "PR-21" in barred) == (True, True)
    assert "shared with somebody who must not be contacted" in against(home)["PR-2"]


def test_what_a_family_asked_for_is_kept_and_each_reason_says_to_call_pr_15_pr_21_pr_72(home: Home) -> None:
    gives(home, MOTHER, HERS, voice_only=True)
    voice = against(home)
    gives(home, MOTHER, HERS, safe_to_leave_message=False)
    overheard = against(home)

    assert "call them" in voice["PR-72"]
    assert "call again" in overheard["PR-21"]


def test_who_wants_no_more_e_mail_gets_none_in_any_incident_though_the_record_is_kept_anew_pr_15(home: Home) -> None:
    text = ordered(home)
    comes(home, SendState.TAKEN)
    home.village.gives(home.incident, fcmd.EndTexts(by=home.village.actor(COUNSELOR), text=text))
    gives(home, MOTHER, HERS)

    assert "no more e-mail" in against(home)["PR-15"]
    assert home.offer(MOTHER).against == ()  # a text is another way
    gives(home, MOTHER, "another@example.org")
    assert against(home) == {}


def test_a_wrong_address_gets_one_apology_and_nothing_more_pr_2(home: Home, box: Mailbox) -> None:
    text = ordered(home)
    comes(home, SendState.TAKEN)
    home.village.gives(home.incident, fcmd.MarkWrongNumber(by=home.village.actor(COUNSELOR), text=text))

    assert "PR-2" in against(home)
    ordered(home, message="f14")
    home.work()
    wait_until(lambda: len(box.mails) == 2)


def test_what_the_server_refuses_says_call_them_now(home: Home, box: Mailbox) -> None:
    gives(home, MOTHER, "nobody@example.org")
    ordered(home)
    comes(home, SendState.FAILED)

    assert (box.mails, len(home.ledger())) == ([], 1)  # the row says that it was given to be sent
    assert COUNSELOR in home.told("call_family")


def test_where_no_e_mail_is_set_up_nothing_leaves_and_it_says_call(home: Home) -> None:
    home.village.worker.extras = None
    ordered(home)
    comes(home, SendState.STOPPED)

    assert (home.text().rules, home.ledger()) == (frozenset({"PR-23"}), [])


def test_a_crash_after_it_was_given_sends_no_second_one_and_says_so_pr_23(home: Home, box: Mailbox) -> None:
    text = ordered(home)
    submit(home.store, home.incident, fcmd.GiveText(by=SYSTEM, text=text), at=home.at)
    home.work()
    assert home.text().state is SendState.GIVEN  # whoever gave it may still be at it
    home.village.later(MAIL_AT_WORK + timedelta(seconds=6))
    comes(home, SendState.UNKNOWN)

    assert (box.mails, COUNSELOR in home.told("call_family")) == ([], True)


def test_nothing_is_sent_that_was_not_read_and_no_address_that_is_not_on_record_pr_71(home: Home) -> None:
    read = order(home)
    for changed, rule in (
        (replace(read, shown="f" * 32), "PR-71"),
        (replace(read, way=MessageWay.TEXT), "PR-71"),
        (replace(read, person=FATHER), "PR-2"),
        (replace(read, message="f16"), "PR-71"),
    ):
        with pytest.raises(Refused) as found:
            home.village.gives(home.incident, changed)
        assert rule in {each.rule for each in found.value.reasons}


BOUNCE = """From: MAILER-DAEMON@mx.example.org
To: crisis@school.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not work.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; somebody@example.org
Action: {action}
Status: 5.1.1

--b
Content-Type: text/rfc822-headers

Message-ID: <{reference}@school.example>
Subject: Larkfield High School

--b--
"""


def test_one_that_comes_back_later_is_as_loud_and_a_late_one_or_a_strangers_says_nothing(home: Home) -> None:
    text = ordered(home)
    comes(home, SendState.TAKEN)

    def bounced(reference: str, action: str = "failed") -> bool:
        raw = BOUNCE.format(reference=reference, action=action).encode()
        return returned_mail.take(home.store, raw, home.at)

    assert [bounced(text, "delayed"), bounced("i-1-t9"), bounced("../../etc")] == [False] * 3
    assert returned_mail.take(home.store, b"\xff\x00 no mail at all", home.at) is False
    assert home.text().state is SendState.TAKEN
    assert bounced(text)

    assert (home.text().state, home.text().code) == (SendState.FAILED, "5.1.1")
    assert COUNSELOR in home.told("call_family")
    assert bounced(text)  # again it says nothing new
    assert home.events().count("GuardianTextMoved") == 2
