"""Whether a game went as promised: every broken promise is a finding."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from tests.chaos.record import Acked, Asked, Evidence, Seen
from tests.chaos.recount import Place, places, recount

LATE_MS: Final = 1_000
"""A question is closed this soon after `closes_at`, while the database is there."""

APART_MS: Final = 2_000
"""Without Redis nodes are at most so far behind each other."""


class Finding(Struct, frozen=True):
    """A promise that was broken, and how. `question` is 0 when it is about the whole game."""

    promise: str
    what: str
    question: int = 0


def judge(evidence: Evidence) -> list[Finding]:
    """All broken promises of a game."""
    return [finding for rule in RULES for finding in rule(evidence)]


def lateness_ms(asked: Asked, away: list[tuple[int, int]]) -> int | None:
    """How long after its deadline a question was seen to close; counted from the database's return if it was away."""
    if not asked.timed or asked.seen_closed is None:
        return None
    due = asked.closes_at
    # An outage that began after the close was seen has nothing to do with it; a chain of them moves the deadline on.
    for since, until in sorted(away):
        if since <= due + LATE_MS and until > due and since < asked.seen_closed:
            due = until
    return asked.seen_closed - due


def told_within_ms(asked: Asked) -> int | None:
    """How long after the first client the last one saw a question closed."""
    if asked.first_reveal is None or asked.last_reveal is None:
        return None
    return asked.last_reveal - asked.first_reveal


def _kept(evidence: Evidence) -> Iterator[Finding]:
    rows = defaultdict(list)
    for row in evidence.rows.answers:
        rows[row.player, row.question].append(row)
    for ack in evidence.acked:
        told = f"{ack.player} was told {ack.status} of {ack.submission}, received at {ack.received_at}"
        stored = rows[ack.player, ack.question]
        if not stored:
            yield Finding("acked answers are stored", f"{told}; there is no row", ack.question)
        for row in stored[:1]:
            if (row.submission, row.answer, row.received_at) != (ack.submission, ack.answer, ack.received_at):
                yield Finding("acked answers are stored as acked", f"{told}; the row is {row}", ack.question)
    for (player, question), stored in rows.items():
        if len(stored) > 1:
            yield Finding("answers are stored once", f"{player} has {len(stored)} rows", question)


def _meant(evidence: Evidence) -> Iterator[Finding]:
    sent = {(each.player, each.question, each.submission): each.answer for each in evidence.sent}
    for row in evidence.rows.answers:
        if sent.get((row.player, row.question, row.submission)) != row.answer:
            yield Finding("stored answers were sent", f"nobody sent {row}", row.question)


def _told_alike(evidence: Evidence) -> Iterator[Finding]:
    times: defaultdict[tuple[str, int, str], set[int]] = defaultdict(set)
    for ack in evidence.acked:
        times[ack.player, ack.question, ack.submission].add(ack.received_at)
    for (player, question, submission), received in times.items():
        if len(received) > 1:
            what = f"{player} was told {sorted(received)} of {submission}"
            yield Finding("a resend is acked alike", what, question)
    for unheard in evidence.unheard:
        what = f"{unheard.player} was told nothing of {unheard.submission}"
        yield Finding("every answer is acked or refused", what, unheard.question)


def _let_in(evidence: Evidence) -> Iterator[Finding]:
    asked = {each.number: each for each in evidence.asked}
    for refusal in evidence.turned_away:
        question = asked.get(refusal.question)
        was_open = question is not None and question.opens_at <= refusal.sent_at and refusal.at < question.closes_at
        if was_open or refusal.code not in ("closed", "wrong_question"):
            times = question and f", open {question.opens_at} to {question.closes_at}"
            what = f"{refusal.player} sent at {refusal.sent_at} and got {refusal.code} at {refusal.at}{times or ''}"
            yield Finding("an open question takes answers", what, refusal.question)


