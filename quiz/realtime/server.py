"""Real time, put together: the Socket.IO server, the game's clients on it, and what other nodes send to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence

import structlog
from aiohttp import web

from quiz.domain.announce import Earned
from quiz.domain.ids import SessionId
from quiz.game.answering import Answering
from quiz.game.conduct import Conductor
from quiz.game.healing import Healing
from quiz.game.ports import Clock
from quiz.game.snapshots import Snapshots
from quiz.game.tokens import Tokens
from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics
from quiz.realtime.bus import Bus
from quiz.realtime.calls import Calls
from quiz.realtime.clients import GameClients
from quiz.realtime.dispatch import Dispatch
from quiz.realtime.drain import Drain
from quiz.realtime.inbox import Inbox
from quiz.realtime.manager import RoomManager, RoomMessage
from quiz.realtime.rooms import room
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sockets import SocketServer

log = structlog.get_logger("quiz.realtime")


class RealtimeServer:
    """Everything of one node that speaks Socket.IO.

    Args:
        allowed_origins: browser origins that may connect; None allows only the origin of the page's own host.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        snapshots: Snapshots,
        answering: Answering,
        conductor: Conductor,
        clock: Clock,
        metrics: Metrics,
        healing: Healing,
        bus: Bus,
        settings: RealtimeSettings,
        allowed_origins: Sequence[str] | None,
    ) -> None:
        self._inbox = Inbox(self._take_in, healing.look_now)
        self.rooms = RoomManager(bus, clock, self._inbox.put, healing.leave, self._bad_message)
        bus.serve(self.rooms.heard, healing.look_now)
        calls = Calls(Dispatch(answering, conductor, clock), answering, clock, metrics)
        self.clients = GameClients(
            tokens=tokens, snapshots=snapshots, healing=healing, calls=calls, rooms=self.rooms, metrics=metrics
        )
        self.sockets = SocketServer(self.clients, self.rooms, metrics, settings, allowed_origins)
        self.clients.serve(self.sockets)
        self._healing = healing
        self._clock = clock
        self._metrics = metrics
        self._drain = Drain(self.sockets, snapshots.version)
        self._throttle = Throttle()

    def attach_to(self, app: web.Application) -> None:
        """Serve `/socket.io/` in an application."""
        self.sockets.attach_to(app)

    @property
    def closing(self) -> bool:
        """Whether this node sends its clients away."""
        return self.sockets.closed

    def count_connections(self) -> None:
        """Bring the gauges of connections up to date."""
        seen = Counter(
            (connection.seat.role.value if connection.seat else "unjoined", connection.link.transport_name)
            for connection in self.sockets.connections
        )
        self._metrics.rooms.set(self.rooms.count())
        self._metrics.sessions_hosted.set(self._healing.hosted())
        self._metrics.connections.clear()
        for (role, transport), number in seen.items():
            self._metrics.connections.labels(role, transport).set(number)

    async def close(self) -> None:
        """Send everyone away: refuse newcomers at once, and let those who are here go in batches."""
        self.sockets.close_doors()
        await self._drain.run()
        await self._inbox.close()
        await self.sockets.close()

    def _bad_message(self) -> None:
        self._metrics.bad_packets.labels("bus").inc()
        if self._throttle.passes("bus"):
            log.warning("message of another node refused", action="hear")

    async def _take_in(self, session_id: SessionId, message: RoomMessage) -> None:
        """Take in what another node has sent to a session."""

        async def deliver(earned: Earned | None = None) -> AsyncIterator[str]:
            for audience, event, packet in message.packets:
                await self.clients.deliver(room(session_id, audience), event, packet, earned)
                yield event

        self._metrics.fanout_delay.observe(max(0, self._clock.now() - message.sent_at) / 1000)
        if message.notice is None:
            async for _ in deliver():
                pass
        else:
            await self._healing.hear(session_id, message.notice, deliver)
