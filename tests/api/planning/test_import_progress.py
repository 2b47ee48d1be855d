"""The progress bar of an import."""

from __future__ import annotations

from api.planning.imports import progress as import_progress


def test_there_is_no_bar_where_stderr_is_no_terminal(capsys):
    with import_progress.shown_progress() as progress:
        assert progress is None
    assert capsys.readouterr().err == ""


def test_a_bar_appears_on_a_terminal_when_it_takes_long(monkeypatch, capsys):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr(import_progress, "QUIET_S", -1.0)
    with import_progress.shown_progress() as progress:
        assert progress is not None
        progress(0, 0)
        progress(50, 100)
    said = capsys.readouterr()
    assert "reading" in said.err
    assert said.out == ""


def test_a_short_import_shows_no_bar_even_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setattr(import_progress, "QUIET_S", 1e9)
    with import_progress.shown_progress() as progress:
        assert progress is not None
        progress(1, 2)
    assert "reading" not in capsys.readouterr().err
