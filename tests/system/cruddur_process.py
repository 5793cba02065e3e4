"""A `cruddur` process under test, and what the system tests say to it.

The program is the one that the environment variable CRUDDUR names (CTest sets it), else the dev
build. Every server listens on free loopback ports, keeps its data in a directory of its own, and
is ended by its process id. Nothing of the caller's environment reaches it but PATH and HOME.
"""
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("CRUDDUR") or str(ROOT / "build/dev/cruddur")
SANITIZED = os.environ.get("CRUDDUR_SANITIZE", "")  # "address,undefined" in that preset, else empty
# Sanitizers make the program some ten times slower; a test's patience follows.
PATIENCE = 10 if SANITIZED else 1

CREATED_AT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def conversation_file():
    """The 104 lines of issue 2 where they are at hand, else the project's own demo."""
    above = (folder / "shared/data/conversation.txt" for folder in ROOT.parents)
    return next((path for path in above if path.exists()), ROOT / "src/app/demo/conversation.txt")


def conversation_lines(path=None):
    """[(1 or 2, text)] of a two-person conversation."""
    lines = (path or conversation_file()).read_text().strip().splitlines()
    return [(int(line[7]), line[10:]) for line in lines]


def environment(extra=None):
    base = {
        name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "TZ") if name in os.environ
    }
    # A report of a sanitizer ends the program with a status that no test expects.
    base["ASAN_OPTIONS"] = base["UBSAN_OPTIONS"] = base["TSAN_OPTIONS"] = "exitcode=99"
    return {**base, **(extra or {})}


def run(*arguments, env=None, cwd=None, timeout=60, stdin=None, program=None):
    """Runs a command to its end; the result has returncode, stdout and stderr as text."""
    return subprocess.run(
        [program or PROGRAM, *map(str, arguments)],
        env=environment(env),
        cwd=cwd or tempfile.gettempdir(),
        input=stdin,
        stdin=None if stdin is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout * PATIENCE,
    )


def must_run(*arguments, **options):
    result = run(*arguments, **options)
    if result.returncode != 0:
        raise AssertionError(
            f"cruddur {' '.join(map(str, arguments))}: status {result.returncode}\n"
            f"{result.stdout}{result.stderr}"
        )
    return result


class Answer:
    """An HTTP answer; `headers` by lower-case name."""

    def __init__(self, status, headers, body):
        self.status, self.body = status, body
        self.headers = {name.lower(): value for name, value in headers}

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def next(self):
        """The target of the Link header whose relation is "next", or None."""
        for target, relation in re.findall(
            r'<([^>]*)>\s*;\s*rel="([^"]*)"', self.headers.get("link", "")
        ):
            if relation == "next":
                return target
        return None

    def __repr__(self):
        return f"{self.status} {self.headers.get('content-type')} {self.body[:300]!r}"


def send(port, method, path, body=None, token=None, headers=None, timeout=30, connection=None):
    """One request. `body`: bytes as they are, anything else as JSON."""
    headers = dict(headers or {})
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    if token is not None:
        headers.setdefault("Authorization", f"Bearer {token}")
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=timeout * PATIENCE)
    try:
        own.request(method, path, body, headers)
        response = own.getresponse()
        return Answer(response.status, response.getheaders(), response.read())
    finally:
        if connection is None:
            own.close()


def ask(*request, **options):
    """As send, by a client that repeats what a busy server puts off with a 503."""
    for _ in range(100):
        answer = send(*request, **options)
        if answer.status != 503:
            break
        time.sleep(0.1)
    return answer


