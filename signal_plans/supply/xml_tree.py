"""XML of supply files as a tree that knows its lines and can give back any part as it was written.

A document type declaration is refused, and with it every entity of the file's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

from traffic_core.errors import FileError, located

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager
    from typing import Never

ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1", "windows-1252")
DEEPEST = 100
_WHOLE = re.compile(r"-?[0-9]{1,9}")
_RAW = ""
"""Tag of a piece of text that is written as it stands."""


@dataclass(slots=True, kw_only=True)
class Node:
    """An element, or with an empty tag a comment or processing instruction; `xml` is how it was written."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""
    file: str = ""
    line: int = 0
    xml: str = ""

    @property
    def local(self) -> str:
        """Tag without prefix."""
        return self.tag.rpartition(":")[2]

    def error(self, tag: str, value: object, limit: str) -> FileError:
        """The error that says what is wrong with a child, or without a tag with the element itself."""
        return FileError(self.file, self.line, f"{self.tag}.{tag}".rstrip("."), value, limit)

    def all(self, tag: str) -> list[Node]:
        """Children of a tag."""
        return [child for child in self.children if child.tag == tag]

    def maybe(self, tag: str) -> Node | None:
        """The child of a tag that may stand once."""
        found = self.all(tag)
        if len(found) > 1:
            raise found[1].error("", found[1].text, f"must stand once in {self.tag}")
        return found[0] if found else None

    def one(self, tag: str) -> Node:
        """The child of a tag that must stand once."""
        found = self.maybe(tag)
        if found is None:
            raise self.error(tag, None, "must be given")
        return found

    def content(self, tag: str) -> str:
        """Text of a child that must not be empty."""
        value = self.one(tag).text
        if not value:
            raise self.one(tag).error("", value, "must not be empty")
        return value

    def content_or(self, tag: str, default: str = "") -> str:
        """Text of a child that may be missing."""
        found = self.maybe(tag)
        return default if found is None else found.text

    def whole(self, tag: str) -> int:
        """Whole number in a child."""
        text = self.content(tag)
        if not _WHOLE.fullmatch(text):
            raise self.one(tag).error("", text, "must be a whole number")
        return int(text)

    def whole_or_none(self, tag: str) -> int | None:
        """Whole number in a child that may be missing."""
        return None if self.maybe(tag) is None else self.whole(tag)

    def reference(self, tag: str, known: Collection[str], what: str) -> str:
        """Text of a child that names one of `known`."""
        value = self.content(tag)
        if value not in known:
            raise self.one(tag).error("", value, f"must name {what}")
        return value

    def checked(self) -> AbstractContextManager[None]:
        """Turn an `InvalidValueError` of what is built from this element into a `FileError` with its line."""
        return located(self.file, self.line)


def element(tag: str, *children: Node | None, text: str = "") -> Node:
    """An element to write; children that are None are left out."""
    return Node(tag=tag, children=[child for child in children if child is not None], text=text)


def leaf(tag: str, value: object) -> Node | None:
    """An element with a value; None where there is none."""
    return None if value is None or value == "" else Node(tag=tag, text=str(value))


def parse_xml(data: bytes, file: str) -> Node:
    """The root of a document.

    Raises
    ------
    FileError
        With the line of what is not well-formed, of a document type, of an encoding that is not known here.
    """
    builder = _Builder(data, file)
    try:
        builder.parser.Parse(data, True)
    except ExpatError as error:
        raise FileError(file, error.lineno, "xml", file, f"must be well-formed XML: {error}") from error
    except (LookupError, UnicodeDecodeError) as error:
        raise FileError(file, 1, "encoding", str(error), "must be one of " + ", ".join(ENCODINGS)) from error
    assert builder.root is not None  # noqa: S101  expat objects to a document without a root
    return builder.root


class _Builder:
    """Takes the events of the parser."""

    def __init__(self, data: bytes, file: str) -> None:
        self.root: Node | None = None
        self._data, self._file, self._encoding = data, file, "utf-8"
        self._open: list[tuple[Node, int]] = []
        self.parser = ParserCreate()
        self.parser.buffer_text = True
        self.parser.XmlDeclHandler = self._declared
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.CommentHandler = lambda _: self._aside(b"-->")
        self.parser.ProcessingInstructionHandler = lambda _, __: self._aside(b"?>")

    def _fail(self, field_: str, value: object, limit: str) -> Never:
        raise FileError(self._file, self.parser.CurrentLineNumber, field_, value, limit)

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        self._encoding = (encoding or "utf-8").lower()
        if self._encoding not in ENCODINGS:
            self._fail("encoding", encoding, "must be one of " + ", ".join(ENCODINGS))

    def _doctype(self, name: str, *_: object) -> None:
        self._fail("doctype", name, "must not be there: document types and entities are refused")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= DEEPEST:
            self._fail(tag, len(self._open), f"must not be nested deeper than {DEEPEST}")
        node = Node(tag=tag, attributes=attributes, file=self._file, line=self.parser.CurrentLineNumber)
        if self._open:
            self._open[-1][0].children.append(node)
        else:
            self.root = node
        self._open.append((node, self.parser.CurrentByteIndex))

    def _end(self, _tag: str) -> None:
        node, start = self._open.pop()
        end = self.parser.CurrentByteIndex
        empty = not node.children and not node.text and self._data[start:end].endswith(b"/>")
        if not empty:  # expat stands at the closing tag, and behind an element that closes itself
            end = self._data.index(b">", end) + 1
        node.xml = self._data[start:end].decode(self._encoding)
        node.text = node.text.strip()

    def _text(self, text: str) -> None:
        self._open[-1][0].text += text

    def _aside(self, closing: bytes) -> None:
        if not self._open:  # beside the root nothing is kept
            return
        start = self.parser.CurrentByteIndex
        xml = self._data[start : self._data.index(closing, start) + len(closing)].decode(self._encoding)
        self._open[-1][0].children.append(
            Node(tag=_RAW, file=self._file, line=self.parser.CurrentLineNumber, text=xml, xml=xml)
        )


def raw(xml: str) -> Node:
    """A piece of XML to write as it stands."""
    return Node(tag=_RAW, text=xml, xml=xml)


def xml_bytes(root: Node) -> bytes:
    """The document in UTF-8, indented by two blanks."""
    lines = ["<?xml version='1.0' encoding='utf-8'?>"]
    _write(root, "", lines)
    return ("\n".join(lines) + "\n").encode("utf-8")


def _write(node: Node, indent: str, lines: list[str]) -> None:
    if node.tag == _RAW:
        lines.append(indent + node.text)
        return
    start = node.tag + "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    if not node.children:
        lines.append(f"{indent}<{start}>{escape(node.text)}</{node.tag}>" if node.text else f"{indent}<{start}/>")
        return
    if node.text:  # a comment beside a value
        lines.append(f"{indent}<{start}>{escape(node.text)}{''.join(c.text for c in node.children)}</{node.tag}>")
        return
    lines.append(f"{indent}<{start}>")
    for child in node.children:
        _write(child, indent + "  ", lines)
    lines.append(f"{indent}</{node.tag}>")
