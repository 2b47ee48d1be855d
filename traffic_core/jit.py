"""The only place that names numba: compile, warm up, lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")

_Example = Callable[[], tuple[Any, ...]]
_kernels: list[tuple[Any, _Example]] = []
_njit: Any = njit  # its type does not know `_nrt`


def kernel(example: _Example) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Compile a function of arrays when it is first called.

    `example` returns one set of arguments of the right types, used by `warm_up`.  Compiled without fastmath (results
    must not depend on the machine) and with the interpreter lock released (the event loop goes on meanwhile).
    """

    def compiled(function: Callable[P, R]) -> Callable[P, R]:
        dispatcher: Any = njit(cache=True, nogil=True, fastmath=False)(function)
        _kernels.append((dispatcher, example))
        return cast("Callable[P, R]", dispatcher)

    return compiled


def inner(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a helper that kernels of the same file call.  Never called from Python, never from another file."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True, fastmath=False)(function))


def bare_kernel(example: _Example) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """As `kernel`, for functions that make no array, with helpers by `bare_inner`: references are not counted.

    With a hundred arrays the counting costs seventy times the work.  What is handed in stays alive as the caller holds
    it; a function that makes an array or a list does not compile.
    """

    def compiled(function: Callable[P, R]) -> Callable[P, R]:
        dispatcher: Any = _njit(cache=True, nogil=True, fastmath=False, _nrt=False)(function)
        _kernels.append((dispatcher, example))
        return cast("Callable[P, R]", dispatcher)

    return compiled


def bare_inner(function: Callable[P, R]) -> Callable[P, R]:
    """As `inner`, put into its callers: handing on a hundred arrays costs more than its work.

    For `bare_kernel`, and for a `kernel` as well, which may make arrays and hand them in; the helper itself makes none.
    """
    dispatcher = _njit(cache=True, nogil=True, fastmath=False, _nrt=False, forceinline=True)(function)
    return cast("Callable[P, R]", dispatcher)


def warm_up() -> int:
    """Compile every imported kernel (from the disk cache where possible) and lock it; return how many there are.

    A locked kernel raises `TypeError` for an array of another type, order or dimension instead of compiling again in
    the middle of a control cycle.
    """
    for dispatcher, example in _kernels:
        if not hasattr(dispatcher, "disable_compile"):
            continue  # the JIT is off: plain Python needs no warm-up
        if not dispatcher.signatures:
            dispatcher(*example())
        dispatcher.disable_compile()
    return len(_kernels)
