"""Where each command begins, before anything of the program has been read."""

import gc
from importlib import import_module


def main() -> None:
    """What is imported is never garbage: without the collector a process stands a fifth sooner, also after a crash."""
    gc.disable()
    command = import_module("crisis.cli").main
    gc.freeze()
    gc.enable()
    command()
