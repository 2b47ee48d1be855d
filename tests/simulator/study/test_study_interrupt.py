"""Ctrl-C: the study stops at once, nothing is left running, what is done is kept and used."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.study.executor import InProcess
from simulator.study.stopping import StoppingRule
from simulator.study.store import ResultStore
from simulator.study.study import run_study

HERE = Path(__file__).parent
STUDY = """
import signal
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import toy_study_runs
from simulator.study.local_processes import LocalProcesses
from simulator.study.plan import ScenarioPlan, StudyPlan
from simulator.study.stopping import StoppingRule
from simulator.study.store import ResultStore
from simulator.study.study import run_study

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background inherits that it is ignored
    options = (("folder", {folder!r}),)
    names = ("base", "plus-5")
    base, variant = (ScenarioPlan(id=name, fingerprint=f"print of {{name}}", options=options) for name in names)
    plan = StudyPlan(base=base, variants=(variant,))
    with ResultStore(Path({folder!r}, "out"), plan.fingerprints()) as store:
        try:
            run_study(plan, toy_study_runs.slow_from_seed_3, LocalProcesses(2), store, StoppingRule(n_min=5, n_max=5))
        except KeyboardInterrupt:
            print("stopped with", *store.done("base"), *store.done("plus-5"))
"""


@pytest.mark.skipif(not hasattr(os, "killpg"), reason="process groups are not known here")
def test_ctrl_c_keeps_what_is_done_and_leaves_no_process(toys, make_plan, tmp_path):
    script = tmp_path / "study_script.py"
    script.write_text(STUDY.format(here=str(HERE), folder=str(tmp_path)), encoding="utf-8")
    # As from a terminal: all processes of the group get the signal.
    study = subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=HERE.parents[2],
        env=os.environ | {"PYTHONPATH": str(HERE.parents[2])},
    )
    pids: list[int] = []
    done: list[Path] = []
    while (len(pids) < 2 or len(done) < 4) and study.poll() is None:
        time.sleep(0.02)
        done = list(tmp_path.glob("out/*/seed-*.json"))
        pids = [int(path.name.removeprefix("pid-")) for path in tmp_path.glob("pid-*")]
    os.killpg(study.pid, signal.SIGINT)
    output, errors = study.communicate(timeout=60)
    assert output == "stopped with 1 2 1 2\n", errors
    assert errors == ""
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    plan, seen = make_plan("plus-5"), []
    with ResultStore(tmp_path / "out", plan.fingerprints()) as store:
        rule = StoppingRule(n_min=5, n_max=5)
        result = run_study(plan, toys.toy_run, InProcess(), store, rule, on_progress=seen.append)
    assert seen[-1].found == 4
    assert result.seeds == (1, 2, 3, 4, 5)
    assert list((tmp_path / "out").rglob("*.part")) == []
