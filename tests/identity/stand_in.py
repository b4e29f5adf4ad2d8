"""A sign-in provider of our own: real HTTP, real signatures, PKCE checked, each code once. It lets everybody in."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

from crisis import clock
from crisis.identity_settings import IdentityProvider
from crisis.sign_in_words import ProviderKind
from tests.factories import DISTRICT
from tests.identity.signing import Signer, b64, rsa_signer

CLIENT, SECRET = "crisis-client", "a secret: with blanks & signs"
TENANTS = {
    ProviderKind.GOOGLE: "school.example",
    ProviderKind.ENTRA: "0f8fad5b-d9cb-469f-a165-70867728950e",
    ProviderKind.CLEVER: "58da8a43cc70ab00017a1a87",
    ProviderKind.CLASSLINK: "2055",
}


@dataclass
class StandIn:
    """`who` are the claims of whoever sits at the browser; `forge` makes the token in the place of the provider."""

    url: str
    who: dict[str, object] = field(default_factory=dict)
    signers: list[Signer] = field(default_factory=lambda: [rsa_signer("k1")])
    person: dict[str, object] = field(default_factory=dict)  # what the userinfo endpoint says
    forge: Callable[[dict[str, object]], str] | None = None
    discovery: dict[str, object] = field(default_factory=dict)  # said in the place of what is true
    down: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)  # paths, in order

    def claims(self, nonce: str) -> dict[str, object]:
        now = int(clock.now().timestamp())
        whole = {"iss": self.url, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 3600, **self.who}
        return {name: value for name, value in whole.items() if value is not None}

    def answer(self, path: str, query: dict[str, str], form: dict[str, str], auth: str) -> tuple[int, object]:
        self.asked.append(path)
        if self.down:
            return 500, {}
        match path:
            case "/.well-known/openid-configuration":
                return 200, self.document() | self.discovery
            case "/keys":
                return 200, {"keys": [each.jwk for each in self.signers]}
            case "/authorize":
                return 302, self.approved(query)
            case "/token":
                return self.traded(form, auth)
            case "/userinfo":
                return 200, self.person
        return 404, {}

    def document(self) -> dict[str, object]:
        return {
            "issuer": self.url,
            "authorization_endpoint": self.url + "/authorize",
            "token_endpoint": self.url + "/token",
            "jwks_uri": self.url + "/keys",
            "userinfo_endpoint": self.url + "/userinfo",
        }

    def approved(self, query: dict[str, str]) -> str:
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"

    def traded(self, form: dict[str, str], auth: str) -> tuple[int, object]:
        begun = self.codes.pop(form.get("code", ""), None)
        client, _, secret = base64.b64decode(auth.removeprefix("Basic ")).decode().partition(":")
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        right = (unquote_plus(client), unquote_plus(secret)) == (CLIENT, SECRET)
        if begun is None or not right or form["redirect_uri"] != begun["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        if begun["code_challenge"] != challenge or begun["code_challenge_method"] != "S256":
            return 400, {"error": "invalid_grant"}
        claims = self.claims(begun["nonce"])
        token = self.forge(claims) if self.forge is not None else self.signers[0].token(claims)
        return 200, {"access_token": "an-access-token", "token_type": "Bearer", "id_token": token}

    def settings(self, kind: ProviderKind = ProviderKind.GOOGLE, **more: object) -> IdentityProvider:
        known = {"kind": kind, "district": DISTRICT, "client": CLIENT, "secret": SECRET, "issuer": self.url}
        return IdentityProvider.model_validate(known | {"tenants": {TENANTS[kind]}} | more)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    made: StandIn

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.respond({})

        def do_POST(self) -> None:
            self.respond(flat(self.rfile.read(int(self.headers["content-length"])).decode()))

        def respond(self, form: dict[str, str]) -> None:
            parts = urlsplit(self.path)
            auth = self.headers.get("authorization", "")
            status, body = made.answer(parts.path, flat(parts.query), form, auth)
            content = b"" if status == 302 else json.dumps(body).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("location", str(body))
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = StandIn(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def flat(query: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(query).items()}
