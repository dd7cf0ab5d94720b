"""A store in Redis: each call is one Lua script, so that nothing comes between its steps.

Keys have one hash tag, so that on a cluster all of them are on one node: ``due`` (sorted set: id, when it is due),
``state`` and ``outcome`` (hashes by id), ``sweep`` (who has the turn), ``rates`` (rate, when it was told last).
A closed id stays in ``due`` alone, until it is due. Times are whole microseconds by Redis' own clock.
"""

import math
import os
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .._polling.errors import ConfigurationError
from .stores import (
    ASK_AGAIN_SECONDS,
    BACK_SECONDS,
    CLAIM_SECONDS,
    RATE_SECONDS,
    TURN_SECONDS,
    Change,
    Entry,
    Exchanged,
    Turn,
)

_KEYS = ("due", "state", "outcome", "sweep", "rates")
# How many entries one call adds: a script runs alone, so it must be short.
_AT_ONCE = 500

_COMMON = """
local due, state, outcome, sweep, rates = unpack(KEYS)
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]

local function text(number) return string.format('%.0f', number) end

local function at(name) return tonumber(redis.call('HGET', sweep, name) or 0) end

local function lowest(told)
  if told ~= '' then redis.call('HSET', rates, told, text(now)) end
  local found = ''
  local all = redis.call('HGETALL', rates)
  for i = 1, #all, 2 do
    if tonumber(all[i + 1]) < now - RATE then redis.call('HDEL', rates, all[i])
    elseif found == '' or tonumber(all[i]) < tonumber(found) then found = all[i] end
  end
  return found
end

local function write(from)
  local written = {}
  for i = from, #ARGV, 5 do
    local id, score = ARGV[i], redis.call('ZSCORE', due, ARGV[i])
    if score and tonumber(score) == tonumber(ARGV[i + 1]) then
      redis.call('ZADD', due, 'XX', now + ARGV[i + 4], id)
      redis.call('HSET', state, id, ARGV[i + 2])
      if ARGV[i + 3] ~= '' then redis.call('HSET', outcome, id, ARGV[i + 3]) end
      written[#written + 1] = id
    end
  end
  return written
end
"""

_SCRIPTS = {
    "add": """
for i = 1, #ARGV, 3 do
  if redis.call('ZADD', due, 'NX', now + ARGV[i + 2], ARGV[i]) == 1 then
    redis.call('HSET', state, ARGV[i], ARGV[i + 1])
  end
end
""",
    "get": """
local found = redis.call('HGET', state, ARGV[1])
local score = redis.call('ZSCORE', due, ARGV[1])
if not found or not score then return false end
return {found, redis.call('HGET', outcome, ARGV[1]) or '', text(tonumber(score)), text(tonumber(score) - now)}
""",
    "write": "return write(1)",
    "close": """
local closed = 0
for i = 2, #ARGV do
  if redis.call('HDEL', state, ARGV[i]) == 1 then
    redis.call('HDEL', outcome, ARGV[i])
    redis.call('ZADD', due, now + ARGV[1], ARGV[i])
    closed = closed + 1
  end
end
return closed
""",
    "tick": """
local back = at('clock') - now
if back > BACK then
  for _, id in ipairs(redis.call('ZRANGE', due, 0, -1)) do redis.call('ZINCRBY', due, text(-back), id) end
  for _, name in ipairs({'until', 'held', 'asked'}) do redis.call('HINCRBY', sweep, name, text(-back)) end
end
redis.call('HSET', sweep, 'clock', text(now))
lowest(ARGV[1])
if at('until') > now or at('held') > now or at('asked') > now - ASK_AGAIN then return 0 end
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
if not first[2] or tonumber(first[2]) > now + 500000 then return 0 end
redis.call('HSET', sweep, 'asked', text(now))
return 1
""",
    "enter": """
if at('held') > now or at('until') > now then return false end
local last = at('until')
redis.call('HSET', sweep, 'owner', ARGV[1], 'until', text(now + TURN), 'asked', '0')
return {lowest(ARGV[2]), last == 0 and '' or text(now - last)}
""",
    "exchange": """
if redis.call('HGET', sweep, 'owner') ~= ARGV[1] then return false end
redis.call('HSET', sweep, 'until', text(now + TURN))
local written, claimed = write(3), {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, ARGV[2])) do
  local found = redis.call('HGET', state, id)
  if found then
    redis.call('ZADD', due, now + CLAIM, id)
    claimed[#claimed + 1] = {id, found, redis.call('HGET', outcome, id) or ''}
  else
    redis.call('ZREM', due, id)
  end
end
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
return {lowest(''), written, claimed, text(now + CLAIM), first[2] and text(tonumber(first[2]) - now) or ''}
""",
    "leave": """
if redis.call('HGET', sweep, 'owner') ~= ARGV[1] then return end
redis.call('HSET', sweep, 'until', text(now - ARGV[3]), 'held', text(now + ARGV[2]))
""",
}


