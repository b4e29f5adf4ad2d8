"""The log's own shape: whose time it is, and that nobody else writes a line of it."""

import io
import logging
import logging.config
from collections.abc import Iterator

import pytest

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
