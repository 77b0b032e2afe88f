"""The servers from wheels: kept data, unusual paths, kills, two starts at once."""

import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from devserver import addresses, postgres, servers
from devserver.parent_death import alive, hold, tied_to_parent
from devserver.processes import NotStarted, wait_until


@pytest.fixture(scope="module")
def _new_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cluster as `initdb` makes it, which takes seconds."""
    folder = tmp_path_factory.mktemp("new")
    addresses.private_folder(addresses.socket_folder(folder), postgres.possible_users(folder))
    postgres.prepare(folder)
    return postgres.cluster(folder)


@pytest.fixture
def folder(tmp_path: Path, _new_cluster: Path) -> Path:
    """The folder of servers that were prepared and never ran."""
    folder = tmp_path / "var"
    folder.mkdir()
    subprocess.run(["cp", "-a", _new_cluster, postgres.cluster(folder)], check=True, timeout=120)
    return folder


def keep(urls: dict[str, str], value: str) -> None:
    with psycopg.connect(urls["DATABASE_OWNER_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])
    redis.Redis.from_url(urls["REDIS_URL"]).rpush("kept", value)


def kept(urls: dict[str, str]) -> tuple[list[str], list[str]]:
    with psycopg.connect(urls["DATABASE_OWNER_URL"]) as connection:
        rows = [value for (value,) in connection.execute("SELECT value FROM kept")]
    client: Any = redis.Redis.from_url(urls["REDIS_URL"])
    return rows, [value.decode() for value in client.lrange("kept", 0, -1)]


def living(folder: Path) -> set[str]:
    """The servers of which a process lives: all their processes hold the lock."""
    names = set()
    for name in "postgres", "valkey":
        try:
            os.close(hold(folder / "run" / f"{name}.lock", patience=0))
        except TimeoutError:
            names.add(name)
    return names


def process_of(name: str, folder: Path) -> int:
    if name == "postgres":
        return int((folder / "postgres/postmaster.pid").read_text().split()[0])
    info: Any = redis.Redis.from_url(addresses.default_urls(folder)["REDIS_URL"]).info("server")
    return int(info["process_id"])


# -- start and stop --------------------------------------------------------------------------------------------


def test_data_is_kept_until_the_next_start(folder: Path) -> None:
    with servers.running(folder) as first:
        keep(first, "Maria")
    assert living(folder) == set()
    with servers.running(folder) as second:
        assert kept(second) == (["Maria"], ["Maria"])
        assert second == first == addresses.default_urls(folder)


def test_runtime_role_is_ordinary_and_owns_nothing(folder: Path) -> None:
    with servers.running(folder) as urls, psycopg.connect(urls["DATABASE_URL"]) as connection:
        role = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        assert connection.execute(role).fetchone() == (False, False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")


def test_writes_are_synced_except_in_tests(folder: Path) -> None:
    for durable, fsync in (True, "on"), (False, "off"):
        with servers.running(folder, durable) as urls, psycopg.connect(urls["DATABASE_URL"]) as connection:
            assert connection.execute("SHOW fsync").fetchone() == (fsync,)


@pytest.mark.parametrize("name", ['a "b" 50% ; #ü', "long" * 40])
def test_servers_start_in_any_path(tmp_path: Path, name: str) -> None:
    with servers.running(tmp_path / name) as urls:
        keep(urls, "Maria")
        assert kept(urls) == (["Maria"], ["Maria"])


@pytest.mark.skipif(os.getuid() != 0, reason="only root runs PostgreSQL as another user")
def test_root_starts_servers_in_a_closed_folder_without_opening_it(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    parents = [closed, *closed.parents]
    before = [stat.S_IMODE(parent.stat().st_mode) for parent in parents]
    with servers.running(closed / "var"):
        assert Path(f"/proc/{process_of('postgres', closed / 'var')}").stat().st_uid != 0
    assert [stat.S_IMODE(parent.stat().st_mode) for parent in parents] == before


def test_only_the_owner_may_enter_the_socket_folder(folder: Path) -> None:
    with servers.running(folder):
        assert stat.S_IMODE(addresses.socket_folder(folder).stat().st_mode) == 0o700


# -- two at once -----------------------------------------------------------------------------------------------


def test_second_start_in_the_same_folder_is_refused(folder: Path) -> None:
    with servers.running(folder, purpose="the first") as urls:
        sentence = rf"in use by the first \(process {os.getpid()}\)"
        with pytest.raises(servers.FolderInUse, match=sentence), servers.running(folder):
            pass
        keep(urls, "Maria")


def test_port_in_use_is_left_alone(folder: Path) -> None:
    with servers.running(folder) as urls:
        port = redis.Redis.from_url(urls["REDIS_URL"]).connection_pool.connection_kwargs["port"]
    with socket.create_server(("127.0.0.1", port)), servers.running(folder) as later:
        assert later["REDIS_URL"] != urls["REDIS_URL"]
        assert redis.Redis.from_url(later["REDIS_URL"]).ping()


def test_servers_run_in_two_folders_at_once(tmp_path: Path) -> None:
    with servers.running(tmp_path / "a") as one, servers.running(tmp_path / "b") as other:
        keep(one, "Maria")
        keep(other, "Tom")
        assert kept(one)[0] == ["Maria"] and kept(other)[0] == ["Tom"]


# -- kills -----------------------------------------------------------------------------------------------------


@contextmanager
def other_process(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs the servers in `folder`."""
    code = f"""
        import time
        from pathlib import Path
        from devserver import servers
        with servers.running(Path({str(folder)!r})):
            print("up", flush=True)
            time.sleep(60)
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=addresses.ROOT
    )
    assert child.stdout and child.stdout.readline() == "up\n"
    try:
        yield child
    finally:
        child.kill()
        child.wait(30)
        child.stdout.close()


def test_servers_end_with_a_killed_parent(folder: Path) -> None:
    with other_process(folder) as parent:
        assert living(folder) == {"postgres", "valkey"}
        parent.kill()
        assert wait_until(lambda: not living(folder), lambda: True, 15), living(folder)


def test_start_after_a_kill_waits_for_the_old_servers(folder: Path) -> None:
    with other_process(folder) as parent:
        keep(before := addresses.default_urls(folder), "Maria")
        parent.kill()
        parent.wait(30)
        with servers.running(folder) as urls:
            assert kept(urls) == (["Maria"], ["Maria"])
            assert urls == before


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_killed_server_starts_again_with_its_data(folder: Path, name: str) -> None:
    with servers.running(folder) as urls:
        keep(urls, "Maria")
        time.sleep(1.1)  # Valkey syncs every second
        os.kill(process_of(name, folder), signal.SIGKILL)
    with servers.running(folder) as urls:
        assert kept(urls) == (["Maria"], ["Maria"])


def test_stale_process_id_of_another_process_does_not_prevent_a_start(folder: Path) -> None:
    with servers.running(folder):
        own = (folder / "postgres/postmaster.pid").read_text()
    # A process of the same user, which PostgreSQL would mistake for its own.
    other = subprocess.Popen([*postgres.as_server_user(folder), "sleep", "60"], cwd="/")
    try:
        lines = [str(other.pid), *own.splitlines()[1:]]
        for stale in (
            folder / "postgres/postmaster.pid",
            addresses.socket_folder(folder) / ".s.PGSQL.5432.lock",
        ):
            stale.write_text("\n".join(lines) + "\n")
            os.chown(stale, *server_ids(folder))
        with servers.running(folder) as urls:
            keep(urls, "Maria")
        assert alive(other.pid)
    finally:
        other.kill()
        other.wait(30)


def server_ids(folder: Path) -> tuple[int, int]:
    owner = postgres.cluster(folder).stat()
    return owner.st_uid, owner.st_gid


def test_damaged_data_of_tests_is_deleted(folder: Path) -> None:
    with servers.running(folder, durable=False):
        pass
    (folder / "postgres/global/pg_control").write_bytes(b"damaged")
    with servers.running(folder, durable=False) as urls:
        keep(urls, "Maria")


def test_damaged_durable_data_is_kept_and_reported(folder: Path) -> None:
    with servers.running(folder):
        pass
    (folder / "postgres/global/pg_control").write_bytes(b"damaged")
    with pytest.raises(NotStarted, match="PostgreSQL did not start"), servers.running(folder):
        pass
    assert (folder / "postgres/global/pg_control").read_bytes() == b"damaged"


def test_first_start_can_be_repeated_after_an_interruption(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    (folder / "postgres.new" / "base").mkdir(parents=True)
    with servers.running(folder) as urls:
        keep(urls, "Maria")


# -- parent death ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("watch", [True, False], ids=["by a watcher", "by the kernel"])
def test_tied_command_ends_with_its_parent(tmp_path: Path, watch: bool) -> None:
    """By the kernel's signal, and by the watcher for other kernels."""
    pid_file = tmp_path / "pid"
    code = f"""
        import os, subprocess, sys
        from devserver.parent_death import tied_to_parent
        words = tied_to_parent(["sh", "-c", "echo $$ > {pid_file}; exec sleep 60"], os.getpid(), sign="KILL")
        words[words.index("--"):0] = {["--watch"] if watch else []!r}
        subprocess.run(words)
    """
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], cwd=addresses.ROOT)
    assert wait_until(lambda: pid_file.exists() and pid_file.read_text().strip() != "", lambda: True, 20)
    child = int(pid_file.read_text())
    assert alive(child)
    parent.kill()
    parent.wait(30)
    assert wait_until(lambda: has_ended(child), lambda: True, 10)


