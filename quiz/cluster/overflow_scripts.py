"""What Redis does with the overflow queue, as Lua.

KEYS[1] is the stream of answers in the order they came, KEYS[2] a hash that has the entry of each place, where a place
is one player's one question. An entry's fields are the place and the answer.
"""

from __future__ import annotations

from typing import Final

from quiz.cluster.calls import Script

ADD: Final = Script(
    "overflow_add",
    """
    local entry = redis.call('HGET', KEYS[2], ARGV[1])
    if entry then
      local found = redis.call('XRANGE', KEYS[1], entry, entry)
      if found[1] then return found[1][2][4] end
    end
    if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
    entry = redis.call('XADD', KEYS[1], '*', 'place', ARGV[1], 'answer', ARGV[2])
    redis.call('HSET', KEYS[2], ARGV[1], entry)
    return 1
    """,
)
"""Place, answer, most: the answer that waits in this place, 1 when this one does now, 0 when the queue is full."""

FIND: Final = Script(
    "overflow_find",
    """
    local entry = redis.call('HGET', KEYS[2], ARGV[1])
    if not entry then return false end
    local found = redis.call('XRANGE', KEYS[1], entry, entry)
    return found[1] and found[1][2][4]
    """,
)
"""Place: the answer that waits there."""

WAITING: Final = Script("overflow_waiting", "return redis.call('XLEN', KEYS[1])")

OLDEST: Final = Script("overflow_oldest", "return redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2])")
"""Where to begin, how many: entries with their fields."""

DONE: Final = Script(
    "overflow_done",
    """
    for at = 1, #ARGV, 2 do
      local entry, place = ARGV[at], ARGV[at + 1]
      local found = redis.call('XRANGE', KEYS[1], entry, entry)
      if found[1] and found[1][2][2] == place then redis.call('XDEL', KEYS[1], entry) end
      if redis.call('HGET', KEYS[2], place) == entry then redis.call('HDEL', KEYS[2], place) end
    end
    return 1
    """,
)
"""Entry, place, entry, place …"""

CLAIM: Final = Script(
    "overflow_claim",
    """
    local holder = redis.call('GET', KEYS[1])
    if holder and holder ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 1
    """,
)
"""Node, milliseconds: 1 when it is up to this node for so long. KEYS[1] is a key of its own."""

DURABILITY: Final = Script(
    "overflow_durability", "return {redis.call('INFO', 'persistence'), redis.call('INFO', 'memory')}"
)
