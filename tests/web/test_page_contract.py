"""The contract finds what it is there to find."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests import every_page
from tests.web.district import SETTINGS
from tests.web.page_contract import faults, faults_of_part
from web.security import content_policy

GOOD = (
    '<!doctype html><html lang="en"><head><title>Board · Crisis</title></head><body><h1>Board</h1>'
    '<a href="tel:911">911</a><form method="post" action="/x"><input type="hidden" name="csrf" value="t">'
    '<label for="a">A</label><input id="a" name="a"><button type="submit">Save</button></form></body></html>'
)


def test_a_good_page_has_no_faults() -> None:
    assert faults(GOOD, ("Samira",)) == []


def test_each_fault_is_found() -> None:
    broken = {
        "no language": GOOD.replace(' lang="en"', ""),
        "no title": GOOD.replace("Board · Crisis", " · "),
        "a name in the title": GOOD.replace("Board", "Samira's board"),
        "the title 'Student' is not the heading 'Board'": GOOD.replace("Board ·", "Student ABC-DEF ·"),
        "2 first headings": GOOD.replace("<h1>", "<h1>Board</h1><h1>"),
        "id a stands 2 times": GOOD.replace("<h1>", '<p id="a"></p><h1>'),
        "no label: input a": GOOD.replace('for="a"', 'for="b"'),
        "h1 style": GOOD.replace("<h1>", '<h1 style="color:red">'),
        "h1 onclick": GOOD.replace("<h1>", '<h1 onclick="x()">'),
        "style element": GOOD.replace("<h1>", "<style>p{color:red}</style><h1>"),
        "inline script": GOOD.replace("<h1>", "<script>x()</script><h1>"),
        "foreign address https://x": GOOD.replace("tel:911", "tel:911").replace(
            "<h1>", '<a href="https://x">x</a><h1>'
        ),
        "foreign address JavaScript:x()": GOOD.replace("<h1>", '<a href="JavaScript:x()">x</a><h1>'),
        "#nowhere leads nowhere": GOOD.replace("<h1>", '<a href="#nowhere">x</a><h1>'),
        "no form token: /x": GOOD.replace('name="csrf"', 'name="other"'),
        "no button: /x": GOOD.replace('type="submit"', 'type="button"'),
        "911 is out of reach": GOOD.replace("tel:911", "tel:988"),
    }

    assert {fault: faults(html, ("Samira",)) for fault, html in broken.items()} == {fault: [fault] for fault in broken}


def test_a_heading_may_go_on_where_the_title_ends_and_the_code_of_an_incident_stands_in_the_title_alone() -> None:
    page = GOOD.replace("<title>Board ·", "<title>Student RF3-K7P ·").replace("<h1>Board", "<h1>Student <b>Ximena</b>")

    assert faults(page, ("Ximena",)) == []


def test_a_part_of_a_page_is_looked_at_as_well() -> None:
    assert faults_of_part('<div id="a"><input name="q"><p id="a" onclick="x()"></div>') == [
        "id a stands 2 times",
        "no label: input q",
        "p onclick",
    ]


def answering(html: str, policy: str = content_policy(SETTINGS)) -> TestClient:
    def page(request: Request) -> Response:
        return HTMLResponse(html, headers={"content-security-policy": policy})

    app = Starlette(routes=[Route("/page", page)])
    app.state.hub = None  # it passes for a console
    return TestClient(app)


PLANTED = {
    "no valid HTML": GOOD.replace("</h1>", "</h2>"),
    "id a stands 2 times": GOOD.replace("<h1>", '<p id="a"></p><h1>'),
    "a name in the title": GOOD.replace("Board", "Ximena"),
    "a name in /student/Ximena": GOOD.replace("tel:911", "/student/Ximena"),
    "no label: input a": GOOD.replace('for="a"', 'for="b"'),
    "style element": GOOD.replace("<h1>", "<style>p{color:red}</style><h1>"),
    "inline script": GOOD.replace("<h1>", "<script>x()</script><h1>"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_bad_page_fails_the_test_that_had_it_made_though_nobody_asked(fault: str) -> None:
    every_page.watched.names.add("Ximena")

    answering(PLANTED[fault]).get("/page")

    with pytest.raises(AssertionError, match=fault):
        every_page.watched.must_have_found_nothing()


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        ("", "no script-src 'self'"),
        (content_policy(SETTINGS).replace("style-src 'self'", "style-src 'unsafe-inline'"), "no style-src 'self'"),
        (content_policy(SETTINGS) + "; img-src *", "the policy allows \\*"),
        (content_policy(SETTINGS).replace("style-src 'self'", "style-src 'self' 'sha256-x'"), "no style-src 'self'"),
        (content_policy(SETTINGS) + "; style-src 'sha256-x'", "the policy allows 'sha256-"),
    ],
)
def test_a_page_without_the_strict_policy_fails_its_test(policy: str, fault: str) -> None:
    answering(GOOD, policy).get("/page")

    with pytest.raises(AssertionError, match=fault):
        every_page.watched.must_have_found_nothing()


def test_a_name_in_an_address_that_is_asked_for_fails_its_test() -> None:
    every_page.watched.names.add("Ximena")

    answering(GOOD).get("/page", params={"q": "Ximena"})

    with pytest.raises(AssertionError, match="a name in GET /page"):
        every_page.watched.must_have_found_nothing()


def test_a_page_of_a_known_shape_is_still_asked_for_its_words() -> None:
    console = answering(GOOD)
    console.get("/page")
    every_page.watched.must_have_found_nothing()
    answering(GOOD.replace("<title>Board", "<title>Drills")).get("/page")

    with pytest.raises(AssertionError, match="the title 'Drills' is not the heading 'Board'"):
        every_page.watched.must_have_found_nothing()