def _counted(evidence: Evidence) -> Iterator[Finding]:
    for row, expected in zip(evidence.rows.scores, _expected(evidence), strict=True):
        stored = (row.points, row.correct, row.time_ms)
        if stored != expected:
            what = f"{row.player} has {stored} (points, correct, ms), a recount gives {expected}"
            yield Finding("totals equal a recount", what)


def _expected(evidence: Evidence) -> Iterator[tuple[int, int, int]]:
    players = [row.player for row in evidence.rows.scores]
    totals = recount(evidence.document, evidence.asked, evidence.rows.answers, players)
    for player in players:
        total = totals[player]
        yield total.points, total.correct, total.time_ms


def _in_time(evidence: Evidence) -> Iterator[Finding]:
    for asked in evidence.asked:
        if asked.seen_closed is None or asked.first_reveal is None:
            yield Finding("questions close", "no client ever saw it close", asked.number)
        if asked.timed and asked.seen_closed is not None and asked.seen_closed < asked.closes_at:
            early = asked.closes_at - asked.seen_closed
            yield Finding("no question closes early", f"closed {early} ms early", asked.number)
        late = lateness_ms(asked, evidence.away)
        if late is not None and late > LATE_MS:
            yield Finding("no question closes late", f"closed {late} ms late", asked.number)
        if asked.redis_away and (behind := told_within_ms(asked)) is not None and behind > APART_MS:
            yield Finding(
                "nodes keep up without Redis", f"the last client saw it close {behind} ms later", asked.number
            )
        if asked.timed and any(told != asked.closes_at for told in asked.told_closes_at):
            what = f"clients were told {asked.told_closes_at}, stored is {asked.closes_at}"
            yield Finding("deadlines stand", what, asked.number)


def _agreed(evidence: Evidence) -> Iterator[Finding]:
    rows = evidence.rows
    if rows.phase != "finished":
        yield Finding("games finish", f"the session is in {rows.phase}")
    players = [row.player for row in rows.scores]
    nicknames = {row.player: row.nickname for row in rows.scores}
    ranked = places(recount(evidence.document, evidence.asked, rows.answers, players), nicknames)
    podium = sorted(ranked.values(), key=lambda place: place.rank)[:3]
    for seen in evidence.seen:
        place = ranked.get(seen.player)
        wrong = [
            *(["is not connected"] if not seen.connected else []),
            *([f"shows phase {seen.phase}"] if seen.phase != rows.phase else []),
            *([f"shows version {seen.version}, not {rows.version}"] if seen.version != rows.version else []),
            *([f"shows the podium {seen.podium}"] if not _is_podium(seen.podium, podium, ranked) else []),
            *(["has lost its seat"] if seen.player and place is None else []),
            *(
                [f"shows {seen.total} points on rank {seen.rank}, not {place}"]
                if place and _differs(seen, place)
                else []
            ),
        ]
        if wrong:
            yield Finding("all clients show what is stored", f"{seen.name} {', '.join(wrong)}")


def _differs(seen: Seen, place: Place) -> bool:
    return (seen.total, seen.rank) != (place.points, place.rank)


def _is_podium(shown: list[tuple[int, str, int]], podium: list[Place], ranked: dict[str, Place]) -> bool:
    """Whether these may stand there: who shares a place may stand in any order, so any of them may be cut off."""
    known = {(place.rank, place.nickname, place.points) for place in ranked.values()}
    return (
        [rank for rank, _, _ in shown] == [place.rank for place in podium]
        and set(shown) <= known
        and len(set(shown)) == len(shown)
    )


RULES: Final[list[Callable[[Evidence], Iterator[Finding]]]] = [
    _kept,
    _meant,
    _told_alike,
    _let_in,
    _counted,
    _in_time,
    _agreed,
]


def acked_once(acked: list[Acked]) -> Counter[str]:
    """How many answers were acked with each status at first."""
    first: dict[tuple[str, int], Acked] = {}
    for ack in acked:
        first.setdefault((ack.player, ack.question), ack)
    return Counter(ack.status for ack in first.values())
