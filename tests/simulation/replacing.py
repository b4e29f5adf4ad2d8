"""Which functions of `crisis.store` are answered from memory, and the time for which they are."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest import mock

REPLACED: dict[ModuleType, list[Callable[..., Any]]] = {}


def of(module: ModuleType) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Marks a function as the one that takes the place of its namesake in that module."""

    def mark(function: Callable[..., Any]) -> Callable[..., Any]:
        REPLACED.setdefault(module, []).append(function)
        return function

    return mark


@contextmanager
def in_memory() -> Iterator[None]:
    """As long as this lasts, `crisis.store` reads and writes memory."""
    patches = [
        mock.patch.object(module, function.__name__, function)
        for module, functions in REPLACED.items()
        for function in functions
    ]
    for patch in patches:
        patch.start()
    try:
        yield
    finally:
        for patch in patches:
            patch.stop()


def differing() -> list[str]:
    """Replacements whose parameters are not those of the real function."""
    return [
        f"{module.__name__}.{function.__name__}"
        for module, functions in REPLACED.items()
        for function in functions
        if list(inspect.signature(getattr(module, function.__name__)).parameters)
        != list(inspect.signature(function).parameters)
    ]
