#!/usr/bin/env python3
"""Pages from Redis beside pages from an engine behind HTTP.

    cmake --preset bench && cmake --build --preset bench
    bench/shared_cache.py [--seconds 5] [--rounds 3]

One `cruddur serve` has the engine; another one has the API alone, on the engine's DynamoDB endpoint,
once with --cache-url and once without, measured in turn in this run (A B A B …). wrk, both servers and
Redis share the cores. Prints Markdown: bench/results/shared_cache.md is such a run.
"""
import argparse
import os
import shutil

from api import CONNECTIONS, median_of, metric, wrk  # sets CRUDDUR: first
from cruddur_process import Server, add_users, demo_data
from redis_process import Redis

ENTRIES = 20


def store_with_pages():
    """A store in which user000 has a page of conversations, the newest of them a page long."""
    data = demo_data()
    add_users(data, [f"user{n:03}" for n in range(ENTRIES + 2)])
    server = Server(data).start()
    conversation = None
    for n in range(1, ENTRIES + 2):
        body = {"message": "Hello there, how are you?", "handle": f"user{n:03}"}
        conversation = server.post("/api/messages", body, "user000").json["message_group_uuid"]
    for n in range(ENTRIES):
        body = {"message": f"Message {n} of a page", "message_group_uuid": conversation}
        server.post("/api/messages", body, "user000")
    return server, conversation


def wait(rate):
    """What a request takes on average where CONNECTIONS of them are always under way."""
    return f"{CONNECTIONS / rate * 1e3:.2f} ms"


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()

    redis = Redis()
    engine, conversation = store_with_pages()
    endpoint = ["--store-endpoint", f"http://127.0.0.1:{engine.dynamodb}"]
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    cached = Server(engine.data, flags=[*endpoint, "--cache-url", redis.url], env=keys).start()
    plain = Server(engine.data, flags=endpoint, env=keys).start()
    rows = []
    for name, path in (
        ("a conversation's newest page", f"/api/messages/{conversation}"),
        ("the list of conversations", "/api/message_groups"),
    ):
        header = f"Authorization: Bearer {engine.token('user000')}"
        size = len(cached.get(path, "user000").body)
        rates = {cached: [], plain: []}
        for _ in range(options.rounds):
            for server, taken in rates.items():
                url = f"http://127.0.0.1:{server.api}{path}"
                taken.append(wrk(url, server.process.pid, options.seconds, "-H", header, url))
        with_it, cpu, _ = median_of(rates[cached])
        without, plain_cpu, _ = median_of(rates[plain])
        rows.append(
            f"| GET {name}, {size} bytes | {with_it:,.0f}/s, {cpu:.1f} µs, {wait(with_it)} | "
            f"{without:,.0f}/s, {plain_cpu:.1f} µs, {wait(without)} | {with_it / without:.2f} | 1.5 |"
        )
    hits, misses = metric(cached, 'cruddur_cache_hits{adapter="redis"}'), metric(
        cached, 'cruddur_cache_misses{adapter="redis"}'
    )
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"{os.cpu_count()} cores, {CONNECTIONS} connections, {options.rounds} rounds of "
        f"{options.seconds} s each, medians; load average {load}.\n"
    )
    print("| what | from Redis | from the engine over HTTP | ratio of rates | asked |")
    print("|---|---|---|---|---|")
    print("\n".join(rows))
    print(f"\n{hits:,.0f} look-ups found something, {misses:,.0f} didn't.")
    for server in (cached, plain, engine):
        server.close()
    redis.stop()
    shutil.rmtree(engine.data, ignore_errors=True)


if __name__ == "__main__":
    main()
