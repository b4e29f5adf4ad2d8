"""Nothing that was written about a student, a family or a school goes out to a telephone (F25, F26, F47).

Words that nobody would think of are put wherever the system takes words, a whole incident is played with real clients
and the telephones' real routes, and everything that left is read.
"""

import random
import re
from collections.abc import Iterator
from datetime import time, timedelta
from itertools import count
from pathlib import Path
from string import ascii_letters, ascii_lowercase, digits
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crisis import commands as cmd
from crisis import page_commands as pcmd
from crisis.notify.calls import here_call, page_call, said_once
from crisis.notify.speech import Saying, said, said_back
from crisis.notify.wording import Filling, PageCode, SiteCode, Subject, text
from crisis.store import people, roster
from crisis.store.engine import Store, open_store
from crisis.submit import open_incident, submit
from crisis.vocabulary import Mode, Role, SchoolId, StaffRole, StudentId, Urgency, WordsId
from tests.factories import DISTRICT, SCHOOL, opening
from tests.notify.village import (
    ANA,
    BEN,
    COUNSELOR,
    LEVEL,
    PHONES,
    PRINCIPAL,
    Village,
)
from tests.notify.wired import a_wired_village

ONE_EACH = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà") | set(ascii_letters + digits)
TWO_EACH = set("\f^{}\\[~]|€")
SEGMENT = 160  # septets
LANGUAGES = ("en", "es", "es-MX", "ht", "")
HOSTILE = (
    "{{7*7}}",
    "<Say>hello</Say>",
    "';DROP TABLE page;--",
    "\u202egnirts",
    "👩‍👩‍👧",
    "=cmd|' /C calc'!A0",
    "%(site)s {code}",
)
numbers = count(1)

fillings = st.builds(
    Filling,
    mode=st.sampled_from(Mode),
    site=st.from_regex(r"[A-Z0-9]{2,6}", fullmatch=True).map(SiteCode),
    code=st.integers(10, 999).map(lambda number: PageCode(str(number))),
    urgency=st.sampled_from(Urgency),
    minutes=st.integers(0, 999),
)


def a_secret(dice: random.Random) -> str:
    """A word that no catalog has, alone or in the middle of something hostile."""
    word = "Zq" + "".join(dice.choices("xkj", k=2) + dice.choices(ascii_lowercase, k=6) + dice.choices("àéñü", k=2))
    around = dice.choice(("", *HOSTILE))
    return around.replace("7", word) if "7" in around else f"{around} {word}"


def septets(written: str) -> int:
    """How long a text is on its way; what the alphabet does not have makes it another, much shorter one."""
    assert set(written) <= ONE_EACH | TWO_EACH
    return len(written) + sum(letter in TWO_EACH for letter in written)


@given(st.sampled_from(Subject), fillings, st.sampled_from(LANGUAGES))
def test_each_text_is_one_segment_and_a_drill_says_so_first_f25_f77(
    subject: Subject, filling: Filling, language: str
) -> None:
    written = text(subject, filling, language)

    assert septets(written) <= SEGMENT
    assert written.startswith(("DRILL. ", "SIMULACRO. ")) == (filling.mode is Mode.DRILL)


@given(st.sampled_from(Subject), fillings, st.sampled_from(("en", "es")))
def test_each_call_is_well_formed_and_a_drill_says_so_first_f77(
    subject: Subject, filling: Filling, language: str
) -> None:
    first = {"en": "DRILL. ", "es": "SIMULACRO. "}[language]
    sentences = [said(saying, language, filling) for saying in Saying]
    sentences.append(said_back(subject, language, filling.mode))
    keys = 'https://crisis.example/x?a=1&b="2"'
    calls = [called(filling, keys, language) for called in (page_call, here_call)]
    calls.append(said_once(sentences[-1:], [language]))

    spoken = [each.text or "" for call in calls for each in ElementTree.fromstring(call).iter("Say")]

    assert set(spoken) <= set(sentences)
    assert {each.startswith(first) for each in sentences} == {filling.mode is Mode.DRILL}


@pytest.fixture
def store(sqlite_url: str, key_file: Path) -> Iterator[Store]:
    opened = open_store(sqlite_url, key_file)
    yield opened
    opened.close()


