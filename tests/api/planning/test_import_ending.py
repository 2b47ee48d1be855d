"""An import that a signal ends leaves nothing behind; names that no model can hold are refused."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from api.planning.imports.ending import ended_in_order
from api.planning.imports.importing import run_import
from traffic_core.formats.new_folder import new_folder

FORMATS = Path(__file__).parents[2] / "traffic_core" / "formats"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_an_import_as_an_exception_and_nothing_is_left(tmp_path, number):
    def work(settings):
        with new_folder(settings.out) as folder:
            (folder / "half").touch()
            os.kill(os.getpid(), number)
            (folder / "more").touch()

    before = signal.signal(number, signal.SIG_DFL)  # a job that outlives its terminal inherits that it is ignored
    try:
        with pytest.raises(SystemExit) as ended:
            run_import(work, out=tmp_path / "a" / "out", name=None, as_json=True)
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert ended.value.code == 128 + number
    assert not list(tmp_path.iterdir())


def test_a_second_signal_does_not_disturb_the_clearing_up():
    cleared = []

    def work():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGHUP)
            cleared.append(True)

    before = signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        with pytest.raises(SystemExit), ended_in_order():
            work()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert cleared == [True]


def test_a_signal_that_is_ignored_stays_so():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_in_order():
            os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("name", ["x" * 300, os.fsdecode(b"m\xfcller.net")])
def test_a_name_that_cannot_be_kept_is_refused(stadttakt, tmp_path, name):
    if len(name) < 300:
        (tmp_path / name).write_bytes((FORMATS / "dorf.net").read_bytes())
    said = stadttakt("import", "visum", tmp_path / name, "--out", tmp_path / "out")
    assert said.code == 2
    assert said.err.startswith("stadttakt: ")
    assert "file = " in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--name", "--out"])
def test_an_option_in_another_encoding_is_refused(stadttakt, tmp_path, option):
    options = {"--out": str(tmp_path / "out"), option: os.fsdecode(b"\xff")}
    said = stadttakt("import", "visum", FORMATS / "dorf.net", *(text for pair in options.items() for text in pair))
    assert said.code == 2
    assert f"{option} = '\\udcff': must be UTF-8 text" in said.err
    assert not list(tmp_path.iterdir())


def test_a_network_without_geography_is_no_town_and_without_trips_nothing_is_assigned(stadttakt, braess, tmp_path):
    assert stadttakt("import", "tntp", braess[0], "--out", tmp_path / "out").code == 0
    said = stadttakt("network", "check", tmp_path / "out")
    assert (said.code, "kind = 'abstract': must be a town" in said.err) == (2, True)
    said = stadttakt("assign", tmp_path / "out")
    assert (said.code, "demand.csv = 0.0: must hold trips" in said.err) == (2, True)
