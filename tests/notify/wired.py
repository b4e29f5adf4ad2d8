"""The village in one process, with both providers: real clients, real routes, and no sockets between them."""

from pathlib import Path
from urllib.parse import unquote_plus

import httpx2
import pytest

from crisis.notify import gateway
from crisis.notify.handsets_app import build_handsets
from crisis.notify.worker import Worker
from crisis.store.engine import Store
from tests.notify.village import PUBLIC, Village, a_network, a_village, the_settings, with_second
from tests.watch import Watch
from tests.wire import Wire
from web.app import build_app

NOBODY = "http://127.0.0.1:9"


class Heard(Wire):
    """Keeps every request and every answer, as they were."""

    bodies: list[str]

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = super().handle_request(request)
        self.bodies += [str(request.url), str(request.headers), unquote_plus(request.content.decode()), answer.text]
        return answer


def a_wired_village(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Village, list[str]]:
    """And all that goes over the wires, in both directions."""
    network, bodies = a_network(folder), list[str]()
    network.timeline.virtual = True
    out = Heard(build_handsets(network))

    def client(url: str, _patience: object, auth: tuple[str, str] | None = None) -> httpx2.Client:
        return httpx2.Client(base_url=url, auth=auth, transport=out)

    monkeypatch.setattr(gateway, "a_client", client)
    known = with_second(the_settings(NOBODY), NOBODY)
    back = Heard(build_app(store, known))
    out.bodies = back.bodies = bodies
    object.__setattr__(network, "transport", back)
    object.__setattr__(network, "target", PUBLIC)
    watch = Watch()
    worker = Worker(store, gateway.lines(known), "w", watch)
    return Village(store, a_village(store), network, worker, watch), bodies
