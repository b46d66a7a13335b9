"""What containers may do, what they show, and what outlives them."""

from __future__ import annotations

import json

import aiohttp
import pytest

from tests.compose.engine.stack import OURS, SERVICES, Stack
from tests.node.people import Api
from tests.node.quizzes import FIVE_TYPES

pytestmark = pytest.mark.timeout(600)

DUMP = "/tmp/quiz.dump"  # noqa: S108 - in the container
RUNNING = [service for service in SERVICES if service != "migrate"]


@pytest.mark.parametrize("service", RUNNING)
def test_no_service_is_root_or_has_any_of_its_rights(stack: Stack, service: str) -> None:
    status = stack.inside(stack.container(service), "cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines())
    assert "0" not in fields["Uid"].split()
    assert {fields[name].strip("0") for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {""}
    assert fields["NoNewPrivs"] == "1"


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_can_write_to_its_image(stack: Stack, service: str) -> None:
    found = stack.inspect(stack.container(service))
    assert found["HostConfig"]["ReadonlyRootfs"] is True
    assert found["HostConfig"]["Privileged"] is False


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_is_bounded_in_memory_processes_and_logs(stack: Stack, service: str) -> None:
    limits = stack.inspect(stack.container(service))["HostConfig"]
    assert limits["Memory"] > 0
    assert limits["PidsLimit"] > 0
    assert limits["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "5"}


def test_only_nginx_has_a_port_outside(stack: Stack) -> None:
    ports = {service: stack.inspect(stack.container(service))["HostConfig"]["PortBindings"] for service in SERVICES}
    assert [service for service, bound in ports.items() if bound] == ["nginx"]
    assert list(ports["nginx"]) == ["8080/tcp"]


def test_nginx_does_not_reach_the_data(stack: Stack) -> None:
    networks = {
        service: set(stack.inspect(stack.container(service))["NetworkSettings"]["Networks"]) for service in SERVICES
    }
    assert networks["nginx"].isdisjoint(networks["postgres"] | networks["redis"])


def test_the_data_cannot_call_out(stack: Stack) -> None:
    (network,) = stack.inspect(stack.container("postgres"))["NetworkSettings"]["Networks"]
    assert stack.docker.run("network", "inspect", "--format={{.Internal}}", network).strip() == "true"


def test_secrets_show_in_nothing_that_docker_tells(stack: Stack) -> None:
    told = [json.dumps(stack.inspect(container)) for service in SERVICES for container in stack.containers(service)]
    told += [stack.compose("config"), stack.compose("top"), stack.logs()]
    told += [stack.docker.run("history", "--no-trunc", OURS), stack.docker.run("image", "inspect", OURS)]
    shown = {name for name, secret in stack.secrets().items() if any(secret in text for text in told)}
    assert len(stack.secrets()) == 4
    assert shown == set()


def test_redis_wants_its_password(stack: Stack) -> None:
    assert "NOAUTH" in stack.inside(stack.container("redis"), "redis-cli", "ping")


def test_the_image_has_no_tools_to_build_with(stack: Stack) -> None:
    search = (
        "for tool in cc gcc make node npm uv hatchling; do command -v $tool; done; ls -d /opt/build /src 2>/dev/null"
    )
    found = stack.docker.attempt("exec", stack.container("node"), "sh", "-c", search)
    assert found.stdout == ""


def test_the_command_finds_its_secrets_in_a_running_container(stack: Stack) -> None:
    assert "up to date" in stack.inside(stack.container("node"), "quiz", "migrate")


def test_a_dump_of_the_database_can_be_restored(stack: Stack) -> None:
    """By the commands of docs/compose.md, into a second database."""
    postgres = stack.container("postgres")
    count = ("psql", "--username=quiz", "--no-align", "--tuples-only", "--command=SELECT count(*) FROM quizzes")
    stack.inside(postgres, "pg_dump", "--username=quiz", "--format=custom", f"--file={DUMP}", "quiz")
    stack.inside(postgres, "createdb", "--username=quiz", "restored")
    stack.inside(postgres, "pg_restore", "--username=quiz", "--exit-on-error", "--dbname=restored", DUMP)
    assert stack.inside(postgres, *count, "restored") == stack.inside(postgres, *count, "quiz") != "0\n"
    stack.inside(postgres, "dropdb", "--username=quiz", "restored")


async def test_quizzes_outlive_the_containers(stack: Stack) -> None:
    async with aiohttp.ClientSession() as http:
        api = await Api(http, stack.url).sign_in(stack.secrets()["admin_password"])
        made = await api.add_quiz(FIVE_TYPES)
        stack.down()
        stack.scale(2)
        status, document = await api.call("GET", f"/quizzes/{made}")
    assert status == 200
    assert document["title"] == FIVE_TYPES["title"]
