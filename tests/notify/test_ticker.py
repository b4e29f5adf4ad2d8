"""The metronome beats, is not put off by a slow beat, and ends."""

import threading
from datetime import timedelta
from time import sleep

from crisis.notify.ticker import Beat, ticking
from tests.notify.village import wait_until


def test_it_beats_until_the_block_ends() -> None:
    beaten = threading.Semaphore(0)

    with ticking([Beat("beat", timedelta(seconds=0.05), beaten.release)]):
        assert all(beaten.acquire(timeout=5) for _beat in range(3))
    while beaten.acquire(blocking=False):
        pass

    assert not beaten.acquire(timeout=0.2)


def test_a_slow_beat_holds_up_no_other_and_is_not_dropped_for_being_late() -> None:
    slow: list[int] = []
    quick: list[int] = []

    def take_time() -> None:
        sleep(0.3)
        slow.append(1)

    beats = [
        Beat("slow", timedelta(seconds=0.05), take_time),
        Beat("quick", timedelta(seconds=0.05), lambda: quick.append(1)),
    ]
    with ticking(beats):
        wait_until(lambda: len(slow) >= 2)

    assert len(quick) > len(slow)
