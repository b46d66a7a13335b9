"""The use cases, introduced to each other and to what stands behind their ports."""

from __future__ import annotations

import random
from typing import Final

from msgspec import Struct

from quiz.app.adapters import Shared, is_alone
from quiz.config import Settings
from quiz.domain.ids import Millis
from quiz.formats.files import FormatFiles
from quiz.formats.results_files import FormatResults
from quiz.game.accounts import Accounts
from quiz.game.answering import Answering
from quiz.game.bot_play import BotPlay
from quiz.game.conduct import Conductor
from quiz.game.crowd import Crowd
from quiz.game.deadlines import DeadlineWatch
from quiz.game.healing import Healing
from quiz.game.joining import Joining
from quiz.game.library import Library
from quiz.game.live import LiveSessions
from quiz.game.passwords import Passwords
from quiz.game.ports import Clock
from quiz.game.rehearsal import Rehearsal
from quiz.game.reports import Reports
from quiz.game.sessions import Sessions
from quiz.game.snapshots import Snapshots
from quiz.game.taking import Taking
from quiz.game.telling import Teller
from quiz.game.throttle import Throttle
from quiz.game.tokens import Tokens
from quiz.http.services import Services
from quiz.observe.meters import CacheMetrics, HealingMetrics, TakingMetrics
from quiz.observe.metrics import Metrics
from quiz.realtime.fanout import RoomFanout
from quiz.storage.storage import Storage

PICTURES_MAX: Final = 500
"""Pictures of sessions without clients here that a node keeps; those beyond are loaded again when asked for."""
DEADLINE_RETRY_MS: Final = Millis(250)


class Game(Struct, frozen=True):
    """The use cases of running games."""

    live: LiveSessions
    crowd: Crowd
    teller: Teller
    healing: Healing
    taking: Taking
    conductor: Conductor
    deadlines: DeadlineWatch
    answering: Answering
    bot_play: BotPlay
    snapshots: Snapshots
    fanout: RoomFanout


def wire_game(settings: Settings, storage: Storage, shared: Shared, clock: Clock, metrics: Metrics) -> Game:
    """Build the use cases of running games."""
    fanout = RoomFanout()
    lifetime = None if is_alone(settings) else settings.picture_lifetime_ms
    live = LiveSessions(storage.sessions, PICTURES_MAX, lifetime, CacheMetrics(metrics))
    taking = Taking(
        storage.answers, shared.overflow, settings.node_name, storage.check, settings.taking, TakingMetrics(metrics)
    )
    crowd = Crowd(live, taking, fanout, settings.crowd_interval_ms)
    live.serve(crowd.moved)
    deadlines = DeadlineWatch(
        storage.sessions,
        clock,
        grace_ms=settings.deadline_grace_ms,
        jitter_ms=settings.deadline_jitter_ms,
        retry_ms=DEADLINE_RETRY_MS,
        random=random.SystemRandom(),
    )
    teller = Teller(fanout, crowd, deadlines, settings.crowd_interval_ms)
    healing = Healing(
        storage.sessions,
        live,
        crowd,
        fanout,
        teller,
        deadlines,
        HealingMetrics(metrics),
        settings.versions_interval_ms,
    )
    conductor = Conductor(storage.sessions, taking, live, fanout, clock, teller, healing, settings.seats_max)
    deadlines.serve(conductor)
    taking.serve(conductor)
    answering = Answering(taking, live, healing, crowd)
    return Game(
        live=live,
        crowd=crowd,
        teller=teller,
        healing=healing,
        taking=taking,
        conductor=conductor,
        deadlines=deadlines,
        answering=answering,
        bot_play=BotPlay(live, answering, clock),
        snapshots=Snapshots(live, taking, crowd, clock),
        fanout=fanout,
    )


def wire_services(settings: Settings, storage: Storage, shared: Shared, clock: Clock, game: Game) -> Services:
    """Build the use cases that requests come for."""
    tokens, throttle = Tokens(settings.secret_key), Throttle(shared.limiter)
    lifetime = settings.session_lifetime_ms
    return Services(
        accounts=Accounts(storage.users, Passwords(), tokens, throttle, clock),
        library=Library(storage.quizzes, FormatFiles(), clock),
        sessions=Sessions(storage.sessions, storage.quizzes, game.live, tokens, clock, lifetime),
        joining=Joining(
            storage.sessions,
            game.live,
            tokens,
            throttle,
            clock,
            game.crowd,
            seats_most=settings.seats_max,
            seats_together=settings.seats_together,
            lifetime=lifetime,
        ),
        reports=Reports(storage.sessions, game.live, shared.standings, FormatResults()),
        rehearsal=Rehearsal(
            storage.sessions,
            game.live,
            game.healing,
            game.bot_play,
            game.conductor,
            game.crowd,
            clock,
            bots_most=settings.bots_max,
            seats_most=settings.seats_max,
        ),
        tokens=tokens,
    )
