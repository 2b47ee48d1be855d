"""What can be said about the page's files without a browser."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "api" / "web"
MODULES = sorted(WEB.glob("*.js"))
OWN_FILES = [*MODULES, *sorted(WEB.glob("*.css")), *sorted(WEB.glob("*.html"))]
VENDORED = sorted(file for file in (WEB / "vendor").glob("*/*") if file.is_file())


def _texts() -> dict[str, tuple[str, str]]:
    entry = re.compile(r'^ +"?([\w.]+)"?: \[\s*"([^"]*)",\s*"([^"]*)"\],?$', re.MULTILINE)
    return {key: (german, english) for key, german, english in entry.findall((WEB / "texts.js").read_text("utf-8"))}


def test_every_text_used_exists_in_both_languages() -> None:
    texts = _texts()
    used = {key for file in MODULES for key in re.findall(r'\bt\("([\w.]+)"', file.read_text("utf-8"))}
    assert len(texts) > 100
    assert used - texts.keys() == set()
    assert [key for key, (german, english) in texts.items() if not (german and english)] == []


def test_no_text_lies_unused() -> None:
    code = "\n".join(file.read_text("utf-8") for file in MODULES if file.name != "texts.js")
    plain = {key for key in _texts() if "." not in key}
    connection_words = {"connecting", "live", "polling", "reconnecting", "stale", "unreachable"}
    assert {key for key in plain - connection_words if not re.search(rf'"#?{key}"', code)} == set()


@pytest.mark.parametrize("file", OWN_FILES, ids=lambda file: file.name)
def test_file_is_short_and_names_no_foreign_host(file: Path) -> None:
    content = file.read_text("utf-8")
    assert len(content.splitlines()) <= 400
    assert re.findall(r"https?://(?!www\.w3\.org/)|url\(|//cdn", content) == []


def test_page_has_no_inline_script_or_style() -> None:
    content = (WEB / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", content) == []


@pytest.mark.parametrize("file", VENDORED, ids=lambda file: file.name)
def test_vendored_file_is_the_one_that_the_list_of_licences_names(file: Path) -> None:
    listed = (WEB / "vendor" / "LICENSES.md").read_text("utf-8")
    name = file.relative_to(WEB / "vendor").as_posix()
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert re.search(rf"\| `{re.escape(name)}` \| `{digest}` \|", listed), f"{name} is not listed with SHA-256 {digest}"
