"""What every store promises to the sweep, over real Redis and real SQLite: one suite."""

import math
import multiprocessing
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import redis

from camb_client import ConfigurationError
from camb_client._durable import redis_store, sqlite_store, stores
from camb_client._durable.database import JOURNAL, Database
from camb_client._durable.stores import Change, Entry, Exchanged, Store, open_store

from .conftest import RedisServer, free_port, require_redis

ENTRIES = [("a", "state a", 0.0), ("b", "state b", 0.0), ("later", "state c", 60.0)]


def exchange(store: Store, *changes: Change, owner: str = "me", most: int = 10) -> Exchanged:
    found = store.exchange(owner, changes, most)
    assert found is not None
    return found


def claimed(store: Store) -> dict[str, Entry]:
    return {entry.id: entry for entry in exchange(store).claimed}


def test_what_is_due_is_claimed_once(store: Store) -> None:
    store.add(ENTRIES)
    assert store.enter("me", math.inf) is not None
    assert {name: (entry.state, entry.outcome) for name, entry in claimed(store).items()} == {
        "a": ("state a", ""),
        "b": ("state b", ""),
    }
    again = exchange(store)
    assert again.claimed == []
    assert 25 < again.due_in <= stores.CLAIM_SECONDS
    assert dict(store.states()) == {name: text for name, text, _ in ENTRIES}


def test_at_most_so_many_are_claimed_the_longest_due_first(store: Store) -> None:
    store.add([("new", "x", 0.01), ("old", "x", 0.0), ("third", "x", 0.02)])
    store.enter("me", math.inf)
    time.sleep(0.05)
    assert [entry.id for entry in exchange(store, most=2).claimed] == ["old", "new"]
    assert [entry.id for entry in exchange(store, most=2).claimed] == ["third"]


def test_an_id_is_added_once(store: Store) -> None:
    store.add(ENTRIES)
    store.add([("a", "another", 5.0), ("d", "state d", 0.0)])
    assert dict(store.states())["a"] == "state a"
    assert len(dict(store.states())) == 4


def test_a_write_takes_effect_where_the_claim_still_stands(store: Store) -> None:
    store.add(ENTRIES)
    store.enter("me", math.inf)
    mine = claimed(store)
    first = exchange(store, Change(mine["a"], "next a", "", 40.0), Change(mine["b"], "ended b", "outcome", 0.0))
    assert first.written == {"a", "b"}
    assert [(entry.id, entry.state, entry.outcome) for entry in first.claimed] == [("b", "ended b", "outcome")]
    stale = exchange(store, Change(mine["a"], "stale", "", 0.0), Change(mine["b"], "stale", "", 0.0))
    assert stale.written == frozenset()
    assert dict(store.states()) == {"a": "next a", "b": "ended b", "later": "state c"}


def test_one_entry_is_read_and_written_without_the_turn(store: Store) -> None:
    store.add(ENTRIES)
    assert store.get("none") is None
    entry = store.get("later")
    assert entry is not None
    assert (entry.state, entry.outcome) == ("state c", "")
    assert 59 < entry.due_in <= 60
    assert store.write([Change(entry, "taken", "outcome", 20.0)]) == {"later"}
    assert store.write([Change(entry, "taken again", "", 20.0)]) == frozenset()
    after = store.get("later")
    assert after is not None
    assert (after.state, after.outcome) == ("taken", "outcome")
    assert 19 < after.due_in <= 20


def test_a_closed_id_is_refused_for_as_long_as_was_said(store: Store) -> None:
    store.add(ENTRIES)
    assert store.close(["a", "none"], keep=0.3) == 1
    assert store.close(["a"], keep=60) == 0
    assert store.get("a") is None
    store.add([("a", "once more", 0.0)])
    assert store.get("a") is None
    assert set(dict(store.states())) == {"b", "later"}
    time.sleep(0.35)
    store.enter("me", math.inf)
    assert set(claimed(store)) == {"b"}  # And what was kept of the other is removed.
    store.add([("a", "once more", 0.0)])
    assert store.get("a") is not None
    store.close(["b"], keep=60)
    assert claimed(store).keys() == {"a"}
    store.add([("b", "once more", 0.0)])
    assert store.get("b") is None


def test_one_sweeper_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = store.enter("me", math.inf)
    assert turn is not None
    assert turn.silence == math.inf  # Nobody swept before.
    assert store.enter("you", math.inf) is None
    assert store.exchange("you", (), 1) is None
    store.leave("you", 0.0)  # It is not theirs to give back.
    assert store.enter("you", math.inf) is None
    store.leave("me", 0.0)
    time.sleep(0.2)
    after = store.enter("you", math.inf)
    assert after is not None
    assert 0.2 <= after.silence < 2
    assert store.exchange("me", (), 1) is None