def send_raw(port, data, timeout=10, half_close=False):
    """Sends bytes as they are and reads until the peer closes (or the timeout: then TimeoutError)."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout * PATIENCE) as peer:
        with contextlib.suppress(ConnectionError):  # it may answer and close before all is sent
            peer.sendall(data)
            if half_close:
                peer.shutdown(socket.SHUT_WR)
        received = b""
        with contextlib.suppress(ConnectionError):
            while chunk := peer.recv(65536):
                received += chunk
        return received


class Server:
    """`cruddur serve` (or another command that serves) on a data directory."""

    def __init__(self, data=None, command="serve", flags=(), env=None):
        self.own_data = data is None
        self.data = pathlib.Path(data or tempfile.mkdtemp(prefix="cruddur-"))
        self.command, self.flags, self.env = command, list(flags), env
        self.process = None
        handle, self.log_path = tempfile.mkstemp(prefix="cruddur-", suffix=".log")
        os.close(handle)
        self.addresses, self.tokens = {}, {}

    # -- life

    def start(self, timeout=30):
        ports = [] if "--port" in self.flags else ["--port", "0"]
        if self.command == "serve":
            ports += ["--dynamodb-port", "0"]
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(
                [PROGRAM, self.command, "--data", str(self.data), *ports, *self.flags],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment(self.env),
                cwd=tempfile.gettempdir(),
            )
        self.addresses, self.printed = {}, []
        ready = threading.Event()
        # The engine's endpoint is there only where the engine is the store.
        wanted = (
            {"dynamodb"}
            if self.command == "dynamodb"
            else {"api"}
            if "--store-endpoint" in self.flags
            else {"api", "dynamodb"}
        )

        def read(pipe):  # keeps reading to the end, so that the program can't block on its stdout
            for line in pipe:
                self.printed.append(line)
                if match := re.match(r"(api|dynamodb) https?://[^:]+:(\d+)", line):
                    self.addresses[match[1]] = int(match[2])
                if wanted <= self.addresses.keys():
                    ready.set()
            ready.set()

        self.reader = threading.Thread(target=read, args=(self.process.stdout,), daemon=True)
        self.reader.start()
        if not ready.wait(timeout * PATIENCE) or not wanted <= self.addresses.keys():
            self.kill()
            raise AssertionError(
                f"cruddur {self.command} did not start (status {self.process.returncode}):\n"
                f"{''.join(self.printed)}{self.log()}"
            )
        return self

    def stop(self, timeout=20):
        """SIGTERM; the exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait(timeout)

    def wait(self, timeout=20):
        status = self.process.wait(timeout * PATIENCE)
        self._ended()
        return status

    def kill(self):
        """SIGKILL: as a crash of the process."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._ended()

    def _ended(self):
        self.reader.join()
        self.process.stdout.close()

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        if self.own_data:
            shutil.rmtree(self.data, ignore_errors=True)
        pathlib.Path(self.log_path).unlink(missing_ok=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    # -- what one asks it

    @property
    def api(self):
        return self.addresses["api"]

    @property
    def dynamodb(self):
        return self.addresses["dynamodb"]

    def token(self, handle):
        if handle not in self.tokens:
            result = must_run("token", handle, "--data", self.data, env=self.env)
            self.tokens[handle] = result.stdout.strip()
        return self.tokens[handle]

    def get(self, path, handle=None, **options):
        return send(self.api, "GET", path, token=handle and self.token(handle), **options)

    def post(self, path, body, handle=None, **options):
        return send(self.api, "POST", path, body, token=handle and self.token(handle), **options)

    def all_pages(self, path, handle):
        """Every page from `path` on, following rel="next": a list of arrays."""
        pages = []
        while path:
            answer = self.get(path, handle)
            if answer.status != 200:
                raise AssertionError(f"GET {path}: {answer}")
            pages.append(answer.json)
            path = answer.next and re.sub(r"^https?://[^/]+", "", answer.next)
            if len(pages) > 10_000:
                raise AssertionError("the pages have no end")
        return pages

    def log(self):
        return pathlib.Path(self.log_path).read_text(errors="replace")

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024

    def boto3(self, service="dynamodb", key="test"):
        return boto3_client(self.dynamodb, service, key)


def boto3_client(port, service="dynamodb", key="test", **config):
    import boto3  # Debian's python3-boto3: only for who speaks DynamoDB
    from botocore.config import Config

    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=key,
        config=Config(retries={"max_attempts": 0}, connect_timeout=5, read_timeout=60, **config),
    )


def demo_data(directory=None):
    """A data directory with the demo users, table and conversation."""
    directory = directory or tempfile.mkdtemp(prefix="cruddur-")
    must_run("demo", "--data", directory)
    return directory


def users_file(data):
    """The SQLite file of users in a data directory."""
    for path in sorted(pathlib.Path(data).rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                if file.read(15) == b"SQLite format 3":
                    return path
    raise AssertionError(f"no users database below {data}")


def add_users(data, handles):
    """Rows in `users`, as somebody else's sign-up would leave them; returns {handle: uuid}."""
    uuids = {handle: str(uuid.uuid4()) for handle in handles}
    with contextlib.closing(sqlite3.connect(users_file(data), timeout=30)) as database, database:
        database.executemany(
            "insert into users (uuid, display_name, handle, email, cognito_user_id, created_at) values (?, ?, ?, ?, ?, ?)",
            [
                (
                    uuids[handle],
                    handle.title(),
                    handle,
                    f"{handle}@example.com",
                    str(uuid.uuid4()),
                    "2024-01-01T00:00:00.000000+00:00",
                )
                for handle in handles
            ],
        )
    return uuids


def wait_until(condition, timeout=10, interval=0.02):
    """Polls; the condition's first true value, else its last one."""
    end = time.monotonic() + timeout * PATIENCE
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(interval)
    return value


class _Result(unittest.TextTestResult):
    """Counts tests that passed as a whole: a failing subtest fails its test once."""

    passed = 0

    def addSuccess(self, test):
        self.passed += 1
        super().addSuccess(test)


def main():
    """unittest.main, closed with one plain line of counts."""
    runner = unittest.TextTestRunner(resultclass=_Result, verbosity=2)
    result = unittest.main(module="__main__", exit=False, testRunner=runner).result
    broken = result.failures + result.errors
    failed = len({str(getattr(test, "test_case", test)) for test, _ in broken})
    for test, reason in result.skipped:
        print(f"skipped {test}: {reason}")
    print(f"{result.passed} passed, {failed} failed", flush=True)
    sys.exit(1 if failed or result.testsRun == 0 else 0)
