"""What every request meets before a route, on a small application of its own: headers, origins, sizes, time."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import httptools
import pytest
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from crisis.settings import Settings
from web import problems, security
from web.app import STATIC, all_routes
from web.static_files import Kept

HTTPS = Settings(public_url="https://crisis.example.org")
LOCAL = Settings(public_url="http://127.0.0.1:8000")


async def echo(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


def slow(request: Request) -> Response:
    time.sleep(0.6)
    return PlainTextResponse("done")


async def long_answer(request: Request) -> Response:
    async def pieces() -> AsyncIterator[str]:
        for _ in range(4):
            await asyncio.sleep(0.1)
            yield "x"

    return StreamingResponse(pieces())


def an_application(settings: Settings, seconds: float = 5.0) -> TestClient:
    answer = security.told(problems.answering(lambda request, problem: Response(problem.title)), settings)
    routes = [
        Route("/incidents", echo, methods=["GET", "POST"]),
        Route("/health", echo),
        Route("/slow", slow),
        Route("/long", long_answer),
    ]
    app = Starlette(routes=routes)
    app.add_middleware(security.SmallBodies, answer=answer)
    app.add_middleware(security.LimitedTime, answer=answer, seconds=seconds)
    app.add_middleware(security.OwnSiteOnly, settings=settings, answer=answer)
    app.add_middleware(security.TellBrowsers, settings=settings)
    return TestClient(app, base_url=settings.public_url)


def test_the_content_policy_is_the_strict_one() -> None:
    answer = an_application(HTTPS).get("/incidents")

    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; "
        "connect-src 'self' wss://crisis.example.org; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "manifest-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; trusted-types parts app"
    )


def test_no_answer_is_kept_framed_sniffed_or_sent_on() -> None:
    headers = an_application(HTTPS).get("/incidents").headers

    assert {name: headers[name] for name in security.HEADERS} == security.HEADERS
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


def test_plain_http_on_this_machine_does_not_claim_https() -> None:
    headers = an_application(LOCAL).get("/incidents").headers

    assert "strict-transport-security" not in headers
    assert "connect-src 'self' ws://127.0.0.1:8000;" in headers["content-security-policy"]


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "https://evil.example",
        "https://crisis.example.org.evil.example",
        "https://sub.crisis.example.org",
        "https://evilcrisis.example.org",
        "http://crisis.example.org",
        "https://crisis.example.org:8443",
        "HTTPS://CRISIS.EXAMPLE.ORG/",
        "",
    ],
)
def test_another_site_cannot_make_a_browser_post(origin: str) -> None:
    """F116"""
    answer = an_application(HTTPS).post("/incidents", headers={"Origin": origin})

    assert answer.status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_tells_where_it_comes_from_is_believed(site: str) -> None:
    headers = {"Origin": HTTPS.public_url, "Sec-Fetch-Site": site}

    answer = an_application(HTTPS).post("/incidents", headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://crisis.example.org", "Sec-Fetch-Site": "same-origin"}])
def test_our_own_pages_and_programs_may_post(headers: dict[str, str]) -> None:
    answer = an_application(HTTPS).post("/incidents", content=b"abc", headers=headers)

    assert (answer.status_code, answer.text) == (200, "3")


def test_a_link_from_another_site_may_be_followed() -> None:
    answer = an_application(HTTPS).get("/incidents", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200


def test_a_foreign_host_is_refused_but_for_health() -> None:
    client = an_application(HTTPS)

    assert client.get("/incidents", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/health", headers={"Host": "10.0.0.7:8000"}).status_code == 200


def test_this_machine_has_two_names() -> None:
    answer = an_application(LOCAL).post("/incidents", headers={"Host": "localhost:8000"})

    assert answer.status_code == 200


def test_a_body_at_the_limit_passes_and_one_byte_more_does_not() -> None:
    """F139"""
    client = an_application(HTTPS)

    fits = client.post("/incidents", content=b"x" * security.BODY_LIMIT)
    does_not = client.post("/incidents", content=b"x" * (security.BODY_LIMIT + 1))

    assert fits.text == str(security.BODY_LIMIT)
    assert does_not.status_code == 413
    assert does_not.json()["detail"] == "At most 256 KB. Nothing was recorded."


def test_a_body_without_a_length_is_measured_while_it_is_read() -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        for _ in range(300):
            sent.append(1)
            yield b"x" * 1024

    answer = an_application(HTTPS).post("/incidents", content=endless())

    assert answer.status_code == 413


def test_a_request_that_takes_too_long_is_answered_in_time() -> None:
    client = an_application(HTTPS, seconds=0.2)
    before = time.monotonic()

    answer = client.get("/slow")

    assert answer.status_code == 503
    assert "may or may not" in answer.json()["detail"]
    assert time.monotonic() - before < 5


def test_an_answer_on_its_way_is_not_cut_off() -> None:
    assert an_application(HTTPS, seconds=0.2).get("/long").text == "xxxx"


def test_people_get_a_page_and_programs_get_a_problem() -> None:
    client = an_application(HTTPS)

    page = client.post("/incidents", headers={"Origin": "null", "Accept": "text/html"})
    problem = client.post("/incidents", headers={"Origin": "null"})

    assert page.text == "This came from another site and was not carried out"
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json() == {
        "type": "about:blank",
        "title": "This came from another site and was not carried out",
        "status": 403,
    }


def test_no_other_site_is_allowed_to_read_an_answer() -> None:
    """ASVS 3.4.2"""
    client = an_application(HTTPS)
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}

    answers = [client.get("/incidents", headers=asks), client.options("/incidents", headers=asks)]

    assert [name for answer in answers for name in answer.headers if name.startswith("access-control")] == []


def test_no_route_takes_methods_that_nobody_needs() -> None:
    """ASVS 13.4.4: TRACE gives back what was sent, cookies and all."""
    methods = {
        method for route in iter_route_contexts(all_routes()) for method in getattr(route, "methods", None) or ()
    }

    assert methods <= {"GET", "HEAD", "POST", "PUT", "DELETE"}


def test_a_folder_of_files_shows_no_list_of_them() -> None:
    """ASVS 13.4.3"""
    client = TestClient(Starlette(routes=[Mount("/static", Kept(directory=STATIC))]))

    assert [client.get(path).status_code for path in ("/static", "/static/", "/static/vendor/")] == [404] * 3
    assert client.get("/static/app.css").headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked",
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: +5",
        b"Transfer-Encoding: chunked, identity",
        b"Transfer-Encoding : chunked",
    ],
)
def test_where_a_request_ends_is_never_a_matter_of_opinion(headers: bytes) -> None:
    """ASVS 4.2.1: what a proxy in front could read in another way is refused by the parser that serves us."""
    parser = httptools.HttpRequestParser(object())

    with pytest.raises(httptools.HttpParserError):
        parser.feed_data(b"POST /incidents HTTP/1.1\r\nHost: a\r\n" + headers + b"\r\n\r\n0\r\n\r\n")


def test_an_address_with_a_path_or_plain_http_elsewhere_is_no_public_url() -> None:
    for wrong in ("http://crisis.example.org", "https://crisis.example.org/app", "crisis.example.org"):
        with pytest.raises(ValueError, match="public_url"):
            Settings(public_url=wrong)
