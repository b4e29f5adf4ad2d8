"""A new user's first five minutes: from the demo to a raised, paged, accepted, assessed incident, without a manual.

What is pressed is found by the words on the page alone, each page by a link or button of the one before; the addresses
and sign-ins are those that the demo prints. Run once beside other work it took 11 seconds.
`docs/first-five-minutes.md` tells the same in words.
"""

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import NEEDS_CHROMIUM
from tests.journeys.town import free_port
from tests.notify.village import wait_until
from tests.test_demo import STARTS_DEMO, answers

pytestmark = [*NEEDS_CHROMIUM, pytest.mark.slow, pytest.mark.full]

FIVE_MINUTES = 300.0  # seconds


@contextmanager
def a_demo(folder: Path) -> Iterator[tuple[str, str]]:
    """The addresses that it prints: of the console, and of the page of all telephones."""
    said = folder / "said"
    with said.open("w") as out:
        starts = STARTS_DEMO.replace("port=0", f"port={free_port()}")  # the telephones are one further
        command = [sys.executable, "-c", starts, str(folder / "data")]
        demo = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: "Ctrl-C" in said.read_text(), within=120)
        console, handsets = re.findall(r"http://\S+", said.read_text())
        wait_until(lambda: answers(f"{console}/health") and answers(handsets), within=60)
        yield console, handsets
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(30)


def presses(page: Page, words: str) -> None:
    """A button or a link that says so, as the eye finds it: in the content first."""
    for role in ("button", "link"):
        found = page.locator("main").get_by_role(role, name=words, exact=True)
        if found.count():
            break
    else:
        found = page.get_by_role("link", name=words, exact=True)
    with page.expect_navigation():
        found.first.click()
    assert page.locator(".errs, #conflict").count() == 0, page.locator(".errs, #conflict").first.inner_text()


def chooses(page: Page, question: str, answer: str) -> None:
    group = page.get_by_role("group", name=re.compile(re.escape(question)))
    group.locator("label", has_text=answer).first.click()


@pytest.mark.timeout(900)
def test_from_the_demo_to_an_assessed_incident_in_five_minutes_without_a_manual(
    chromium: Browser, tmp_path: Path
) -> None:
    with a_demo(tmp_path) as (console, handsets):
        begun = time.monotonic()
        known = json.loads((tmp_path / "data" / "sign-ins.json").read_text())
        page = chromium.new_context(viewport={"width": 1280, "height": 800}, locale="en-US").new_page()
        signs_in(page, console, known)
        raises(page)
        telephone = page.context.new_page()
        taken_by_telephone(telephone, handsets)
        page.locator("#part-people").get_by_text("Accepted").first.wait_for(timeout=30_000)
        assesses(page)
        took = time.monotonic() - begun
        assert "Low" in page.locator("#part-header").inner_text()
        print(f"{took:.0f} seconds of a machine that reads at once")
        assert took < FIVE_MINUTES


def signs_in(page: Page, console: str, known: list[dict[str, str]]) -> None:
    page.goto(console)
    maya = next(each for each in known if each["post"] == "counselor")
    page.get_by_label("User name").fill(maya["username"])
    page.get_by_label("Password").fill(maya["passphrase"])
    presses(page, "Sign in")


def raises(page: Page) -> None:
    presses(page, "Open an incident")
    chooses(page, "What is happening?", "Thoughts of suicide")
    page.get_by_label("Which school?").select_option(label="Larkfield High School")
    page.get_by_label("Where should people go?").fill("Room 112")
    chooses(page, "Is an adult with the student?", "Yes, me")
    presses(page, "Open and page the team")
    presses(page, "Page someone")
    page.get_by_label("Whom do you need?").select_option(label="On-call clinician")
    presses(page, "Page now")


def taken_by_telephone(page: Page, handsets: str) -> str:
    """Whoever is asked writes back by the number in the text, as the page of the telephones says."""
    for _turn in range(60):
        page.goto(handsets)
        asked = page.locator("section", has_text=re.compile(r"page \d+,")).first
        if asked.count():
            break
        page.wait_for_timeout(1000)
    number = re.findall(r"page (\d+),", asked.inner_text())[-1]
    asked.get_by_role("textbox", name="Write from").fill(f"{number}A 12")
    asked.get_by_role("button", name="Send text").click()
    page.wait_for_load_state()
    return asked.inner_text()


def next_step(page: Page) -> None:
    """The one large button of the next step."""
    with page.expect_navigation():
        page.locator("#part-next .btn.p").first.click()


def assesses(page: Page) -> None:
    next_step(page)
    page.get_by_text("Found and taken away").click()
    presses(page, "Record as done")
    presses(page, "Ask the screening questions")
    for question in range(4):
        page.locator("main fieldset", has_text="Would not answer").nth(question).get_by_text("No", exact=True).click()
    presses(page, "Record the screening")
    next_step(page)
    presses(page, "Record as done")
    next_step(page)
    chooses(page, "Level of risk", "Low")
    page.get_by_label("Why this level?").fill("Calm, nothing planned, family at home")
    presses(page, "Record level of risk")