def has_ended(process: int) -> bool:
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], text=True, capture_output=True, check=False, timeout=120
    )
    return listed.stdout.strip()[:1] in ("", "Z")


def test_command_does_not_start_after_its_parent_ended(tmp_path: Path) -> None:
    parent = subprocess.Popen(["true"])
    parent.wait(30)
    done = subprocess.run(
        tied_to_parent(["touch", str(tmp_path / "started")], parent.pid),
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode != 0
    assert not (tmp_path / "started").exists()


# -- addresses -------------------------------------------------------------------------------------------------


def test_addresses_before_the_first_start_refuse_connections(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    urls = addresses.default_urls(folder)
    assert urls["REDIS_URL"] == "redis://127.0.0.1:1/0"
    assert not folder.exists()


def test_only_this_user_can_read_saved_addresses(tmp_path: Path) -> None:
    folder = tmp_path
    addresses.remember(folder, REDIS_URL="redis://:secret@127.0.0.1:20000/0")
    assert stat.S_IMODE((folder / "addresses.json").stat().st_mode) == 0o600


def test_addresses_import_only_the_standard_library() -> None:
    path = addresses.__file__
    code = f"import runpy, sys; runpy.run_path({path!r}); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert not {"django", "psycopg", "redis", "subprocess"} & set(done.stdout.split())