@pytest.fixture
def town(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Village, list[str]]:
    return a_wired_village(store, tmp_path, monkeypatch)


def a_school(town: Village, secret: str) -> tuple[SchoolId, StudentId]:
    """Everybody in it is called what nobody may hear; the counselor and the principal belong to it."""
    number = next(numbers)
    school, student = SchoolId(f"s-{number}"), StudentId(f"st-{number}")
    with town.store.write() as tx:
        known = people.school(tx, SCHOOL)
        roster.add_school(tx, DISTRICT, school, secret, zone=known.zone, opens=time(8), closes=time(15))
        for person, post in ((COUNSELOR, StaffRole.COUNSELOR), (PRINCIPAL, StaffRole.PRINCIPAL)):
            roster.give_post(tx, DISTRICT, person, post, school)
        roster.add_student(tx, (DISTRICT, school), student, (secret, secret), goes_by=secret)
    return school, student


def speaks(town: Village, language: str) -> None:
    with town.store.write() as tx:
        tx.exec_driver_sql(f"UPDATE person SET language = '{language}' WHERE staff")


def plays(town: Village, secret: str, mode: Mode, urgency: Urgency) -> None:
    """Lost, found and paged for, with every word that somebody can write on the way."""
    words = {WordsId(f"w-{next(numbers)}"): secret}
    (written,) = words
    school, student = a_school(town, secret)
    by = town.actor(COUNSELOR)
    order = opening(
        by=by,
        protocol_hash=town.protocol_hash,
        mode=mode,
        school=school,
        place=written,
        student=student if mode is Mode.LIVE else None,
    )
    incident = open_incident(town.store, order, at=town.watch(), words=words).incident.id

    def gives(command: cmd.Command) -> None:
        submit(town.store, incident, command, at=town.watch(), words={WordsId(f"w-{next(numbers)}"): secret})
        town.worker.until_quiet()
        town.network.timeline.advance(0)

    gives(cmd.AddNote(by=by, words=written))
    gives(cmd.OfferCustody(by=by, to=PRINCIPAL))
    gives(cmd.ReportCustodyLost(by=by, last_seen=written))
    gives(pcmd.RequestPage(by=by, role=Role.ONCALL_CLINICIAN, urgency=urgency))
    for body in (secret, f"{town.code(ANA)} {secret}", f"{town.code(ANA)}D", ""):
        town.network.reply(PHONES[ANA], body)
    call = next((each for each in reversed(town.on(ANA)) if each.kind == "call"), None)
    if call is not None:
        town.network.press(PHONES[ANA], call.sid, "9")
    town.network.ring(PHONES[ANA], town.network.accounts[0].number)
    town.later(LEVEL)
    town.later(timedelta(seconds=70))
    town.network.reply(PHONES[BEN], f"{town.code(BEN)}A 5")
    town.later(timedelta(minutes=30))
    gives(cmd.ReportStudentFound(by=by))


@pytest.mark.parametrize("seed", range(4))
def test_no_word_about_anybody_leaves_for_a_telephone_f26_f47(town: tuple[Village, list[str]], seed: int) -> None:
    dice = random.Random(seed)
    secret, mode = a_secret(dice), (Mode.LIVE, Mode.DRILL)[seed % 2]
    village, bodies = town
    ledger = village.network.ledger.entries
    speaks(village, dice.choice(LANGUAGES))

    plays(village, secret, mode, dice.choice((Urgency.U1, Urgency.U2)))

    (word,) = set(re.findall(r"Zq[xkj]{2}[a-z]{6}", secret))
    typed = [each for each in ledger if each.kind in ("reply", "key")]
    sent = [each.body for each in ledger if each not in typed]
    assert len(sent) > 6
    assert not [body for body in sent if word.lower() in body.lower()]
    echoes = [body for body in bodies if word.lower() in body.lower()]
    assert all(
        any(each.body and each.body in body for each in typed) for body in echoes
    )  # what a person typed, coming in
    texts = [each.body for each in ledger if each.kind == "text"]
    assert texts
    assert all(septets(body) <= SEGMENT for body in texts)
    drill = [body.startswith(("DRILL. ", "SIMULACRO. ")) for body in sent if "988" not in body]
    assert all(each == (mode is Mode.DRILL) for each in drill)
