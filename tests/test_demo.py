"""The demo as somebody starts it: one command, two addresses, Ctrl-C ends it all."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.notify.village import wait_until

STARTS_DEMO = "import sys; from pathlib import Path; from crisis.demo import run_demo; from web.serve import serve; "
STARTS_DEMO += "run_demo(serve, port=0, data=Path(sys.argv[1]), quick=True)"


def answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2, trust_env=False).status_code == 200
    except httpx2.HTTPError:
        return False


@pytest.mark.slow
def test_the_demo_starts_shows_where_it_is_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("w") as out:
        command = [sys.executable, "-c", STARTS_DEMO, str(tmp_path / "data")]
        demo = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: len(re.findall(r"http://\S+", said.read_text())) == 2, within=60)
        console, handsets = re.findall(r"http://\S+", said.read_text())
        wait_until(lambda: answers(f"{console}/health") and answers(handsets), within=60)
        page = httpx2.get(handsets, trust_env=False).text

        demo.send_signal(signal.SIGINT)

        assert demo.wait(30) == 0, said.read_text()
        assert "Noor Abdi" in page
        assert "Traceback" not in said.read_text()
        wait_until(lambda: not answers(handsets))
    finally:
        demo.kill()
        demo.wait(10)


@pytest.mark.slow
def test_the_telephones_end_when_the_demo_is_killed(tmp_path: Path) -> None:
    said = tmp_path / "said"
    with said.open("w") as out:
        command = [sys.executable, "-c", STARTS_DEMO, str(tmp_path / "data")]
        demo = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: len(re.findall(r"http://\S+", said.read_text())) == 2, within=60)
        handsets = re.findall(r"http://\S+", said.read_text())[1]
        wait_until(lambda: answers(handsets), within=60)
    finally:
        demo.kill()
        demo.wait(10)

    wait_until(lambda: not answers(handsets), within=30)
