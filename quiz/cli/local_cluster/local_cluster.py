"""The cluster itself: parts in their order, and what can be done to them."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Self

from quiz.cli.local_cluster.environment import node_environment
from quiz.cli.local_cluster.events import CannotStart, Event, TablesReady, Tell
from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.migration import migrate
from quiz.cli.local_cluster.nginx import Nginx
from quiz.cli.local_cluster.node import Node
from quiz.cli.local_cluster.part import Part
from quiz.cli.local_cluster.ports import free_port
from quiz.cli.local_cluster.postgresql import PostgreSql
from quiz.cli.local_cluster.redis import Redis
from quiz.cli.local_cluster.supervisor import Supervisor
from quiz.cli.local_cluster.sweeper import Sweeper
from quiz.cli.local_cluster.wheels import find_programs


def _say_nothing(_: Event) -> None:
    pass


class LocalCluster:
    """PostgreSQL, Redis, nginx and nodes on this machine. An async context manager; `start` and `stop` do the same.

    The parts are called `postgresql`, `redis`, `nginx`, `node-1`, `node-2` and so on.

    Args:
        nodes: how many to begin with.
        port: where nginx listens; 0 takes a free one.
        keep: a folder for data and logs that stays; None keeps nothing.
        environment: settings of all nodes, which go before those of this process.
        restarts: whether parts that die are started again; those killed by `kill` never are.
        tell: called with everything that happens to a part.

    Raises:
        MissingWheels: this environment has no servers.
        BadHome: another cluster runs in `keep`, or what lies there is not of a cluster.
        OSError: `keep` or the temporary folder cannot be written.
    """

    def __init__(
        self,
        nodes: int,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        keep: Path | None = None,
        environment: Mapping[str, str] | None = None,
        restarts: bool = True,
        tell: Tell = _say_nothing,
    ) -> None:
        programs = find_programs()
        self._given = dict(environment or {})
        self._tell = tell
        self._restarts = restarts
        self._first_nodes = nodes
        self._nodes_made = 0
        self._ports_taken: set[int] = set()
        self.host = host
        self.port = port or free_port(self._ports_taken)
        redis_port = free_port(self._ports_taken)
        self.home, self.secrets = Home.make(keep, {**os.environ, **self._given})
        self._sweeper = Sweeper(self.home.run)
        self.postgresql = PostgreSql(self.home, self._sweeper, programs.postgresql)
        self.redis = Redis(self.home, self._sweeper, programs.redis_server, redis_port, self.secrets.redis_password)
        self.nginx = Nginx(self.home, self._sweeper, programs.nginx, host, self.port)
        self._parts: dict[str, Supervisor] = {}
        self._coming: set[str] = set()
        for part in (self.postgresql, self.redis, self.nginx):
            self._add(part)

    @property
    def url(self) -> str:
        """Where nginx serves, for people and programs on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def nodes(self) -> dict[str, Node]:
        """The nodes by name, in the order they were made; also those that do not run just now."""
        return {name: watched.part for name, watched in self._parts.items() if isinstance(watched.part, Node)}

    @property
    def node_urls(self) -> dict[str, str]:
        """Where each node serves by itself, past nginx."""
        return {name: node.url for name, node in self.nodes.items()}

    @property
    def pids(self) -> dict[str, int]:
        """The first process of each part that runs."""
        return {name: watched.part.pid for name, watched in self._parts.items() if watched.part.pid is not None}

    def log(self, name: str) -> str:
        """Everything a part has logged."""
        return self._part(name).log.read_text(encoding="utf-8", errors="replace")

    async def start(self) -> None:
        """Start everything, and wait until it serves.

        Raises:
            CannotStart: with the part that does not. `stop` must be called all the same.
        """
        await self._sweeper.start()
        self.nginx.check_address()
        await _together(self._parts["postgresql"].start(), self._parts["redis"].start())
        await self.migrate()
        made = [self._new_node({}) for _ in range(self._first_nodes)]
        await _together(*(watched.start() for watched in made))
        self._tell_nginx()
        await self._parts["nginx"].start()

    async def stop(self) -> None:
        """Stop everything, in an order in which nobody misses anybody, and remove what is not to be kept."""
        for name, watched in self._parts.items():
            await watched.let_go()
            self.resume(name)  # or the others would wait for it in vain
        # It takes no more clients. Those it has leave when their nodes say so, and it ends with the last of them.
        await self._parts["nginx"].ask_to_stop()
        await asyncio.gather(*(self._parts[name].stop() for name in self.nodes))
        for name in ("nginx", "redis", "postgresql"):
            await self._parts[name].stop()
        self.home.release()
        await self._sweeper.done()

    def kill_all(self) -> None:
        """Have everything end at once, for somebody who will not wait for `stop`; that must be called all the same."""
        for watched in self._parts.values():
            if watched.part.process is not None:
                # PostgreSQL gives its shared memory back when it is asked; it then recovers as from a crash.
                watched.part.process.send_family(signal.SIGCONT)
                watched.part.process.send(signal.SIGQUIT if watched.part is self.postgresql else signal.SIGKILL)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def add_node(self, environment: Mapping[str, str] | None = None) -> str:
        """Start one more node, and have nginx send it clients; gives its name.

        Args:
            environment: settings of this node alone, e.g. another `REDIS_URL`.

        Raises:
            CannotStart: the node does not come up.
        """
        watched = self._new_node(environment or {})
        self._coming.add(watched.part.name)
        try:
            await watched.start()
        except CannotStart:
            del self._parts[watched.part.name]
            raise
        finally:
            self._coming.discard(watched.part.name)
        await self.reload_nginx()
        return watched.part.name

    async def remove_node(self, name: str) -> None:
        """Have nginx send a node no more clients, then stop it as SIGTERM does, which takes up to 30 s."""
        watched = self._parts[name]
        if not isinstance(watched.part, Node):
            raise KeyError(name)
        del self._parts[name]
        try:
            await self.reload_nginx()
        finally:
            await watched.stop()

    async def kill(self, name: str) -> None:
        """`kill -9` a part, and leave it dead until `start_part`. nginx is not told, as in real life."""
        await self._parts[name].kill()

    async def stop_part(self, name: str) -> None:
        """Stop a part as its signal for that does, and leave it stopped until `start_part`. nginx is not told."""
        await self._parts[name].stop()

    async def start_part(self, name: str) -> None:
        """Start a part that was killed or stopped, at the address it had.

        Raises:
            CannotStart: it does not come up.
        """
        if self._part(name).pid is None:
            await self._parts[name].let_go()
            await self._parts[name].start()

    async def restart(self, name: str, *, kill: bool = False, empty: bool = False) -> None:
        """Stop a part, or `kill -9` it, and start it again.

        Args:
            empty: it comes back without its data; for Redis, whose data may be lost.

        Raises:
            CannotStart: it does not come up.
        """
        if empty and name != "redis":
            raise ValueError(f"{name} keeps what it has")
        await (self.kill(name) if kill else self.stop_part(name))
        if empty:
            self.redis.forget()
        await self.start_part(name)

    def suspend(self, name: str) -> None:
        """Stop a part and all processes below it where they stand: connections stay open, nothing answers (Linux)."""
        self._send_family(name, signal.SIGSTOP)

    def resume(self, name: str) -> None:
        """Let a suspended part go on."""
        self._send_family(name, signal.SIGCONT)

    async def reload_nginx(self) -> None:
        """Tell nginx which nodes there are; sockets stay.

        Raises:
            CannotStart: nginx does not run, or does not take its configuration.
        """
        self._tell_nginx()
        await self.nginx.reload()

    async def migrate(self) -> None:
        """Bring the database to this code's tables.

        Raises:
            CannotStart: that failed.
        """
        self._tell(TablesReady(await migrate(self.home, self._sweeper, self._environment({}))))

    def _environment(self, given: Mapping[str, str]) -> dict[str, str]:
        return node_environment(self.postgresql.url, self.redis.url, self.secrets, {**self._given, **given})

    def _new_node(self, given: Mapping[str, str]) -> Supervisor:
        self._nodes_made += 1
        name = f"node-{self._nodes_made}"
        environment = self._environment({"QUIZ_NODE_NAME": name, **given})
        return self._add(Node(name, self.home, self._sweeper, free_port(self._ports_taken), environment))

    def _add(self, part: Part) -> Supervisor:
        self._parts[part.name] = watched = Supervisor(part, self._tell, restarts=self._restarts)
        return watched

    def _part(self, name: str) -> Part:
        return self._parts[name].part

    def _tell_nginx(self) -> None:
        self.nginx.set_nodes(node.address for name, node in self.nodes.items() if name not in self._coming)

    def _send_family(self, name: str, number: signal.Signals) -> None:
        process = self._part(name).process
        if process is not None:
            process.send_family(number)


async def _together(*starts: Coroutine[None, None, None]) -> None:
    """Await all at once; the first that fails ends the others, and is what is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for start in starts:
                group.create_task(start)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
