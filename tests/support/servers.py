"""Real servers for tests and benchmarks: PostgreSQL and RabbitMQ on free loopback ports, in folders that vanish.

Each is a context manager, and starts nothing before it is entered:

    with Postgres() as postgres, Rabbit() as rabbit:
        url = postgres.create_database("intake")    # postgresql+psycopg://…
        rabbit.url                                  # amqp://guest:guest@127.0.0.1:…//

What they start belongs to a keeper (keeper.py) and ends with the test run, even if that run is killed.
"""

import contextlib
import fcntl
import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg
from psycopg import sql

KEEPER = Path(__file__).with_name("keeper.py")
PORTS = Path(tempfile.gettempdir()) / f"wushe-ports-{os.getuid()}"
"""A file for each port that a run of tests keeps for itself: its lock says whose it is."""


class ServerMissing(Exception):
    """The server is not installed here; the message says how to get it."""


class ServerFailed(Exception):
    """The server is installed and did not start or answer; the message carries the end of its log."""


def free_port() -> int:
    """A loopback port that nobody listens on now, and that no client is ever given as its own.

    A client that retries a dead server's port can be given that very port, and then it connects to itself and the
    server cannot come back. So we choose below the range that the system hands out. And no other run of tests on this
    machine is given it until this process ends, though the server may begin to listen much later.
    """
    first_handed_out = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    while True:
        # Not from `random`: the tests' order seeds it, and parallel runs would all choose the same port.
        port = 10_000 + secrets.randbelow(max(first_handed_out - 10_000, 1_000))
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _keep(port)
            return port