def test_a_held_api_is_left_alone(store: Store) -> None:
    store.add(ENTRIES)
    store.enter("me", math.inf)
    store.leave("me", 0.3)
    assert store.enter("you", math.inf) is None
    assert not store.tick(math.inf)
    time.sleep(0.35)
    assert store.tick(math.inf)
    assert store.enter("you", math.inf) is not None


def test_a_turn_that_is_not_kept_ends(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (redis_store, sqlite_store):
        monkeypatch.setattr(module, "TURN_SECONDS", 0.3)
    store = open_store(store_url, "app")
    assert store.enter("killed", math.inf) is not None
    assert store.enter("you", math.inf) is None
    time.sleep(0.35)
    turn = store.enter("you", math.inf)
    assert turn is not None
    assert turn.silence < 0.3  # It counts from the end of the turn: until then, requests may have been sent.
    assert store.exchange("killed", (), 1) is None


def test_a_sweep_is_asked_for_once_where_something_is_due(store: Store) -> None:
    assert not store.tick(math.inf)
    store.add([("later", "x", 60.0)])
    assert not store.tick(math.inf)
    store.add([("soon", "x", 0.0)])
    assert store.tick(math.inf)
    assert not store.tick(math.inf)
    store.enter("me", math.inf)
    assert not store.tick(math.inf)
    store.leave("me", 0.0)
    assert store.tick(math.inf)


def test_a_clock_that_was_set_back_puts_nothing_off(store: Store, store_url: str) -> None:
    store.add(ENTRIES)
    store.enter("me", math.inf)
    store.tick(math.inf)
    hour = 3_600
    if store_url.startswith("redis"):  # All that it has is an hour ahead now.
        with redis.Redis.from_url(store_url, decode_responses=True) as client:
            for name in ("a", "b", "later"):
                client.zincrby("camb:{app}:due", hour * 1_000_000, name)
            for name in ("until", "clock"):
                client.hincrby("camb:{app}:sweep", name, hour * 1_000_000)
    else:
        with closing(sqlite3.connect(store_url.removeprefix("sqlite:///"), isolation_level=None)) as file:
            file.execute("UPDATE waits SET next_at = next_at + ?", (hour,))
            file.execute("UPDATE sweep SET value = value + ? WHERE name IN ('until', 'clock')", (hour,))
    assert store.enter("you", math.inf) is None
    store.tick(math.inf)
    store.leave("me", 0.0)
    assert store.enter("you", math.inf) is not None
    assert {entry.id for entry in exchange(store, owner="you").claimed} == {"a", "b"}


def test_the_lowest_rate_of_all_workers_counts(store: Store) -> None:
    assert store.enter("me", math.inf) is not None
    assert exchange(store).rate == math.inf
    store.tick(100.0)
    store.tick(7.5)
    store.tick(20.0)
    assert exchange(store).rate == 7.5
    store.leave("me", 0.0)
    turn = store.enter("me", 0.25)
    assert turn is not None
    assert turn.rate == 0.25


def test_namespaces_do_not_mix(redis_url: str) -> None:
    one, other = open_store(redis_url, "one"), open_store(redis_url, "other")
    one.add(ENTRIES)
    assert dict(other.states()) == {}
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        assert set(client.keys()) == {"camb:{one}:due", "camb:{one}:state"}


def test_a_file_belongs_to_one_namespace(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'waits.db'}"
    open_store(url, "one").check()
    open_store(url, "one").check()
    with pytest.raises(ConfigurationError, match="is the Celery store of 'one', not of 'other'"):
        open_store(url, "other").check()


def test_a_journal_and_a_store_refuse_each_other(tmp_path: Path) -> None:
    journal, shared = tmp_path / "journal.db", tmp_path / "waits.db"
    Database(journal, JOURNAL, is_exclusive=True).close()
    before = journal.read_bytes()
    with pytest.raises(ConfigurationError, match="no Celery store of camb-client"):
        open_store(f"sqlite:///{journal}", "app").check()
    assert journal.read_bytes() == before
    open_store(f"sqlite:///{shared}", "app").check()
    with pytest.raises(ConfigurationError, match="no journal of camb-client"):
        Database(shared, JOURNAL, is_exclusive=True)


def test_a_file_is_for_its_owner_alone_to_read(tmp_path: Path) -> None:
    open_store(f"sqlite:///{tmp_path / 'waits.db'}", "app").add(ENTRIES)
    assert (tmp_path / "waits.db").stat().st_mode & 0o777 == 0o600


def test_a_redis_that_evicts_is_refused(redis_url: str) -> None:
    open_store(redis_url, "app").check()
    with redis.Redis.from_url(redis_url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            with pytest.raises(ConfigurationError, match="maxmemory-policy allkeys-lru"):
                open_store(redis_url, "app").check()
        finally:
            client.config_set("maxmemory-policy", "noeviction")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[list[RedisServer]]:
    """Three nodes without replicas, each with a third of the slots."""
    require_redis()
    options = ("--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--appendonly", "yes")
    nodes: list[RedisServer] = []
    ports = [free_port() for _ in range(3)]  # By default that of the node and 10,000, which may be past the last.
    try:
        for number, port in enumerate(ports):
            (folder := tmp_path / f"node-{number}").mkdir()
            nodes.append(RedisServer(folder, *options, "--cluster-port", str(port)))
            with redis.Redis.from_url(nodes[-1].url) as client:
                first, last = number * 5462, min((number + 1) * 5462, 16384) - 1
                client.execute_command("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
                client.execute_command("CLUSTER", "MEET", "127.0.0.1", str(nodes[0].port), str(ports[0]))
        settle(nodes)
        yield nodes
    finally:
        for node in nodes:
            node.stop(kill=True)


def settle(nodes: list[RedisServer]) -> None:
    """Return once each node knows of all slots."""
    end = time.monotonic() + 20
    for node in nodes:
        with redis.Redis.from_url(node.url) as client:
            while "ok" not in str(client.cluster("INFO")["cluster_state"]):
                assert time.monotonic() < end
                time.sleep(0.05)


def test_a_redis_cluster_has_all_keys_on_one_node(cluster: list[RedisServer]) -> None:
    for number, node in enumerate(cluster):  # Whichever the address names.
        store = open_store(node.url, f"app{number}")
        store.check()
        store.add(ENTRIES)
        store.enter("me", 10.0)
        mine = claimed(store)
        assert exchange(store, Change(mine["a"], "next", "", 1.0)).written == {"a"}
        assert store.close(["a"], 60) == 1
        assert len(dict(store.states())) == 2


def test_a_node_of_a_redis_cluster_that_goes_and_comes_back_is_an_outage(cluster: list[RedisServer]) -> None:
    store = open_store(cluster[0].url, "app")
    store.add(ENTRIES)
    with redis.RedisCluster.from_url(cluster[0].url) as client:
        port = client.get_node_from_key("camb:{app}:due").port
    (gone,) = (node for node in cluster if node.port == port)
    gone.stop(kill=True)
    with pytest.raises(store.outages):
        store.get("a")
    gone.start()
    settle(cluster)
    assert dict(store.states()) == {name: text for name, text, _ in ENTRIES}


def test_a_redis_that_forgot_its_scripts_is_told_them_again(redis_url: str) -> None:
    store = open_store(redis_url, "app")
    store.add(ENTRIES)
    with redis.Redis.from_url(redis_url) as client:
        client.script_flush()
    assert store.get("a") is not None


@pytest.mark.parametrize(
    "url", ["", "redis", "http://x", "sqlite://", "sqlite:///", "memory://", "amqp://user:secret@host"]
)
def test_no_store(url: str) -> None:
    with pytest.raises(ConfigurationError, match="store must be redis") as raised:
        open_store(url, "app")
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("rest", [":secret#@host", "user:secret/@host", "host:secret", "[::1", "host?timeout=secret"])
def test_an_address_that_cannot_be_read_is_refused_at_once_and_not_shown(rest: str) -> None:
    with pytest.raises(ConfigurationError, match="redis address cannot be read") as raised:
        open_store(f"redis://{rest}", "app")
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("namespace", ["", "{a}", "a\nb"])
def test_no_namespace(namespace: str) -> None:
    with pytest.raises(ConfigurationError, match="namespace"):
        open_store("sqlite:///waits.db", namespace)


def _in_a_child(store: Store, number: int) -> None:
    store.add([(f"{os.getpid()}-{number}-{at}", "x", 0.0) for at in range(50)])


def test_forked_processes_share_it(store: Store) -> None:
    store.add(ENTRIES)  # So that it is open before.
    fork = multiprocessing.get_context("fork")
    children = [fork.Process(target=_in_a_child, args=(store, number)) for number in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(20)
    assert [child.exitcode for child in children] == [0] * 4
    assert len(dict(store.states())) == 203
