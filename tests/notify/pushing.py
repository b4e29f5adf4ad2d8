"""A browser and its maker's server: the one decrypts, the other looks who we are. Both by other libraries than ours."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import http_ece
import httpx2
import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI, Request, Response

from crisis import clock
from crisis.notify.push import Doors, Push
from crisis.notify.push_crypto import CURVE, PushKeys, b64, point_of, unb64
from crisis.store.extra_ways import Subscription
from crisis.vocabulary import PersonId
from tests.notify.certificates import Certificate, a_certificate
from tests.notify.village import wait_until

CONTACT = "https://crisis.school.example"


@dataclass
class Browser:
    """It made a key pair and a secret; only it can read what is sent to it."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(CURVE))
    auth: bytes = b"sixteen bytes ok"

    def subscription(self, endpoint: str, person: PersonId, name: str = "sub-1", language: str = "en") -> Subscription:
        return Subscription(
            id=name,
            person=person,
            endpoint=endpoint,
            key=b64(point_of(self.private.public_key())),
            auth=b64(self.auth),
            language=language,
            added_at=clock.now(),
        )

    def read(self, body: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        said: dict[str, str] = json.loads(plain)
        return said


@dataclass
class Received:
    body: bytes
    headers: dict[str, str]
    claims: dict[str, object]


@dataclass
class Maker:
    """Refuses whoever is not the one that people subscribed to."""

    url: str = ""
    key: str = ""
    answer: int = 201
    received: list[Received] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        body, headers = await request.body(), dict(request.headers)
        scheme, _, said = headers["authorization"].partition(" ")
        parts = dict(each.strip().split("=", 1) for each in said.split(","))
        public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unb64(parts["k"]))
        claims = jwt.decode(parts["t"], public, algorithms=["ES256"], audience=self.url)
        if scheme != "vapid" or parts["k"] != self.key:
            return Response(status_code=403)
        self.received.append(Received(body, headers, claims))
        return Response(status_code=self.answer, headers={"location": "https://elsewhere.example/"})


@contextmanager
def a_maker(folder: Path) -> Iterator[tuple[Maker, Certificate]]:
    maker, certificate = Maker(), a_certificate(folder)
    app = FastAPI()
    app.add_api_route("/push/{name}", maker.take, methods=["POST"], response_model=None)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, log_level="error", access_log=False, ws="none", ssl_certfile=certificate.file, ssl_keyfile=certificate.file
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: server.run(sockets=[listening]))
    thread.start()
    wait_until(lambda: server.started)
    maker.url = f"https://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield maker, certificate
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()


def a_push(maker: Maker, certificate: Certificate, keys: PushKeys | None = None) -> Push:
    keys = keys or PushKeys.new()
    maker.key = maker.key or keys.public
    client = httpx2.Client(verify=certificate.client, timeout=2.0, follow_redirects=False, trust_env=False)
    return Push(keys, CONTACT, client, Doors(("127.0.0.1",), public=False))
