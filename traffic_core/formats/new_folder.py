"""A folder that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from traffic_core.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterator


def require_new(out: Path) -> None:
    """Raise `InvalidValueError` unless `out` is missing or an empty folder."""
    if out.is_dir():
        if next(out.iterdir(), None) is not None:
            raise InvalidValueError("out", str(out), "must not exist or be an empty folder: nothing is overwritten")
    elif out.exists() or out.is_symlink():
        raise InvalidValueError("out", str(out), "must not exist or be an empty folder: it is a file")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out` that becomes `out` at the end, and is removed if anything fails.

    Missing folders above `out` are made.  Raises `InvalidValueError` where `out` is in use or cannot be
    written.
    """
    out = out.absolute()
    require_new(out)
    made = [folder for folder in out.parents if not folder.exists()]
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        above = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        _remove(made)
        raise InvalidValueError("out", str(out), f"must be a folder that can be made ({error.strerror})") from error
    inner = above / "new"  # made by mkdir, because mkdtemp hides its folder from all but the owner
    whole = False
    try:
        inner.mkdir()
        yield inner
        require_new(out)
        if out.exists():
            out.rmdir()
        inner.rename(out)
        whole = True
    except OSError as error:
        raise InvalidValueError("out", str(out), f"must be a folder that can be written ({error})") from error
    finally:
        shutil.rmtree(above, ignore_errors=True)
        if not whole:
            _remove(made)


def _remove(made: list[Path]) -> None:
    """Take away the folders that were made, innermost first, unless somebody uses them by now."""
    for folder in made:
        if folder.is_dir() and next(folder.iterdir(), None) is None:
            folder.rmdir()
