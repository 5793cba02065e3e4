#!/usr/bin/env python3
"""The HTTP API's cost: pages beside a constant answer, posts beside RocksDB's group commit, start, memory.

    cmake --preset bench && cmake --build --preset bench
    bench/api.py [--seconds 5] [--rounds 3] [--messages 1000000] [--directory build/bench/data]

Every figure is a ratio of two things measured in turn in this run (A B A B …), since a shared machine
has no absolute rates; CPU is the server's own (user and system), a request. wrk makes the load and
shares the cores. Prints Markdown: bench/results/api.md is such a run.
"""
import argparse
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/bench"
os.environ.setdefault("CRUDDUR", str(BUILD / "cruddur"))
sys.path.insert(0, str(ROOT / "tests/system"))
from cruddur_process import Server, add_users, demo_data, send  # noqa: E402

CONNECTIONS = 64
PAIRS = 64


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wrk(url, pid, seconds, *arguments):
    """(requests a second, CPU microseconds of process `pid` a request)."""
    before = cpu_seconds(pid)
    output = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT / "bench",
    ).stdout
    if re.search(r"Non-2xx|Socket errors|failed [1-9]", output):
        raise SystemExit(f"{url}: not every request succeeded\n{output}")
    count = int(re.search(r"(\d+) requests in", output)[1])
    return (
        float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]),
        (cpu_seconds(pid) - before) / count * 1e6,
        count,
    )


