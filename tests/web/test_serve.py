"""The log's own shape: whose time it is, and that nobody else writes a line of it. And how the console is reached."""

import io
import logging
import logging.config
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from pydantic import ValidationError

from crisis.errors import Refused
from crisis.settings import Settings
from crisis.store.engine import open_store
from tests.notify.certificates import a_certificate
from web import serve


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    handler = logging.StreamHandler(io.StringIO())
    settings = serve.LOGS["formatters"]["where"]  # type: ignore[index]
    handler.setFormatter(serve.WhereOnly(settings["format"]))
    log = logging.getLogger("crisis.test")
    log.addHandler(handler)
    log.propagate = False
    yield handler.stream
    log.removeHandler(handler)
    log.propagate = True


def test_a_line_has_its_time_in_utc_and_what_others_say_begins_no_line_f130(written: io.StringIO) -> None:
    """ASVS 16.2.2, 16.4.1"""
    record = logging.LogRecord("crisis.test", logging.WARNING, "", 0, "it says %s", ("30\n2026 ERROR \x1b[2J é",), None)
    record.created, record.msecs = 0.25, 250.0

    logging.getLogger("crisis.test").handle(record)

    assert written.getvalue() == "1970-01-01T00:00:00.250Z WARNING crisis.test it says 30\\n2026 ERROR \\x1b[2J é\n"


def test_where_it_broke_is_told_and_not_in_which_words(written: io.StringIO) -> None:
    name = "Maya Chen"
    try:
        raise ValueError(name)
    except ValueError:
        logging.getLogger("crisis.test").exception("a request broke")

    assert "test_serve.py" in written.getvalue()
    assert written.getvalue().endswith("ValueError\n")
    assert "Maya" not in written.getvalue()


def test_beyond_this_machine_it_speaks_tls_or_somebody_has_said_that_the_network_does() -> None:
    """ASVS 12.3.3: proxy and console may stand on two machines."""
    for allowed in ("127.0.0.1", "::1", "localhost"):
        serve.must_listen_in_private(allowed, Settings())
    for settings in (Settings(proxy_network_protected=True), Settings(tls_cert=Path("c"), tls_key=Path("k"))):
        serve.must_listen_in_private("0.0.0.0", settings)

    with pytest.raises(Refused, match="CRISIS_TLS_CERT"):
        serve.must_listen_in_private("0.0.0.0", Settings())
    with pytest.raises(ValidationError, match="go together"):
        Settings(tls_cert=Path("c"))


def test_with_a_certificate_it_speaks_https_and_nothing_else(sqlite_url: str, key_file: Path, tmp_path: Path) -> None:
    certificate = a_certificate(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings(public_url=f"https://127.0.0.1:{port}", tls_cert=certificate.file, tls_key=certificate.file)
    with closing(open_store(sqlite_url, key_file)) as store:
        made = serve.server(store, settings, "127.0.0.1", port)
        thread = threading.Thread(target=made.run, daemon=True)
        thread.start()
        while not made.started:
            assert thread.is_alive()
            time.sleep(0.01)
        try:
            encrypted = httpx2.get(f"{settings.public_url}/health", verify=certificate.client, timeout=60)
            with pytest.raises(httpx2.TransportError):
                httpx2.get(f"http://127.0.0.1:{port}/health", timeout=60)
        finally:
            made.should_exit = True
            thread.join(10)

    assert (encrypted.status_code, encrypted.json()) == (200, {"ok": True})
