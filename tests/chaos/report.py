"""What a run has shown, for people and for programs."""

from __future__ import annotations

import os
import platform
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec
from msgspec import Struct

from tests.chaos.game import Played
from tests.chaos.judge import Finding, acked_once, lateness_ms, told_within_ms
from tests.chaos.record import Suffered
from tests.chaos.schedule import Fault

BEGIN: Final = "<!-- measured: begin -->"
END: Final = "<!-- measured: end -->"


class Line(Struct, frozen=True, kw_only=True):
    """What rounds with one fault had in common. Lateness is of questions with a deadline, milliseconds."""

    fault: str
    rounds: int
    reconnects: int
    retries: int
    queued: int
    refused: int
    late_median_ms: int | None
    late_max_ms: int | None
    told_within_max_ms: int | None
    in_step_max_s: float | None


class Broken(Struct, frozen=True):
    """A finding, and which round of which game it belongs to; round 0 is the whole game."""

    game: int
    round: int
    fault: str
    finding: Finding


class Report(Struct, frozen=True, kw_only=True):
    """A whole run. `hiccup_ms` is the longest that the clients' own process kept them waiting."""

    seed: int
    asked_rounds: int
    rounds: int
    games: int
    players: int
    nodes: int
    spread: list[list[int]]
    seconds: float
    at: str
    machine: str
    hiccup_ms: int
    clock_ahead_ms: int
    answers: int
    saved: int
    queued: int
    refused: int
    lost: int
    doubled: int
    stepped_back: int
    settled_max_s: float
    lines: list[Line]
    broken: list[Broken]


def machine() -> str:
    """What it ran on."""
    return f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def lines(games: Sequence[Played]) -> list[Line]:
    """One line for each fault that struck."""
    struck: defaultdict[Fault, list[Suffered]] = defaultdict(list)
    late: defaultdict[Fault, list[int]] = defaultdict(list)
    told: defaultdict[Fault, list[int]] = defaultdict(list)
    for played in games:
        asked = {each.number: each for each in played.evidence.asked} if played.evidence else {}
        for round_ in played.rounds:
            struck[round_.fault].append(round_)
            if played.evidence and round_.question in asked:
                after = lateness_ms(asked[round_.question], played.evidence.away)
                late[round_.fault] += [] if after is None else [after]
                within = told_within_ms(asked[round_.question])
                told[round_.fault] += [] if within is None else [within]
    return [
        Line(
            fault=fault.value,
            rounds=len(rounds),
            reconnects=sum(round_.counts.reconnects for round_ in rounds),
            retries=sum(round_.counts.retries for round_ in rounds),
            queued=sum(round_.counts.queued for round_ in rounds),
            refused=sum(round_.counts.refused for round_ in rounds),
            late_median_ms=round(median(late[fault])) if late[fault] else None,
            late_max_ms=max(late[fault], default=None),
            told_within_max_ms=max(told[fault], default=None),
            in_step_max_s=max((each.in_step_s for each in rounds if each.in_step_s is not None), default=None),
        )
        for fault in Fault
        if (rounds := struck[fault])
    ]


def broken(games: Sequence[Played]) -> list[Broken]:
    """All findings with the rounds they belong to."""
    found = []
    for played in games:
        planned = dict(enumerate(played.game.rounds, start=1))
        for finding in played.findings:
            round_ = planned.get(finding.question)
            number, fault = (round_.number, round_.fault.value) if round_ else (0, "")
            found.append(Broken(played.game.number, number, fault, finding))
    return found


