"""Pages kept in Redis: two `cruddur serve` on one store see each other's writes, and Redis may fail."""
import http.server
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import unittest

from cruddur_process import (
    PROGRAM,
    Server,
    add_users,
    demo_data,
    environment,
    main,
    must_run,
    run,
    wait_until,
)
from redis_process import Redis


def metric(server, name):
    match = re.search(rf"^{name}(?:{{[^}}]*}})? (\S+)$", server.get("/metrics").body.decode(), re.M)
    return float(match[1])


class SharedCache(unittest.TestCase):
    def setUp(self):
        self.redis = Redis()
        self.addCleanup(self.redis.stop)
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        self.engine = Server(data).start()
        self.addCleanup(self.engine.close)
        store = ["--store-endpoint", f"http://127.0.0.1:{self.engine.dynamodb}", "--cache-url", self.redis.url]
        self.servers = []
        for _ in range(2):
            server = Server(
                data, flags=store, env={"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
            ).start()
            self.addCleanup(server.close)
            self.servers.append(server)
        answer = self.servers[0].post("/api/messages", {"message": "first", "handle": "londo"}, "bayko")
        self.assertEqual(answer.status, 200, answer)
        self.conversation = answer.json["message_group_uuid"]

    def newest(self, server, handle="bayko"):
        answer = server.get(f"/api/messages/{self.conversation}", handle)
        self.assertEqual(answer.status, 200, answer)
        return answer.json[-1]["message"]

    def newest_in_list(self, server, handle="londo"):
        answer = server.get("/api/message_groups", handle)
        self.assertEqual(answer.status, 200, answer)
        return answer.json[0]["message"]

    def say(self, server, text, handle="bayko"):
        body = {"message": text, "message_group_uuid": self.conversation}
        answer = server.post("/api/messages", body, handle)
        self.assertEqual(answer.status, 200, answer)

    def say_to_all(self, server, text):
        """The other process sees it as soon as Redis has the drop: on a busy machine after the answer."""
        self.say(server, text)
        self.assertTrue(wait_until(lambda: metric(server, "cruddur_cache_drops_pending") == 0))

    def test_a_write_of_one_process_is_seen_by_the_other(self):
        for n in range(20):
            writer, reader = self.servers[n % 2], self.servers[(n + 1) % 2]
            self.say_to_all(writer, f"message {n}")
            for server in (writer, reader):
                self.assertEqual(self.newest(server), f"message {n}")
                self.assertEqual(self.newest(server, "londo"), f"message {n}")
                self.assertEqual(self.newest_in_list(server), f"message {n}")
        self.assertGreater(metric(self.servers[0], "cruddur_cache_hits"), 0)
        self.assertGreater(metric(self.servers[1], "cruddur_cache_hits"), 0)

    def test_a_page_comes_from_redis_as_it_came_from_the_store(self):
        path = f"/api/messages/{self.conversation}"

        def hit():
            # A process that has just started drops all pages, which the other one notices within a second.
            self.say_to_all(self.servers[0], "again")
            cold = self.servers[0].get(path, "bayko")
            hits = metric(self.servers[1], "cruddur_cache_hits")
            warm = self.servers[1].get(path, "bayko")
            self.assertEqual(warm.body, cold.body)
            self.assertEqual(warm.headers.get("link"), cold.headers.get("link"))
            return metric(self.servers[1], "cruddur_cache_hits") > hits

        self.assertTrue(wait_until(hit))

    def test_users_and_members_are_kept_beside_pages(self):
        # Each process remembers whom it has seen: a look-up that a busy machine made late needs others.
        handles = iter(add_users(self.engine.data, [f"user{n}" for n in range(50)]))

        def kept():
            handle = next(handles)
            answer = self.servers[0].post("/api/messages", {"message": "x", "handle": handle}, "bayko")
            path = f"/api/messages/{answer.json['message_group_uuid']}"
            self.assertEqual(self.servers[1].get(path, handle).status, 200)
            self.assertEqual(self.servers[0].get(path, "andrewbrown").status, 404)
            keys = self.redis.command("KEYS", "*")
            return all(kind in keys for kind in (b"v:USR#id#", b"v:USR#handle#", b"v:CNV#"))

        self.assertTrue(wait_until(kept))

    def test_nobody_is_served_what_is_not_his(self):
        path = f"/api/messages/{self.conversation}"
        for server in self.servers:
            server.get(path, "bayko")
            self.assertEqual(server.get(path, "andrewbrown").status, 404)
            self.assertEqual(server.get(path).status, 401)

    def test_redis_away_and_back(self):
        server = self.servers[0]
        self.newest(server)
        self.redis.stop()
        for n in range(5):
            self.say(server, f"without {n}")
            self.assertEqual(self.newest(server), f"without {n}")
            self.assertEqual(self.newest_in_list(server), f"without {n}")
        self.assertEqual(metric(server, "cruddur_cache_away"), 1)
        self.redis.start()
        self.assertTrue(wait_until(lambda: metric(server, "cruddur_cache_away") == 0))
        self.assertTrue(wait_until(lambda: metric(server, "cruddur_cache_drops_pending") == 0))
        self.say_to_all(server, "with it again")
        for each in self.servers:
            self.assertEqual(self.newest(each), "with it again")
        log = server.log()
        self.assertEqual(log.count("the cache is away"), 1, log)
        self.assertEqual(log.count("the cache is back"), 1, log)

    def test_redis_hangs(self):
        server = self.servers[0]
        self.newest(server)
        self.redis.hang()
        self.say(server, "while it hangs")
        self.assertEqual(self.newest(server), "while it hangs")
        self.assertEqual(self.newest_in_list(server), "while it hangs")
        self.redis.go_on()
        self.assertTrue(wait_until(lambda: metric(server, "cruddur_cache_drops_pending") == 0))
        for each in self.servers:
            self.assertEqual(self.newest(each), "while it hangs")

    def test_redis_loses_everything_or_has_somebody_elses_bytes(self):
        server = self.servers[0]
        self.newest(server)
        self.redis.command("FLUSHALL")
        self.assertEqual(self.newest(server), "first")
        for key in re.findall(rb"\$\d+\r\n(cruddur\S+)\r\n", self.redis.command("KEYS", "*")):
            self.redis.command("SET", key.decode(), "random bytes")
        for each in self.servers:
            self.assertEqual(self.newest(each), "first")
            self.assertEqual(self.newest_in_list(each), "first")

    def test_what_commands_write_drops_pages(self):
        before = {h: self.servers[0].get("/api/message_groups", h).json for h in ("londo", "bayko")}
        lines = pathlib.Path(self.engine.data, "lines.txt")
        lines.write_text("Person 1: one\nPerson 2: two\n")
        result = must_run(
            "ddb", "seed", "--data", self.engine.data, "--conversation", lines, "--my-handle", "londo",
            "--other-handle", "andrewbrown", "--endpoint-url", f"http://127.0.0.1:{self.engine.dynamodb}",
            "--cache-url", self.redis.url,
        )
        seeded = re.search(r"conversation (\S+)", result.stdout)[1]
        self.assertNotIn(seeded, str(before))
        self.assertIn(seeded, str(self.servers[0].get("/api/message_groups", "londo").json))

    def test_a_function_on_lambda_drops_pages(self):
        self.assertEqual(self.newest(self.servers[0]), "first")
        item = {
            "pk": {"S": "MSG#" + self.conversation},
            "sk": {"S": "2100-01-01T00:00:00.000000+00:00"},
            "message_uuid": {"S": "00000000-0000-4000-8000-000000000001"},
            "message": {"S": "of older code"},
            "user_uuid": {"S": self.servers[0].get("/api/users/@bayko/short").json["uuid"]},
            "user_display_name": {"S": "Bayko"},
            "user_handle": {"S": "bayko"},
        }
        self.engine.boto3().put_item(TableName="cruddur-messages", Item=item)
        record = {
            "eventID": "1", "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
            "awsRegion": "us-east-1",
            "dynamodb": {
                "ApproximateCreationDateTime": 1, "Keys": {"pk": item["pk"], "sk": item["sk"]},
                "NewImage": item, "SequenceNumber": "111111111111111111111", "SizeBytes": 200,
                "StreamViewType": "NEW_IMAGE",
            },
            "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages/stream/1",
        }
        answer = invoke_lambda(
            {"Records": [record]},
            ["--store-endpoint", f"http://127.0.0.1:{self.engine.dynamodb}", "--cache-url", self.redis.url],
        )
        self.assertEqual(answer, {"batchItemFailures": []})
        for server in self.servers:
            self.assertEqual(self.newest(server), "of older code")
            self.assertEqual(self.newest_in_list(server), "of older code")


def invoke_lambda(event, flags):
    """`cruddur lambda` on a Runtime API that has one event; the function's answer to it."""
    answered = threading.Event()
    answers = []

    class Api(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            if answers:
                answered.wait()  # no second event
                return
            body = json.dumps(event).encode()
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", "1")
            self.send_header("Lambda-Runtime-Deadline-Ms", "4102444800000")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self):
            answers.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()
            answered.set()

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        process = subprocess.Popen(
            [PROGRAM, "lambda", *flags],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
            env=environment({**keys, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}"}),
        )
        answered.wait(60)
        process.kill()
        process.wait()
        api.shutdown()
    return answers[0] if answers else None


class Memory(unittest.TestCase):
    """What `cruddur cache` asks of the server that runs."""

    def setUp(self):
        self.data = demo_data()
        self.addCleanup(shutil.rmtree, self.data, True)
        self.server = Server(self.data).start()
        self.addCleanup(self.server.close)

    def is_kept(self, handle):
        hits = metric(self.server, "cruddur_cache_hits")
        self.assertEqual(self.server.get("/api/message_groups", handle).status, 200)
        return metric(self.server, "cruddur_cache_hits") > hits

    def ask(self, *words, data=None):
        where = ["--port", self.server.api, "--data", data or self.data]
        return run("cache", *words, *where)

    def test_is_dropped_and_flushed_by_an_operator(self):
        for handle in ("bayko", "andrewbrown"):
            self.is_kept(handle)
            self.assertTrue(self.is_kept(handle))
        uuid = self.server.get("/api/users/@bayko/short").json["uuid"]
        self.assertEqual(self.ask("drop", f"GRP#{uuid}").returncode, 0)
        self.assertFalse(self.is_kept("bayko"))
        self.assertTrue(self.is_kept("andrewbrown"))
        self.assertEqual(self.ask("flush").returncode, 0)
        for handle in ("bayko", "andrewbrown"):
            self.assertFalse(self.is_kept(handle))
        self.assertIn("cache_hits", must_run("cache", "stats", "--port", self.server.api).stdout)

    def test_is_nobody_elses_to_drop(self):
        secret = pathlib.Path(self.data, f"operator-{self.server.api}")
        self.assertEqual(secret.stat().st_mode & 0o777, 0o600)
        for token in (None, "x", self.server.token("bayko")):
            answer = self.server.post("/operator/cache/flush", b"", headers={"Authorization": f"Bearer {token}"})
            self.assertEqual(answer.status, 401)
        refused = self.ask("flush", data=tempfile.gettempdir())
        self.assertEqual(refused.returncode, 1)
        self.assertIn("no server on port", refused.stderr)
        self.assertEqual(self.server.stop(), 0)
        self.assertFalse(secret.exists())


class EmbeddedStore(unittest.TestCase):
    def test_the_engines_own_commits_drop_pages_in_redis(self):
        redis = Redis()
        self.addCleanup(redis.stop)
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        with Server(data, flags=["--cache-url", redis.url]) as server:
            answer = server.post("/api/messages", {"message": "0", "handle": "londo"}, "bayko")
            path = f"/api/messages/{answer.json['message_group_uuid']}"
            dynamodb = server.boto3()
            for n in range(1, 20):
                item = dynamodb.query(
                    TableName="cruddur-messages",
                    KeyConditionExpression="pk = :pk",
                    ExpressionAttributeValues={":pk": {"S": "MSG#" + answer.json["message_group_uuid"]}},
                )["Items"][0]
                item["message"] = {"S": str(n)}
                dynamodb.put_item(TableName="cruddur-messages", Item=item)
                self.assertEqual(server.get(path, "bayko").json[0]["message"], str(n))

    def test_two_caches_are_refused(self):
        server = Server(
            flags=["--cache-url", "redis://127.0.0.1:1"], env={"MOMENTO_AUTH_TOKEN": "x"}
        )
        self.addCleanup(server.close)
        with self.assertRaisesRegex(AssertionError, "choose one"):
            server.start()


if __name__ == "__main__":
    main()
