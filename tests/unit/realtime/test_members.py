"""Who is in which room."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from quiz.realtime.bucket import TokenBucket
from quiz.realtime.connection import Connection
from quiz.realtime.members import Members
from quiz.realtime.sink import Session
from quiz.realtime.wheel import Timer


def someone() -> Connection:
    return Connection(cast(Session, SimpleNamespace(over=False)), TokenBucket(1, 1, lambda: 0), Timer(lambda: None, {}))


def test_members_are_kept_in_the_order_they_came() -> None:
    members, people = Members(), [someone() for _ in range(5)]
    for person in people:
        members.enter(person, "room")
        members.enter(person, "room")
    members.leave(people[2])
    assert [*members.of("room")] == [*people[:2], *people[3:]]


def test_the_last_to_leave_takes_the_room_along() -> None:
    members, one, other = Members(), someone(), someone()
    for name in ("all", "staff"):
        members.enter(one, name)
    members.enter(other, "all")
    assert members.leave(one) == ["staff"]
    assert members.leave(one) == []
    assert members.leave(other) == ["all"]
    assert not members.names()
    assert not members.of("all")


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("abc") | st.none()), max_size=60))
def test_rooms_and_members_always_agree(steps: list[tuple[int, str | None]]) -> None:
    members, people = Members(), [someone() for _ in range(5)]
    for number, name in steps:
        if name is None:
            members.leave(people[number])
        else:
            members.enter(people[number], name)
    for name in "abc":
        assert {*members.of(name)} == {person for person in people if name in person.rooms}
    assert {*members.names()} == {name for person in people for name in person.rooms}
