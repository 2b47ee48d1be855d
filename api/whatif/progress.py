"""Progress bars on stderr; none where stderr is no terminal."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.staged import Staged
    from simulator.study.study import Progress as StudyProgress


@contextmanager
def run_progress(staged: Staged) -> Iterator[Callable[[float], None] | None]:
    """Yield the callback of a run, which takes the simulated time; None where nobody would see the bar."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    begin_s = staged.start_s - staged.warm_up_s
    bar = Progress(
        TextColumn("simulated"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=staged.start_s + staged.duration_s - begin_s)
        yield lambda now_s: bar.update(task, completed=now_s - begin_s)


@contextmanager
def study_progress(at_most: int) -> Iterator[Callable[[StudyProgress], None]]:
    """Yield the callback of a study of `at_most` runs.  Failed runs get a line of their own, terminal or not."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _say_failure
        return
    bar = Progress(
        TextColumn("runs {task.completed}/{task.total}"),
        BarColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        refresh_per_second=4.0,
    )
    with bar:
        task = bar.add_task("", total=at_most)

        def show(progress: StudyProgress) -> None:
            _say_failure(progress, lambda line: console.print(line, markup=False, highlight=False))
            bar.update(task, completed=progress.done + progress.failed, description=state_of(progress))

        yield show


def state_of(progress: StudyProgress) -> str:
    """How many runs failed, and how narrow each interval is against what it has to reach."""
    parts = [f"{progress.failed} failed"] if progress.failed else []
    for variant_id, (half_width, limit) in progress.widths.items():
        if half_width is not None and limit is not None:
            parts.append(f"{variant_id} ±{half_width:.3g} (stops at {limit:.3g})")
    return ", ".join(parts)


def _say_failure(progress: StudyProgress, say: Callable[[str], None] = lambda line: typer.echo(line, err=True)) -> None:
    if (failed := progress.newest_failure) is not None:
        say(f"failed: {failed.scenario_id}, seed {failed.seed}: {failed.reason}")
