"""Pages kept in Redis: two `cruddur serve` on one store see each other's writes, and Redis may fail."""
import re
import shutil
import unittest

from cruddur_process import Server, demo_data, main, wait_until
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

    def test_a_write_of_one_process_is_seen_by_the_other(self):
        for n in range(20):
            writer, reader = self.servers[n % 2], self.servers[(n + 1) % 2]
            self.say(writer, f"message {n}")
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
            self.say(self.servers[0], "again")
            cold = self.servers[0].get(path, "bayko")
            hits = metric(self.servers[1], "cruddur_cache_hits")
            warm = self.servers[1].get(path, "bayko")
            self.assertEqual(warm.body, cold.body)
            self.assertEqual(warm.headers.get("link"), cold.headers.get("link"))
            return metric(self.servers[1], "cruddur_cache_hits") > hits

        self.assertTrue(wait_until(hit))

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
        self.say(server, "with it again")
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