class Constant:
    """bench/http_constant: the same server, and nothing behind it."""

    def __init__(self, size):
        self.process = subprocess.Popen(
            [BUILD / "bench/http_constant", "0", str(size), str(os.cpu_count())],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def median_of(rounds):
    return [statistics.median(values) for values in zip(*rounds)]


def reads(server, options, conversation, note=""):
    rows = []
    header = f"Authorization: Bearer {server.token('user000')}"
    for name, path in (
        ("a conversation's newest page", f"/api/messages/{conversation}"),
        ("the list of conversations", "/api/message_groups"),
    ):
        answer = server.get(path, "user000")
        assert answer.status == 200 and len(answer.json) == 20, answer
        size = len(answer.body)
        constant = Constant(size)
        url = f"http://127.0.0.1:{server.api}{path}"
        beside = f"http://127.0.0.1:{constant.port}/"
        ours, theirs = [], []
        for _ in range(options.rounds):
            theirs.append(wrk(beside, constant.process.pid, options.seconds, beside))
            ours.append(wrk(url, server.process.pid, options.seconds, "-H", header, url))
        constant.close()
        rate, cpu, _ = median_of(ours)
        base_rate, base_cpu, _ = median_of(theirs)
        rows.append(
            f"| GET {name}, 20 entries, {size} bytes{note} | {rate:,.0f}/s, {cpu:.1f} µs | constant "
            f"answer of as many bytes: {base_rate:,.0f}/s, {base_cpu:.1f} µs | {rate / base_rate:.2f} "
            f"| 0.4 |"
        )
    return rows


def metric(server, name):
    text = server.get("/metrics").body.decode()
    return float(re.search(rf"(?m)^{re.escape(name)} (\S+)$", text)[1])


def sequence(engine):
    return int(
        subprocess.run(
            [BUILD / "bench/replay_rows", "sequence", engine],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    )


def replay(engine, first, count, options):
    """(posts a second, CPU microseconds, rows and bytes a post) of RocksDB alone."""
    with tempfile.TemporaryDirectory(dir=options.directory) as target:
        program = [BUILD / "bench/replay_rows", "run", engine, str(first), str(count), target]
        output = subprocess.run(
            [*program, str(CONNECTIONS), str(options.seconds)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    pattern = r"(\d+) posts/s of ([\d.]+) rows and (\d+) bytes, ([\d.]+) us"
    rate, rows, size, cpu = map(float, re.search(pattern, output).groups())
    return rate, cpu, rows, size


def posts(server, options, name, targets):
    engine = next(server.data.rglob("CURRENT")).parent
    load = ("-s", "post_messages.lua")
    ours, theirs, ages = [], [], []
    for _ in range(options.rounds):
        server.stop()
        first = sequence(engine)
        server.start()
        url = f"http://127.0.0.1:{server.api}"
        ours.append(wrk(url, server.process.pid, options.seconds, *load, url, "--", str(targets)))
        ages.append(metric(server, "cruddur_projection_age_microseconds") / 1e3)
        server.kill()  # so that the log stays as it was written
        theirs.append(replay(engine, first, ours[-1][2], options))
        server.start()
    rate, cpu, _ = median_of(ours)
    base_rate, base_cpu, rows, size = median_of(theirs)
    return (
        f"| POST {name}, durable | {rate:,.0f}/s, {cpu:.1f} µs | RocksDB's synced group commit of "
        f"its {rows:.1f} rows ({size:.0f} bytes), {CONNECTIONS} threads: {base_rate:,.0f}/s, "
        f"{base_cpu:.1f} µs | {rate / base_rate:.2f} | 0.5 |",
        f"Conversation rows stood behind their messages by {max(ages):.0f} ms at the end of {name}.",
    )


def prepare(options):
    """A store with users, conversations and `--messages` messages; kept for the next run."""
    directory = pathlib.Path(options.directory)
    data = directory / f"messages-{options.messages}"
    if not (data / "loaded").exists():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(parents=True)
        demo_data(data)
        add_users(data, [f"user{n:03}" for n in range(PAIRS * 2)])
        with Server(data) as server:
            lines = []
            for n in range(PAIRS):
                for me, other in (
                    (f"user{n:03}", f"user{n + PAIRS:03}"),
                    (f"user{n + PAIRS:03}", f"user{n:03}"),
                ):
                    answer = server.post("/api/messages", {"message": "Hello", "handle": other}, me)
                    lines.append(answer.json["message_group_uuid"])
            for n in range(1, 40):  # a list of more than a page for user000
                server.post(
                    "/api/messages", {"message": f"Hello {n}", "handle": f"user{n:03}"}, "user000"
                )
            (data / "conversations").write_text("\n".join(lines))
            write_targets(server)
            loaded = 0
            while loaded < options.messages:
                url = f"http://127.0.0.1:{server.api}"
                loaded += wrk(
                    url,
                    server.process.pid,
                    10,
                    "-s",
                    "post_messages.lua",
                    url,
                    "--",
                    str(data / "targets"),
                )[2]
                print(f"loaded {loaded:,} of {options.messages:,}", file=sys.stderr, flush=True)
            server.stop()
        (data / "loaded").touch()
    return data


def write_targets(server):
    """Token and conversation of each member of the pairs, for post_messages.lua."""
    conversations = (server.data / "conversations").read_text().split()
    people = [handle for n in range(PAIRS) for handle in (f"user{n:03}", f"user{n + PAIRS:03}")]
    lines = [
        f"{server.token(person)} {conversation}"
        for person, conversation in zip(people, conversations)
    ]
    (server.data / "targets").write_text("\n".join(lines) + "\n")
    (server.data / "one-target").write_text(lines[0] + "\n")
    return conversations[0]


def memory():
    with Server() as server:
        server.get("/health")
        return server.resident_bytes() / 1e6


def first_answers(server, path, rounds=7):
    """Milliseconds from the start of the process to its first page."""
    token = server.token("user000")
    times = []
    for _ in range(rounds):
        begun = time.monotonic()
        server.start()
        answer = send(server.api, "GET", path, token=token)
        times.append((time.monotonic() - begun) * 1e3)
        assert answer.status == 200 and len(answer.json) == 20, answer
        server.stop()
    return times


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument(
        "--directory", default=BUILD / "data", help="on the disk whose syncs are meant"
    )
    options = parser.parse_args()
    pathlib.Path(options.directory).mkdir(parents=True, exist_ok=True)

    data = prepare(options)
    server = Server(data)
    server.start()
    conversation = write_targets(server)
    server.stop()
    starts = first_answers(server, f"/api/messages/{conversation}")
    server.start()
    rows = reads(server, options, conversation)
    server.stop()
    server.flags = ["--page-cache-mb", "0"]
    server.start()
    rows += reads(server, options, conversation, ", no page cache")
    server.stop()
    server.flags = []
    server.start()
    notes = []
    for name, targets in (("128 conversations", "targets"), ("one conversation", "one-target")):
        row, note = posts(server, options, f"a message, {name}", data / targets)
        rows.append(row)
        notes.append(note)
    server.close()

    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{os.cpu_count()} cores, {CONNECTIONS} connections, {options.messages:,} messages stored, "
        f"{options.rounds} rounds of {options.seconds} s each, medians; load average {load}.\n"
    )
    print("| what | it | beside | ratio of rates | asked |\n|---|---|---|---|---|")
    print("\n".join(rows) + "\n\n" + "\n".join(notes))
    print(f"\nResident after a start with an empty store: {memory():.1f} MB (asked: under 40).")
    print(
        f"Start to first page with {options.messages:,} messages: median {statistics.median(starts):.0f} ms, "
        f"of {', '.join(f'{value:.0f}' for value in starts)} (asked: under 100)."
    )


if __name__ == "__main__":
    main()
