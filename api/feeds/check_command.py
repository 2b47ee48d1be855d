"""`stadttakt feeds`: commands about feeds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

File = Annotated[Path, typer.Argument(help="YAML file of feeds.")]


def register(app: typer.Typer) -> None:
    """Add the sub-command."""
    feeds = typer.Typer(name="feeds", help="Feeds of other systems.", no_args_is_help=True)
    feeds.callback()(_nothing)
    feeds.command()(check)
    app.add_typer(feeds)


def _nothing() -> None:
    """Feeds of other systems."""


def check(
    file: File,
    *,
    feed: Annotated[str | None, typer.Option(help="Only the feed of this name.")] = None,
    model: Annotated[
        Path | None, typer.Option(help="Model folder; default: the shipped Leinfelden-Echterdingen.")
    ] = None,
    at: Annotated[
        str, typer.Option(help="Judge as of this time instead of now: for documents that were recorded.")
    ] = "now",
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Pull every feed once and print per facility what was accepted, repaired, rejected, and why.

    Exit code: 0 all feeds answered and nothing was rejected; 1 a feed failed or something was rejected; 2 the file
    cannot be used.  What no facility of ours is about (not listed, forecasts, sums of districts) is told and no fault.
    """
    import asyncio  # noqa: PLC0415
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415
    import time  # noqa: PLC0415

    from api.feeds.check import check as check_file  # noqa: PLC0415
    from api.feeds.config import load_feeds  # noqa: PLC0415
    from api.start_time import start_time_s  # noqa: PLC0415
    from api.town import default_model, load_town  # noqa: PLC0415

    load_feeds(file)  # a mistake of the file is told before anything else is read
    town = load_town(model or default_model())
    at_s = start_time_s(at, town.timezone, time.time(), "--at")
    clock = time.time if at == "now" else lambda: at_s
    document = asyncio.run(check_file(file, os.environ, town, clock, feed))
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(document)))
    raise typer.Exit(document["exit_code"])


def _lines(document: dict[str, Any]) -> list[str]:
    lines = []
    for feed in document["feeds"]:
        lines += [*_feed_lines(feed), ""]
    if document["facilities_without_a_feed"]:
        lines.append("no feed tells the state of: " + ", ".join(document["facilities_without_a_feed"]))
    lines.append("nothing is wrong" if document["exit_code"] == 0 else "something was rejected, or a feed failed")
    return lines


def _feed_lines(feed: dict[str, Any]) -> list[str]:
    lines = [f"{feed['id']} ({feed['format']}): {feed['address'] or 'is not pulled, waits for messages'}"]
    if feed["problem"]:
        lines.append(f"  failed: {feed['problem']}")
    for attempt in feed["attempts"]:
        told = f"{attempt['readings']} readings, {attempt['facilities']} facilities, {attempt['rejects']} rejects"
        lines.append(f"  {attempt['outcome']}: {attempt['explanation'] or told}")
    width = max((len(entry["source"] or "") for entry in feed["records"]), default=0)
    lines += [_record_line(entry, width) for entry in feed["records"]]
    for key, words in (
        ("static_only", "only static facts"),
        ("not_listed", "not in the list of the feed"),
        ("not_in_model", "not in the model, will get a sign of its own"),
        ("listed_but_not_told", "listed, but the feed does not tell of it"),
    ):
        if feed[key]:
            lines.append(f"  {words}: {', '.join(feed[key])}")
    counts = feed["counts"]
    lines.append("  " + ", ".join(f"{word} {counts.get(word, 0)}" for word in ("accepted", "repaired", "rejected")))
    return lines


def _record_line(entry: dict[str, Any], width: int) -> str:
    age = "" if entry["age_s"] is None else f"{entry['age_s']:.0f} s old"
    why = f"{entry['reason']} ({entry['explanation']})" if entry["reason"] else ""
    parts = [part for part in (entry["told"], age, why) if part]
    return f"  {entry['outcome']:<8}  {entry['source'] or '(whole body)':<{width}}  {'; '.join(parts)}"
