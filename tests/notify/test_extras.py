"""E-mail and push go out beside a page, at once and once, and never in its way."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message

import pytest
from sqlalchemy import text as sql

from crisis import page_events as pev
from crisis.delivery import ExtraChannel, ProviderFault
from crisis.notify.extras import Extras
from crisis.notify.provider_faults import ProviderFaults
from crisis.notify.push_crypto import PushKeys
from crisis.notify.smtp import Mailer, Server
from crisis.store import extra_ways, provider_alarms, roster
from crisis.vocabulary import AttemptOutcome, Channel, IncidentId, Mode, PersonId, StaffRole, Urgency
from tests.factories import DISTRICT
from tests.notify.pushing import Browser, Maker, a_maker, a_push
from tests.notify.test_smtp import FROM, Mailbox, a_mail_server
from tests.notify.village import ANA, BEN, LEVEL, PHONES, PRINCIPAL, Village, wait_until

URL = "https://crisis.school.example"
ACCEPTED = AttemptOutcome.ACCEPTED


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """On one database: `tests/store/test_ways_out.py` has the rows of both."""
    return sqlite_url


@pytest.fixture
def box() -> Iterator[tuple[int, Mailbox]]:
    mailbox = Mailbox()
    with a_mail_server(mailbox) as port:
        yield port, mailbox


@pytest.fixture
def maker(tmp_path_factory: pytest.TempPathFactory, village: Village) -> Iterator[Maker]:
    with a_maker(tmp_path_factory.mktemp("maker")) as (made, certificate):
        push = a_push(made, certificate, PushKeys.new())
        assert village.worker.extras is not None
        village.worker.extras.push = push
        yield made
        push.client.close()


@pytest.fixture
def mails(village: Village, box: tuple[int, Mailbox]) -> Iterator[list[Message]]:
    """What came by e-mail; everybody in the village has an address, and Ben has not shown that his is his."""
    mailer = Mailer(Server(host="127.0.0.1", port=box[0], tls=False), FROM, within=2.0)
    village.worker.extras = Extras(village.store, mailer, None, URL, village.watch)
    with village.store.write() as tx:
        for person in PHONES:
            code = extra_ways.give_email(tx, person, f"{person}@example.org", village.watch())
            if person != BEN:
                assert extra_ways.confirm_email(tx, person, code, village.watch())
    yield box[1].mails
    village.worker.extras.close()


def to(mails: list[Message], person: PersonId) -> list[Message]:
    return [mail for mail in mails if mail["To"] == f"{person}@example.org"]


def beside(village: Village, incident: IncidentId) -> list[tuple[PersonId, ExtraChannel, AttemptOutcome]]:
    events = [stored.event for stored in village.log(incident)]
    return [(each.person, each.channel, each.outcome) for each in events if isinstance(each, pev.PageSentBeside)]


@pytest.mark.parametrize("urgency", list(Urgency))
def test_a_page_goes_out_by_e_mail_at_once_and_once(village: Village, mails: list[Message], urgency: Urgency) -> None:
    incident, _page = village.paged(urgency)
    village.worker.until_quiet()
    wait_until(lambda: len(beside(village, incident)) == 1)
    village.later(timedelta(seconds=61))

    page = to(mails, ANA)
    assert [each["Subject"] for each in page] == ["Crisis page"]
    assert beside(village, incident) == [(ANA, ExtraChannel.EMAIL, ACCEPTED)]
    body = page[0].get_payload()
    assert body.startswith(f"CRISIS page, {['now', 'today', 'soon'][list(Urgency).index(urgency)]}, site LHS.")
    assert URL in body


def test_an_e_mail_says_as_little_as_a_text(village: Village, mails: list[Message]) -> None:
    village.paged()
    village.worker.until_quiet()
    wait_until(lambda: bool(to(mails, ANA)))

    for mail in mails:
        for name in ("Quetzal", "Ximena", "Given", "suicide", "P-Ana"):
            assert name not in mail["Subject"] + mail.get_payload()
        assert not any(digit.isdigit() for digit in mail["Subject"])


def test_an_address_that_nobody_has_shown_to_be_theirs_gets_nothing(village: Village, mails: list[Message]) -> None:
    village.paged(Urgency.U3)
    village.worker.until_quiet()
    village.later(LEVEL)
    wait_until(lambda: bool(to(mails, ANA)))

    assert village.kinds(BEN) == ["text"]
    assert to(mails, BEN) == []


def test_a_notice_goes_out_by_e_mail_too(village: Village, mails: list[Message]) -> None:
    village.opened()
    village.worker.until_quiet()
    wait_until(lambda: bool(to(mails, PRINCIPAL)))

    assert {mail["Subject"] for mail in to(mails, PRINCIPAL)} == {"Crisis notice"}


def test_a_drill_goes_out_by_text_and_voice_alone_i_22(village: Village, mails: list[Message]) -> None:
    village.paged(mode=Mode.DRILL)
    village.worker.until_quiet()

    assert sorted(village.kinds(ANA)) == ["call", "text"]
    assert mails == []


def test_a_mail_server_that_hangs_delays_no_page(village: Village, mails: list[Message]) -> None:
    held, done = threading.Event(), threading.Event()
    extras = village.worker.extras
    assert extras is not None
    assert extras.mailer is not None

    class Hanging(Mailer):
        def send(self, to: str, subject: str, body: str, reference: str) -> AttemptOutcome:
            held.set()
            done.wait(10)
            return AttemptOutcome.REFUSED

    extras.mailer = Hanging(extras.mailer.server, FROM)
    incident, _page = village.paged(Urgency.U1)

    village.worker.until_quiet()

    assert held.wait(5)
    assert sorted(village.kinds(ANA)) == ["call", "text"]
    assert beside(village, incident) == []
    done.set()
    wait_until(lambda: beside(village, incident) != [])
    assert beside(village, incident)[0][2] is AttemptOutcome.REFUSED


def test_an_e_mail_counts_for_nothing_in_the_rules(village: Village, mails: list[Message]) -> None:
    """The text was refused and the e-mail taken: the call comes as if there were no e-mail."""
    village.network.plan.set(PHONES[ANA], "messages", "opted_out", 9)
    incident, page = village.paged(Urgency.U3)
    village.worker.until_quiet()
    wait_until(lambda: beside(village, incident) != [])

    assert village.kinds(ANA) == ["call"]
    village.later(LEVEL)
    assert village.page(incident, page).level == 1


def test_who_has_no_telephone_is_mailed_as_well(village: Village, mails: list[Message]) -> None:
    with village.store.write() as tx:
        tx.execute(sql("DELETE FROM phone WHERE person = 'p-ana'"))
    incident, _page = village.paged(Urgency.U1)
    village.worker.until_quiet()

    wait_until(lambda: beside(village, incident) == [(ANA, ExtraChannel.EMAIL, ACCEPTED)])


def test_a_browser_shows_the_page_and_one_that_is_gone_is_forgotten(
    village: Village, mails: list[Message], maker: Maker
) -> None:
    browser = Browser()
    with village.store.write() as tx:
        extra_ways.subscribe(tx, browser.subscription(f"{maker.url}/push/a", ANA, "sub-1", "es"))
    incident, _page = village.paged(Urgency.U1)
    village.worker.until_quiet()
    wait_until(lambda: (ANA, ExtraChannel.PUSH, ACCEPTED) in beside(village, incident))
    shown = browser.read(maker.received[-1].body)
    maker.answer = 410
    village.watch.ahead += timedelta(minutes=1)
    second, _page = village.paged(Urgency.U1)
    village.worker.until_quiet()
    wait_until(lambda: (ANA, ExtraChannel.PUSH, AttemptOutcome.REFUSED) in beside(village, second))

    assert shown == {"title": "Crisis", "body": "Aviso de crisis, abra la consola"}
    with village.store.read() as tx:
        assert extra_ways.subscriptions(tx, [ANA]) == {}


def test_the_technician_is_mailed_about_a_provider(village: Village, mails: list[Message]) -> None:
    technician = PersonId("p-technician")
    with village.store.write() as tx:
        roster.add_person(tx, DISTRICT, technician, ("Given", "Technician"), staff=True)
        roster.give_post(tx, DISTRICT, technician, StaffRole.OPERATOR, None)
        code = extra_ways.give_email(tx, technician, f"{technician}@example.org", village.watch())
        extra_ways.confirm_email(tx, technician, code, village.watch())
        provider_alarms.seen(tx, "twilio", Channel.TEXT, ProviderFault.CONFIGURATION, village.watch())

    ProviderFaults(village.store, village.worker.lines, village.watch, village.worker.extras).turn()
    wait_until(lambda: bool(to(mails, technician)))

    assert to(mails, technician)[0]["Subject"] == "Crisis technical notice"
