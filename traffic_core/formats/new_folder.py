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

LIMIT = "must not exist or be an empty folder"


def require_new(out: Path) -> None:
    """Raise `InvalidValueError` unless `out` is missing or an empty folder."""
    try:
        if out.is_dir():
            if next(out.iterdir(), None) is not None:
                raise InvalidValueError("out", str(out), f"{LIMIT}: nothing is overwritten")
        elif out.exists() or out.is_symlink():
            raise InvalidValueError("out", str(out), f"{LIMIT}: it is a file")
    except OSError as error:
        raise InvalidValueError("out", str(out), f"{LIMIT} ({error.strerror})") from error


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Yield an empty folder whose content becomes that of `out` at the end; it is removed if anything fails.

    A folder that is missing appears in one step, with the missing folders above it.  One that exists stays the one it
    is, for somebody may stand in it or something be mounted there, and gets its parts one after the other.  Raises
    `InvalidValueError` where `out` is in use or cannot be written.
    """
    require_new(out)
    made: list[Path] = []
    try:
        out = out.resolve()
        made = [folder for folder in out.parents if not folder.exists()]
        stays = out.is_dir()
        out.parent.mkdir(parents=True, exist_ok=True)
        above = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=out if stays else out.parent))
    except (OSError, RuntimeError) as error:  # a loop of symbolic links is a RuntimeError up to Python 3.12
        _remove(made)
        raise InvalidValueError("out", str(out), f"must be a folder that can be made ({error})") from error
    inner = above / "new"  # made by mkdir, because mkdtemp hides its folder from all but the owner
    whole = False
    try:
        inner.mkdir()
        yield inner
        if stays:
            _fill(out, inner)
        else:
            require_new(out)
            inner.rename(out)
        whole = True
    except OSError as error:
        raise InvalidValueError("out", str(out), f"must be a folder that can be written ({error})") from error
    finally:
        shutil.rmtree(above, ignore_errors=True)
        if not whole:
            _remove(made)


def _fill(out: Path, inner: Path) -> None:
    """Move everything from `inner` into `out`, which must hold nothing else, or else nothing."""
    if any(other != inner.parent for other in out.iterdir()):
        raise InvalidValueError("out", str(out), f"{LIMIT}: nothing is overwritten")
    parts = [(part, out / part.name) for part in inner.iterdir()]
    try:
        for part, place in parts:
            part.rename(place)
    except BaseException:
        for _, place in parts:
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
        raise


def _remove(made: list[Path]) -> None:
    """Take away the folders that were made, innermost first, unless somebody uses them by now."""
    for folder in made:
        if folder.is_dir() and next(folder.iterdir(), None) is None:
            folder.rmdir()
