"""A loop that stands still ends its process; one that is only slow, asleep or not yet begun does not (W0)."""

import os
import subprocess
import sys
import threading
from pathlib import Path

from crisis.pulse import STUCK, Pulse

ROOT = Path(__file__).resolve().parent.parent
LOOP_THAT_STOPS = """
import time
from crisis.pulse import Pulse
with Pulse("loop", 0.3, look=0.05) as pulse:
    for _ in range(10):
        pulse.beat()
        time.sleep(0.02)
    time.sleep(60)
"""
SERVER_THAT_STOPS = """
import asyncio, time
from crisis.pulse import Pulse
from web.app import beating
async def main(pulse):
    kept = asyncio.create_task(beating(pulse))
    await asyncio.sleep(0.2)
    time.sleep(60)
with Pulse("event loop", 0.5, look=0.1) as pulse:
    asyncio.run(main(pulse))
"""


def looks(pulse: Pulse, beats: list[int]) -> list[bool]:
    """One look after another, with so many beats before each."""
    found = []
    for number in beats:
        for _beat in range(number):
            pulse.beat()
        found.append(pulse.stuck())
    return found


def test_as_many_looks_without_a_beat_as_it_may_have() -> None:
    assert looks(Pulse("x", 3.0), [1, 0, 0, 0]) == [False, False, False, True]
    assert looks(Pulse("x", 3.0), [1, 0, 0, 1, 0, 0, 2, 0]) == [False] * 8


def test_before_the_first_beat_it_is_not_armed() -> None:
    assert looks(Pulse("x", 3.0), [0] * 20) == [False] * 20


def test_time_that_passed_without_a_look_does_not_count() -> None:
    """A machine that was asleep, or so slow that nobody got a turn: the thread that looks got none either."""
    ended: list[None] = []
    with Pulse("x", 0.3, ended=lambda: ended.append(None), look=0.1) as pulse:
        pulse.beat()
        stop = threading.Event()

        def loop() -> None:
            while not stop.wait(0.05):
                pulse.beat()

        beating = threading.Thread(target=loop)
        beating.start()
        stop.wait(0.7)
        stop.set()
        beating.join()
        assert ended == []
        threading.Event().wait(0.8)

    assert ended == [None]


def code_of(program: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ, capture_output=True, timeout=50, check=False
    )
    assert b"most recent call first" in done.stderr
    return done.returncode


def test_a_process_whose_loop_stands_still_ends_with_70() -> None:
    assert code_of(LOOP_THAT_STOPS) == STUCK
    assert code_of(SERVER_THAT_STOPS) == STUCK