def report(
    games: Sequence[Played],
    *,
    seed: int,
    asked_rounds: int,
    players: int,
    nodes: int,
    seconds: float,
    at: str,
    hiccup_ms: int,
    clock_ahead_ms: int,
) -> Report:
    """Sum up what was played."""
    evidences = [played.evidence for played in games if played.evidence]
    statuses = [acked_once(evidence.acked) for evidence in evidences]
    findings = broken(games)
    return Report(
        seed=seed,
        asked_rounds=asked_rounds,
        rounds=sum(len(played.rounds) for played in games),
        games=len(games),
        players=players,
        nodes=nodes,
        spread=[played.spread for played in games],
        seconds=round(seconds, 1),
        at=at,
        machine=machine(),
        hiccup_ms=hiccup_ms,
        clock_ahead_ms=clock_ahead_ms,
        answers=sum(len(evidence.rows.answers) for evidence in evidences),
        saved=sum(status["saved"] for status in statuses),
        queued=sum(status["queued"] for status in statuses),
        refused=sum(len(evidence.turned_away) for evidence in evidences),
        lost=_count(findings, "acked answers are stored"),
        doubled=_count(findings, "answers are stored once"),
        stepped_back=sum(round_.stepped_back for played in games for round_ in played.rounds),
        settled_max_s=max((played.settled_s for played in games), default=0.0),
        lines=lines(games),
        broken=findings,
    )


def markdown(done: Report) -> str:
    """The report as people read it."""
    head = (
        f"{done.at}, {done.machine}; seed {done.seed}.\n\n"
        f"{done.rounds} of {done.asked_rounds} rounds in {done.games} games with {done.players} players on "
        f"{done.nodes} nodes (at the first game's start {_and(done.spread[0]) if done.spread else 'no'} clients each), "
        f"in {done.seconds:.0f} s.\n\n"
        f"{done.answers} answers stored; acked at first {done.saved} as saved and {done.queued} as queued; "
        f"{done.refused} came too late and were refused. "
        f"**{done.lost} acked answers lost, {done.doubled} doubled, {len(done.broken)} promises broken.** "
        f"The slowest game was stored, counted and shown alike everywhere {done.settled_max_s:.1f} s after its end. "
        f"{done.stepped_back} times a client was shown an older version than before. The longest that the "
        f"clients' own process kept them waiting was {done.hiccup_ms} ms; the database's clock was "
        f"{done.clock_ahead_ms} ms ahead of theirs."
    )
    titles = (
        "fault",
        "rounds",
        "reconnects",
        "retries",
        "queued",
        "too late",
        "close late, median ms",
        "close late, max ms",
        "told within, max ms",
        "in step after, max s",
    )
    table = [_row(titles), _row(("---", *["---:"] * (len(titles) - 1)))]
    table += [
        _row(
            (
                line.fault,
                *map(str, (line.rounds, line.reconnects, line.retries, line.queued, line.refused)),
                "–" if line.late_median_ms is None else str(line.late_median_ms),
                "–" if line.late_max_ms is None else str(line.late_max_ms),
                "–" if line.told_within_max_ms is None else str(line.told_within_max_ms),
                "–" if line.in_step_max_s is None else f"{line.in_step_max_s:.1f}",
            )
        )
        for line in done.lines
    ]
    return "\n".join([head, "", *table, *_complaints(done)]) + "\n"


def write(done: Report, file: Path) -> None:
    """Write the report: as JSON, or as Markdown between two marks if the file has them."""
    if file.suffix == ".json":
        file.write_bytes(msgspec.json.format(msgspec.json.encode(done), indent=2) + b"\n")
        return
    text = markdown(done)
    old = file.read_text(encoding="utf-8") if file.exists() else ""
    if BEGIN in old and END in old:
        before, _, rest = old.partition(BEGIN)
        _, _, after = rest.partition(END)
        text = f"{before}{BEGIN}\n{text}{END}{after}"
    file.write_text(text, encoding="utf-8")


def _complaints(done: Report) -> list[str]:
    if not done.broken:
        return []
    return ["", f"Broken promises; the same again with `--seed {done.seed}`:", ""] + [
        f"- game {each.game}, round {each.round or '–'}{f' ({each.fault})' if each.fault else ''}: "
        f"{each.finding.promise}: {each.finding.what}"
        for each in done.broken
    ]


def _count(findings: Iterable[Broken], promise: str) -> int:
    return sum(each.finding.promise == promise for each in findings)


def _and(numbers: Sequence[int]) -> str:
    return " + ".join(map(str, numbers))


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
