"""At 64 kbit/s, with 400 ms on the way and 30 of 100 packets lost, the console can be used (F112)."""

import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser import NEEDS_CHROMIUM

NEEDS = ("unshare", "ip", "tc", "nft")

pytestmark = [
    *NEEDS_CHROMIUM,
    pytest.mark.full,
    pytest.mark.skipif(
        os.geteuid() != 0 or any(shutil.which(each) is None for each in NEEDS),
        reason="a network of its own needs root, iproute2 and nftables",
    ),
]


@pytest.mark.timeout(1800)
def test_at_the_end_of_a_bad_line_everything_is_done_once_f112(sqlite_url: str, key_file: Path) -> None:
    """Raised with nothing kept in the browser; a note is sent and another one arrives; the board is painted."""
    ran = subprocess.run(
        ["unshare", "--net", sys.executable, "-m", "tests.web.weak_network", sqlite_url, str(key_file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[:4000]
    found = json.loads(ran.stdout.splitlines()[-1])
    print(found)

    assert (found["incidents"], found["notes"]) == (1, 2)
    assert statistics.median(found["boards"]) <= 5
    assert found["raised"] <= 120
    assert max(found["said"], found["heard"]) <= 120  # a line that says nothing is left after 20 s
