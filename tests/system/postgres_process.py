"""A PostgreSQL server of Debian's package on a loopback port, for as long as a test needs it."""
import contextlib
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Postgres:
    """Starts in a directory of its own; `url(name)` is the address of one of its databases."""

    def __init__(self):
        binaries = sorted(
            glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4])
        )
        if not binaries:
            raise unittest.SkipTest("PostgreSQL's server is not installed: bin/setup test")
        self.binaries = pathlib.Path(binaries[-1])
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-pg-"))
        self.port = free_port()
        self.process = None
        # PostgreSQL refuses to run as root.
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
            self.as_user = [
                "setpriv",
                "--reuid=postgres",
                "--regid=postgres",
                "--init-groups",
                "--",
            ]
        self._run(
            "initdb",
            "-D",
            self.directory / "data",
            "-U",
            "cruddur",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        )

    def _run(self, program, *arguments):
        result = subprocess.run(
            [*self.as_user, str(self.binaries / program), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd="/",
            timeout=120,
        )
        if result.returncode != 0:
            raise AssertionError(f"{program}: {result.stdout}{result.stderr}")
        return result.stdout

    def start(self):
        log = open(self.directory / "log", "a")
        self.process = subprocess.Popen(
            [
                *self.as_user,
                str(self.binaries / "postgres"),
                "-D",
                str(self.directory / "data"),
                "-p",
                str(self.port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                f"unix_socket_directories={self.directory}",
                "-c",
                "fsync=off",
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
        )
        log.close()
        for _ in range(300):
            ready = subprocess.run(
                [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
            )
            if ready.returncode == 0:
                return self
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
                break
        raise AssertionError(f"PostgreSQL did not start: {(self.directory / 'log').read_text()}")

    def stop(self):
        """At once: connections are cut."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(60)

    def pause(self):
        """It no longer answers, and its connections stay open: as behind a firewall."""
        self._signal(signal.SIGSTOP)

    def resume(self):
        self._signal(signal.SIGCONT)

    def _signal(self, number):
        for pid in self._pids():
            with contextlib.suppress(ProcessLookupError):  # a connection's server just ended
                os.kill(pid, number)

    def _pids(self):
        children = (
            pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            .read_text()
            .split()
        )
        return [self.process.pid, *map(int, children)]

    def close(self):
        if self.process and self.process.poll() is None:
            self.resume()
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, database="cruddur"):
        return f"postgresql://cruddur@127.0.0.1:{self.port}/{database}"

    def query(self, sql, database="cruddur"):
        """Rows as lists of text, by psql."""
        result = subprocess.run(
            [
                str(self.binaries / "psql"),
                "-XAtq",
                "-F",
                "\t",
                "-v",
                "ON_ERROR_STOP=1",
                self.url(database),
                "-c",
                sql,
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        if result.returncode != 0:
            raise AssertionError(result.stderr)
        return [line.split("\t") for line in result.stdout.splitlines()]

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()