def _keep(port: int) -> None:
    """Until this process ends; raises OSError where another run has the port."""
    PORTS.mkdir(exist_ok=True)
    file = os.open(PORTS / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise


def answers(port: int) -> bool:
    """Does anything accept connections on this loopback port?"""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Kept:
    """One server process under a keeper, with its log in a file."""

    def __init__(self, command: list[str], log: Path, ending: int, environment: dict[str, str] | None = None) -> None:
        self.log = log
        with log.open("ab") as out:
            self.keeper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(KEEPER), str(ending), str(log.parent), *command],
                stdin=subprocess.PIPE, stdout=out, stderr=out, cwd="/", env=environment, start_new_session=True,
            )  # fmt: skip

    def alive(self) -> bool:
        """Is the server still running?"""
        return self.keeper.poll() is None

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Look every few milliseconds, until it is so or too late."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive() or time.monotonic() > deadline:
                raise ServerFailed(f"{what} did not come up within {seconds:.0f} s. Its log ends:\n{self.tail()}")
            time.sleep(0.05)

    def tail(self) -> str:
        """The last lines the server wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])

    def kill9(self) -> None:
        """End it as a power cut would: SIGKILL to the server and to all it started."""
        self._end(b"kill\n")

    def stop(self) -> None:
        """End it in good order, or by force after ten seconds."""
        self._end(b"stop\n")

    def _end(self, word: bytes) -> None:
        line = self.keeper.stdin
        assert line is not None
        if not line.closed:
            with contextlib.suppress(BrokenPipeError):
                line.write(word)
                line.close()
        self.keeper.wait(30)


class Postgres:
    """A PostgreSQL of the tests' own: durable (fsync stays on), loopback only, everybody trusted."""

    def __init__(self, **settings: str | int) -> None:
        self.port = free_port()
        self.settings: dict[str, str | int] = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "",
            "max_connections": 200, "shared_buffers": "128MB", "log_timezone": "UTC", "timezone": "UTC",
            "fsync": "on", "synchronous_commit": "on", **settings,
        }  # fmt: skip
        self._folder: Path | None = None
        self._server: Kept | None = None

    @staticmethod
    def program(name: str) -> str:
        """Where PostgreSQL's programs are: Debian keeps servers of several versions side by side, off the path."""
        found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: int(path.split("/")[4]))
        path = found[-1] if found else shutil.which(name)
        if path is None:
            raise ServerMissing("PostgreSQL is not installed here: run `make servers`.")
        return path

    def __enter__(self) -> Self:
        initdb = self.program("initdb")
        self._folder = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
        try:
            data = self._folder / "data"
            owner = self._owner()
            if owner is not None:
                os.chown(self._folder, owner.pw_uid, owner.pw_gid)
            made = subprocess.run(
                [*self._as_owner(), initdb, "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
                capture_output=True, text=True, cwd="/",
            )  # fmt: skip
            if made.returncode:
                raise ServerFailed(f"initdb failed: {made.stderr.strip()}")
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _owner(self) -> pwd.struct_passwd | None:
        """Who runs it: PostgreSQL refuses to run as root, so root lends it the account that its package made."""
        if os.geteuid() != 0:
            return None
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            raise ServerMissing("There is no account 'postgres' to run PostgreSQL as: run `make servers`.") from None

    def _as_owner(self) -> list[str]:
        owner = self._owner()
        if owner is None:
            return []
        return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups", "--"]

    @property
    def folder(self) -> Path:
        """Where its data and its log are."""
        if self._folder is None:
            raise ServerFailed("PostgreSQL was not started, or is stopped for good.")
        return self._folder

    def _start(self) -> None:
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [*self._as_owner(), self.program("postgres"), "-D", str(self.folder / "data"), *options]
        self._server = Kept(command, self.folder / "log", signal.SIGINT)
        self._server.wait_until(self._accepts, "PostgreSQL", 30)

    def _accepts(self) -> bool:
        if not answers(self.port):
            return False
        try:
            with psycopg.connect(self.conninfo(), connect_timeout=5):
                return True
        except psycopg.OperationalError:
            return False

    def conninfo(self, database: str = "postgres") -> str:
        """What psycopg itself connects by."""
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def url(self, database: str, user: str = "postgres") -> str:
        """What SQLAlchemy connects by."""
        return f"postgresql+psycopg://{user}@127.0.0.1:{self.port}/{database}"

    @property
    def admin_url(self) -> str:
        """The maintenance database, as the superuser."""
        return self.url("postgres")

    def execute(self, statement: sql.SQL | sql.Composed, database: str = "postgres") -> None:
        """One statement as the superuser, outside a transaction."""
        with psycopg.connect(self.conninfo(database), autocommit=True) as connection:
            connection.execute(statement)

    def create_database(self, name: str) -> str:
        """A new, empty database; returns its URL for SQLAlchemy."""
        self.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Away with it, whoever is still connected."""
        self.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def alive(self) -> bool:
        """Is the server running?"""
        return self._server is not None and self._server.alive()

    def kill9(self) -> None:
        """Kill every process of the server at once; the data stays for restart()."""
        if self._server is not None:
            self._server.kill9()

    def restart(self) -> None:
        """Stop it in good order if it runs, and start it again on the same port and data."""
        if self._server is not None:
            self._server.stop()
        self._start()

    def stop(self) -> None:
        """End it and forget its data."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class Rabbit:
    """A RabbitMQ of the tests' own, with its own Erlang port mapper, so that it meets no other node."""

    SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
    CTL = "/usr/lib/rabbitmq/bin/rabbitmqctl"

    def __init__(self, **settings: str | int) -> None:
        self.port = free_port()
        self.distribution_port = free_port()
        self.mapper_port = free_port()
        self.settings: dict[str, str | int] = {
            "listeners.tcp.local": f"127.0.0.1:{self.port}", "log.file.level": "info", "log.console": "false",
            # A test host may have little free disk and share its memory; neither must block a publisher.
            "disk_free_limit.absolute": "50MB", "vm_memory_high_watermark.absolute": "1GB",
            **settings,
        }  # fmt: skip
        self._folder: Path | None = None
        self._mapper: Kept | None = None
        self._server: Kept | None = None
        self._gone: list[str] = []

    def __enter__(self) -> Self:
        if not Path(self.SERVER).exists() or shutil.which("epmd") is None:
            raise ServerMissing("RabbitMQ is not installed here: run `make servers`.")
        self._folder = Path(tempfile.mkdtemp(prefix="hub-rabbit-"))
        try:
            (self._folder / "rabbitmq.conf").write_text(
                "".join(f"{name} = {value}\n" for name, value in self.settings.items())
            )
            (self._folder / "enabled_plugins").write_text("[].\n")
            # Made before anybody asks for it, so that the server and rabbitmqctl cannot make two.
            cookie = self._folder / ".erlang.cookie"
            cookie.write_text(os.urandom(16).hex().upper())
            cookie.chmod(0o400)
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def folder(self) -> Path:
        """Where its data and its logs are."""
        if self._folder is None:
            raise ServerFailed("RabbitMQ was not started, or is stopped for good.")
        return self._folder

    @property
    def node(self) -> str:
        """The Erlang node's name, unique on this machine as its port is."""
        return f"hub{self.port}@localhost"

    @property
    def url(self) -> str:
        """What kombu connects by: the user guest, the default virtual host."""
        return f"amqp://guest:guest@127.0.0.1:{self.port}//"

    def environment(self) -> dict[str, str]:
        """Everything of it in its own folder, nothing on an address beyond loopback."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("RABBITMQ_", "ERL_"))}
        folder = str(self.folder)
        return ours | {
            "HOME": folder,
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/logs",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
            # The start script becomes the server itself, without a shell that waits for it.
            "RABBITMQ_ALLOW_INPUT": "1",
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "LANG": "C.UTF-8",
        }

    def _start(self) -> None:
        environment = self.environment()
        if self._mapper is None or not self._mapper.alive():
            epmd = shutil.which("epmd")
            assert epmd is not None
            self._mapper = Kept([epmd], self.folder / "epmd.log", signal.SIGKILL, environment)
            self._mapper.wait_until(lambda: answers(self.mapper_port), "Erlang's port mapper", 10)
        self._server = Kept([self.SERVER, "-noinput"], self.folder / "log", signal.SIGTERM, environment)
        try:
            self._server.wait_until(lambda: answers(self.port), "RabbitMQ", 60)
        except ServerFailed as failure:
            logs = "\n".join(file.read_text(errors="replace")[-2000:] for file in self.folder.glob("logs/*.log"))
            raise ServerFailed(f"{failure}\n{logs}") from None

    def ctl(self, *arguments: str) -> str:
        """Run rabbitmqctl on this node; returns what it prints. It takes about a second."""
        done = subprocess.run(
            [self.CTL, "--quiet", "-n", self.node, *arguments],
            capture_output=True, text=True, env=self.environment(), cwd=self.folder, timeout=60,
        )  # fmt: skip
        if done.returncode:
            raise ServerFailed(f"rabbitmqctl {' '.join(arguments)} failed: {(done.stderr or done.stdout).strip()}")
        return done.stdout.strip()

    def add_user(self, name: str, password: str, *, configure: str = "", write: str = "", read: str = "") -> str:
        """A user who may touch only what these patterns match ("" is nothing); returns the URL it connects by."""
        self.ctl("add_user", name, password)
        self.ctl("set_permissions", "-p", "/", name, configure, write, read)
        return f"amqp://{name}:{password}@127.0.0.1:{self.port}//"

    @contextlib.contextmanager
    def virtual_host(self, name: str) -> Iterator[str]:
        """A broker within the broker, empty at first, that may be gone after the block; gives guest's URL of it."""
        gone, self._gone = self._gone, []
        forgotten = "".join(f'catch rabbit_vhost:delete(<<"{each}">>, <<"tests">>), ' for each in gone)
        everything = ", ".join(['<<".*">>'] * 3)
        # In one call, for each starts a virtual machine of its own.
        self.ctl(
            "eval",
            f'{forgotten} rabbit_vhost:add(<<"{name}">>, <<"tests">>), '
            f'rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, {everything}, <<"tests">>).',
        )
        try:
            yield f"amqp://guest:guest@127.0.0.1:{self.port}/{name}"
        finally:
            self._gone.append(name)

    def alive(self) -> bool:
        """Is the server running?"""
        return self._server is not None and self._server.alive()

    def purge_queue(self, name: str) -> None:
        """Throw away the messages that wait in a queue."""
        self.ctl("purge_queue", name)

    def queues(self) -> dict[str, int]:
        """How many messages each queue holds, waiting or unacknowledged."""
        lines = self.ctl("list_queues", "--no-table-headers", "name", "messages").splitlines()
        return {name: int(count) for name, _, count in (line.rpartition("\t") for line in lines)}

    def close_connections(self) -> None:
        """Close every client's connection, as an operator or a failing network would."""
        self.ctl("close_all_connections", "closed by a test")

    def kill9(self) -> None:
        """Kill every process of the server at once; its data stays for restart()."""
        if self._server is not None:
            self._server.kill9()

    def restart(self) -> None:
        """Stop it in good order if it runs, and start it again on the same port and data."""
        if self._server is not None:
            self._server.stop()
        self._start()

    def stop(self) -> None:
        """End it and forget its data."""
        for kept in (self._server, self._mapper):
            if kept is not None:
                kept.kill9()  # nothing of it is wanted any more, and in good order it takes seconds
        self._server = self._mapper = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


@contextlib.contextmanager
def database(postgres: Postgres, name: str) -> Iterator[str]:
    """A database that lives as long as the block; gives its URL."""
    url = postgres.create_database(name)
    try:
        yield url
    finally:
        postgres.drop_database(name)
