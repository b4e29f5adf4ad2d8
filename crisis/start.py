"""Where each command begins, before anything of the program has been read."""

import gc
from importlib import import_module


def main() -> None:
    """What is imported is never garbage: without the collector a process stands a fifth sooner, also after a crash."""
    gc.disable()
    command = import_module("crisis.cli").main
    settle()
    command()


def settle() -> None:
    """From here on the collector looks at new things alone, and seldom: an order makes thousands of small values and
    hardly a circle, and a look at all of them is a pause of a tenth of a second for everybody's pages."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