def _head() -> str:
    """What all scripts begin with."""
    times = {"CLAIM": CLAIM_SECONDS, "TURN": TURN_SECONDS, "ASK_AGAIN": ASK_AGAIN_SECONDS, "RATE": RATE_SECONDS,
             "BACK": BACK_SECONDS}  # fmt: skip
    return "".join(f"local {name} = {_micro(seconds)}\n" for name, seconds in times.items()) + _COMMON


def _number(rate: str) -> float:
    return float(rate) if rate else math.inf


def _micro(seconds: float) -> str:
    return f"{max(0.0, seconds) * 1e6:.0f}"


def _arguments(changes: Sequence[Change]) -> list[str]:
    return [
        argument
        for one in changes
        for argument in (one.entry.id, one.entry.token, one.state, one.outcome, _micro(one.delay))
    ]


class RedisStore:
    """A store in Redis, or on a Redis cluster."""

    outages: ClassVar[tuple[type[Exception], ...]] = (redis.RedisError, OSError)

    def __init__(self, url: str, namespace: str, timeout: float | None = None) -> None:
        self._url, self._pid = url, 0
        # One more try is for a connection that was closed meanwhile, and not for a Redis that is silent.
        self._options: dict[str, Any] = {
            "decode_responses": True,
            "socket_connect_timeout": timeout or 3.0,
            "socket_timeout": timeout or 10.0,
            "retry": Retry(NoBackoff(), 1, (redis.ConnectionError,)),
        }
        try:
            redis.Redis.from_url(url, **self._options).connection_pool.make_connection()
        except (ValueError, TypeError):
            # What redis-py says of it may be a part of the password.
            raise ConfigurationError(
                "the store's redis address cannot be read: write / ? # and @ in its password as %2F %3F %23 and %40"
            ) from None
        self._client: Any = None
        self._scripts: dict[str, Any] = {}
        self._keys = [f"camb:{{{namespace}}}:{name}" for name in _KEYS]

    def check(self) -> None:
        """Refuse a Redis that throws away what is in it when its memory is full."""
        client: Any = self._connected()
        # What has no key would go to every node of a cluster.
        node = {"target_nodes": client.get_default_node()} if hasattr(client, "get_default_node") else {}
        policy = client.info("memory", **node).get("maxmemory_policy", "noeviction")
        if policy != "noeviction":
            raise ConfigurationError(
                f"the Redis of the store has maxmemory-policy {policy}, and would lose waits when its memory is full: "
                "set it to noeviction, or name another Redis"
            )

    def _connected(self) -> Any:
        """The client of this process: a forked one makes its own."""
        if self._pid != os.getpid():
            client: Any = redis.Redis.from_url(self._url, **self._options)
            if client.info("server").get("redis_mode") == "cluster":
                client.close()
                client = redis.RedisCluster.from_url(self._url, **self._options)
            self._scripts = {name: client.register_script(_head() + lines) for name, lines in _SCRIPTS.items()}
            self._client, self._pid = client, os.getpid()
        return self._client

    def _run(self, name: str, *arguments: str) -> Any:
        self._connected()
        return self._scripts[name](keys=self._keys, args=arguments)

    def add(self, entries: Sequence[tuple[str, str, float]]) -> None:
        """See :class:`Store`."""
        for start in range(0, len(entries), _AT_ONCE):
            part = entries[start : start + _AT_ONCE]
            self._run("add", *(argument for one, text, delay in part for argument in (one, text, _micro(delay))))

    def get(self, wait_id: str) -> Entry | None:
        """See :class:`Store`."""
        if (found := self._run("get", wait_id)) is None:
            return None
        state, outcome, token, due_in = found
        return Entry(wait_id, state, outcome, token, int(due_in) / 1e6)

    def write(self, changes: Sequence[Change]) -> frozenset[str]:
        """See :class:`Store`."""
        return frozenset(self._run("write", *_arguments(changes)))

    def close(self, ids: Sequence[str], keep: float) -> int:
        """See :class:`Store`."""
        return int(self._run("close", _micro(keep), *ids))

    def states(self) -> Iterator[tuple[str, str]]:
        """See :class:`Store`."""
        yield from self._connected().hscan_iter(self._keys[1], count=_AT_ONCE)

    def tick(self, rate: float) -> bool:
        """See :class:`Store`."""
        return bool(self._run("tick", _told(rate)))

    def enter(self, owner: str, rate: float) -> Turn | None:
        """See :class:`Store`."""
        found = self._run("enter", owner, _told(rate))
        return found and Turn(_number(found[0]), int(found[1]) / 1e6 if found[1] else math.inf)

    def exchange(self, owner: str, changes: Sequence[Change], most: int) -> Exchanged | None:
        """See :class:`Store`."""
        found = self._run("exchange", owner, str(most), *_arguments(changes))
        if not found:
            return None
        rate, written, claimed, token, due_in = found
        entries = [Entry(one, state, outcome, token, CLAIM_SECONDS) for one, state, outcome in claimed]
        return Exchanged(_number(rate), frozenset(written), entries, int(due_in) / 1e6 if due_in else math.inf)

    def leave(self, owner: str, held: float, quiet: float = 0.0) -> None:
        """See :class:`Store`."""
        self._run("leave", owner, _micro(held), _micro(quiet))


def _told(rate: float) -> str:
    return "" if rate == math.inf else repr(rate)
