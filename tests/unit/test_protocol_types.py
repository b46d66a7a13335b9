"""The pages' types of what travels over Socket.IO are those of the service."""

from __future__ import annotations

from scripts.write_messages import PAGE, page


def test_the_types_in_the_repository_are_those_that_the_service_has_now() -> None:
    assert PAGE.read_text() == page(), "run `make messages`"
