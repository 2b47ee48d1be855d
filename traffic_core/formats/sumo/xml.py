"""Elements of a SUMO network file one after the other, each with the line where it begins.

The file may be compressed with gzip.  A document type declaration is refused, and with it every entity.
"""

from __future__ import annotations

import gzip
import math
import re
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from traffic_core.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.sax.xmlreader import AttributesImpl, Locator

    from traffic_core.formats.imported import Progress

_GZIP_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = 256 * 1024
_ROOT = "net"
_INDEX = re.compile(r"[0-9]{1,9}")


@dataclass(slots=True)
class Element:
    """One XML element.  Every method raises `FileError` for an attribute it cannot turn into a value."""

    file: str
    line: int
    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)

    def error(self, name: str, limit: str) -> FileError:
        """Return the error that says what is wrong with an attribute."""
        own = self.attributes.get("id")
        where = self.tag if own is None or name == "id" else f"{self.tag}[{own}]"
        return FileError(self.file, self.line, f"{where}.{name}", self.attributes.get(name), limit)

    def text(self, name: str) -> str:
        """Text of an attribute that must be there."""
        value = self.attributes.get(name, "")
        if not value:
            raise self.error(name, "must be given")
        return value

    def number(self, name: str) -> float:
        """Finite number."""
        try:
            value = float(self.text(name))
        except ValueError as error:
            raise self.error(name, "must be a number") from error
        if not math.isfinite(value):
            raise self.error(name, "must be a finite number")
        return value

    def not_negative(self, name: str) -> float:
        """Finite number of at least 0."""
        value = self.number(name)
        if value < 0:
            raise self.error(name, "must be a number of at least 0")
        return value

    def index(self, name: str) -> int:
        """Whole number of at least 0."""
        text = self.text(name)
        if not _INDEX.fullmatch(text):
            raise self.error(name, "must be a whole number of at least 0")
        return int(text)

    def points(self, name: str) -> list[tuple[float, float]]:
        """Points `x,y` or `x,y,z` between blanks, heights left out; none where the attribute is missing."""
        found: list[tuple[float, float]] = []
        for part in self.attributes.get(name, "").split():
            try:
                numbers = [float(text) for text in part.split(",")]
            except ValueError as error:
                raise self.error(name, "must be points x,y of numbers") from error
            if len(numbers) not in {2, 3} or not all(math.isfinite(value) for value in numbers):
                raise self.error(name, "must be points x,y or x,y,z of finite numbers")
            found.append((numbers[0], numbers[1]))
        return found


def net_elements(path: Path, progress: Progress | None = None) -> Iterator[Element]:
    """Elements right below `<net>` in their order, with all that is inside them; the first one is `<net>` itself.

    `progress` gets bytes of the file as it lies on the disk.  Only one element at a time is in memory.

    Raises
    ------
    FileError
        Where the file cannot be read or decompressed, is no well-formed XML (truncated, wrong encoding), holds a
        document type declaration, or is no SUMO network.
    """
    parser = DefusedExpatParser(forbid_dtd=True)
    collector = _Collector(path.name, parser)
    parser.setContentHandler(collector)
    try:
        with path.open("rb") as raw:
            stream = _decompressed(raw)
            total = path.stat().st_size
            parser.feed(b"")  # an empty file must fail as one, too
            while piece := stream.read(_PIECE_BYTES):
                parser.feed(piece)
                yield from collector.take()
                if progress is not None:
                    progress(raw.tell(), total)
            parser.close()
    except SAXParseException as error:
        limit = f"must be well-formed XML to its end ({error.getMessage()})"
        raise FileError(path.name, error.getLineNumber() or 0, "file", path.name, limit) from error
    except (DefusedXmlException, SAXException) as error:
        limit = f"must hold no document type declaration ({error})"
        raise FileError(path.name, 0, "file", path.name, limit) from error
    except LookupError as error:
        raise FileError(path.name, 1, "encoding", None, f"must be one that is known ({error})") from error
    except (OSError, EOFError, zlib.error) as error:
        raise FileError(path.name, 0, "file", str(path), f"must be a readable file ({error})") from error
    yield from collector.take()


def _decompressed(raw: IO[bytes]) -> IO[bytes] | gzip.GzipFile:
    magic = raw.read(len(_GZIP_MAGIC))
    raw.seek(0)
    return gzip.GzipFile(fileobj=raw) if magic == _GZIP_MAGIC else raw


class _Collector(ContentHandler):
    """Builds each element below the root and hands it over when it ends."""

    def __init__(self, file: str, locator: Locator) -> None:
        super().__init__()
        self._file = file
        self._locator = locator
        self._done: list[Element] = []
        self._open: list[Element] = []
        self._depth = 0

    def take(self) -> list[Element]:
        done, self._done = self._done, []
        return done

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  the interface of SAX
        line = self._locator.getLineNumber() or 0
        element = Element(self._file, line, name, dict(attrs.items()))
        self._depth += 1
        if self._depth == 1:
            if name != _ROOT:
                raise FileError(self._file, line, "root element", name, f"must be <{_ROOT}> of a SUMO network")
            self._done.append(element)
            return
        if self._open:
            self._open[-1].children.append(element)
        self._open.append(element)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802  the interface of SAX
        self._depth -= 1
        if self._depth > 0:
            element = self._open.pop()
            if not self._open:
                self._done.append(element)
