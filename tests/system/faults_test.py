"""The faults of the first system (spec section 12) that show only from outside the process.

Each test is named after its fault's number. The others have theirs in src/messaging.
"""
import base64
import concurrent.futures
import datetime
import json
import shutil
import socket
import tempfile
import threading
import time
import unittest
import uuid

from cruddur_process import (PATIENCE, ROOT, Server, add_users, conversation_lines, demo_data, main, must_run, run, send,
                             wait_until)
from postgres_process import Postgres, free_port

TABLE = "cruddur-messages"


class FaultTest(unittest.TestCase):
    def serve(self, data=None, flags=(), env=None, handles=()):
        data = data or demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        if handles:
            add_users(data, handles)
        server = Server(data, flags=flags, env=env)
        self.addCleanup(server.close)
        return server.start()


class WrittenByOlderCode(FaultTest):
    """Items as the first system's code put them, straight into the table."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(demo_data())
        add_users(cls.server.data, ["ahead"])
        cls.addClassCleanup(shutil.rmtree, cls.server.data, True)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.dynamodb = cls.server.boto3()
        cls.people = {handle: cls.server.get(f"/api/users/@{handle}/short").json for handle in ("andrewbrown", "bayko", "londo")}

    def put(self, **attributes):
        self.dynamodb.put_item(TableName=TABLE, Item={name: {"S": value} for name, value in attributes.items()})

    def message(self, group, at, sender, text):
        person = self.people[sender]
        return {"pk": {"S": f"MSG#{group}"}, "sk": {"S": at}, "message_uuid": {"S": str(uuid.uuid4())}, "message": {"S": text},
                "user_uuid": {"S": person["uuid"]}, "user_display_name": {"S": person["display_name"]},
                "user_handle": {"S": sender}}

    def conversation(self, at, one="andrewbrown", other="londo", message="this is a filler message"):
        group = str(uuid.uuid4())
        for me, they in ((one, other), (other, one)):
            person = self.people[they]
            self.put(pk=f"GRP#{self.people[me]['uuid']}", sk=at, message_group_uuid=group, message=message,
                     user_uuid=person["uuid"], user_display_name=person["display_name"], user_handle=they)
        return group

    def row(self, group, handle="londo"):
        rows = [row for row in self.server.get("/api/message_groups?limit=100", handle).json if row["uuid"] == group]
        self.assertLessEqual(len(rows), 1, "shown once")
        return rows[0] if rows else None

    def test_fault_01_conversations_of_other_years_are_there(self):
        group = self.conversation("2019-12-31T23:59:59.999999+00:00")
        for second in range(3):
            self.dynamodb.put_item(TableName=TABLE, Item=self.message(
                group, f"2019-12-31T23:59:5{second}.000000+00:00", "londo", f"of old {second}"))
        self.assertEqual(self.row(group)["handle"], "andrewbrown")
        self.assertEqual([message["message"] for message in self.server.get(f"/api/messages/{group}", "londo").json],
                         ["of old 0", "of old 1", "of old 2"])
        answer = self.server.post("/api/messages", {"message": "years later", "message_group_uuid": group}, "andrewbrown")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.server.get(f"/api/messages/{group}", "londo").json[-1]["message"], "years later")

    def test_fault_05_other_offsets_and_whole_seconds_are_read(self):
        group = self.conversation("2023-03-24T10:45:01.561513+01:00")
        for at, text in (("2023-03-24T10:45:01.561513+01:00", "an offset"), ("2023-03-24T11:45:01+01:00", "a whole second")):
            self.dynamodb.put_item(TableName=TABLE, Item=self.message(group, at, "londo", text))
        messages = self.server.get(f"/api/messages/{group}", "londo").json
        self.assertEqual([message["message"] for message in messages], ["an offset", "a whole second"])
        pages = self.server.all_pages(f"/api/messages/{group}?limit=1", "andrewbrown")
        self.assertEqual([message["message"] for page in reversed(pages) for message in page], ["an offset", "a whole second"])

    def test_fault_05_a_new_message_stands_after_one_from_the_future(self):
        answer = self.server.post("/api/messages", {"message": "before", "handle": "ahead"}, "londo")
        group = answer.json["message_group_uuid"]
        ahead = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)).isoformat(timespec="microseconds")
        self.dynamodb.put_item(TableName=TABLE, Item=self.message(group, ahead, "bayko", "a clock that is ahead"))
        sent = self.server.post("/api/messages", {"message": "after", "message_group_uuid": group}, "londo").json
        self.assertGreater(sent["created_at"], ahead)
        texts = [message["message"] for message in self.server.get(f"/api/messages/{group}", "londo").json]
        self.assertEqual(texts[-3:], ["before", "a clock that is ahead", "after"])

    def test_fault_08_a_batch_that_begins_with_a_removal_moves_every_conversation(self):
        groups = [self.server.post("/api/messages", {"message": "start", "handle": handle}, "londo").json["message_group_uuid"]
                  for handle in ("andrewbrown", "bayko")]
        self.put(pk="X#gone", sk="x")
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        at = [(now + datetime.timedelta(microseconds=n)).isoformat(timespec="microseconds") for n in range(6)]
        actions = [{"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "X#gone"}, "sk": {"S": "x"}}}}]
        for n in range(6):  # one transaction: its records stand together in the stream
            actions.append({"Put": {"TableName": TABLE, "Item": self.message(groups[n % 2], at[n], "londo", f"batch {n}")}})
        self.dynamodb.transact_write_items(TransactItems=actions)
        for group, text in zip(groups, ("batch 4", "batch 5")):
            moved = wait_until(lambda: self.row(group)["message"] == text)
            self.assertTrue(moved, f"{group} still shows {self.row(group)}")

    def test_fault_08_an_old_message_moves_nothing_back(self):
        group = self.server.post("/api/messages", {"message": "newest", "handle": "bayko"}, "andrewbrown").json["message_group_uuid"]
        other = self.server.post("/api/messages", {"message": "marker", "handle": "londo"}, "andrewbrown").json["message_group_uuid"]
        self.dynamodb.put_item(TableName=TABLE, Item=self.message(group, "2020-01-01T00:00:00.000000+00:00", "bayko", "late"))
        # The stream is handled in order: once the marker's next message shows, the old one was handled.
        ahead = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)).isoformat(timespec="microseconds")
        self.dynamodb.put_item(TableName=TABLE, Item=self.message(other, ahead, "londo", "handled"))
        self.assertTrue(wait_until(lambda: self.row(other, "andrewbrown")["message"] == "handled"))
        self.assertEqual(self.row(group, "andrewbrown")["message"], "newest")

    def test_fault_08_one_row_remains_and_none_vanishes_meanwhile(self):
        group = self.server.post("/api/messages", {"message": "0", "handle": "bayko"}, "andrewbrown").json["message_group_uuid"]
        missing, stop = [], threading.Event()
        token = self.server.token("bayko")

        def watch():
            while not stop.is_set():
                rows = send(self.server.api, "GET", "/api/message_groups?limit=100", token=token).json
                if [row["uuid"] for row in rows].count(group) != 1:
                    missing.append(rows)
        watching = threading.Thread(target=watch)
        watching.start()
        for n in range(1, 60):
            self.server.post("/api/messages", {"message": str(n), "message_group_uuid": group}, "andrewbrown")
        stop.set()
        watching.join()
        self.assertEqual(missing, [])

        def rows():
            return [item for page in self.dynamodb.get_paginator("query").paginate(
                TableName=TABLE, IndexName="message-group-sk-index", KeyConditionExpression="message_group_uuid = :g",
                ExpressionAttributeValues={":g": {"S": group}}) for item in page["Items"]]
        wait_until(lambda: {row["message"]["S"] for row in rows()} == {"59"} and len(rows()) == 2)
        self.assertEqual([row["message"]["S"] for row in rows()], ["59", "59"])


class Fault10Tokens(FaultTest):
    """Signed with the right key and still not for us."""

    def test_fault_10_claims_of_another_kind_or_time_are_refused(self):
        server = self.serve()
        good = server.token("bayko")
        claims = json.loads(base64.urlsafe_b64decode(good.split(".")[1] + "=="))
        for name in ("iss", "exp", "token_use", "client_id", "sub"):
            self.assertIn(name, claims)
        self.assertEqual(claims["token_use"], "access")
        self.assertGreater(claims["exp"], time.time())
        # Tokens of another installation: all is alike but the key.
        other = demo_data()
        self.addCleanup(shutil.rmtree, other, True)
        foreign = must_run("token", "bayko", "--data", other).stdout.strip()
        answer = send(server.api, "GET", "/api/message_groups", token=foreign)
        self.assertEqual(answer.status, 401, answer)

    def test_fault_10_a_token_outlives_a_restart(self):
        server = self.serve()
        server.token("bayko")
        server.stop()
        server.start()
        self.assertEqual(server.get("/api/message_groups", "bayko").status, 200)


class Fault11Origins(FaultTest):
    def test_fault_11_no_foreign_origin_is_let_in(self):
        server = self.serve()
        for method, path, body in (("POST", "/api/messages", {"message": "x", "handle": "bayko"}), ("GET", "/api/message_groups", None),
                                   ("OPTIONS", "/api/messages", None)):
            answer = send(server.api, method, path, body, token=server.token("andrewbrown"),
                          headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"})
            self.assertNotIn(answer.headers.get("access-control-allow-origin"), ("*", "https://evil.example"), answer.headers)

    def test_fault_11_logs_hold_no_text_and_no_claim(self):
        for log_format in ("text", "json"):
            server = self.serve(flags=["--log-format", log_format, "--log-level", "debug"])
            secret = f"secret-{uuid.uuid4()}"
            token = server.token("andrewbrown")
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            group = server.post("/api/messages", {"message": secret, "handle": "bayko"}, "andrewbrown").json["message_group_uuid"]
            server.get(f"/api/messages/{group}", "bayko")
            server.get("/api/message_groups", headers={"Authorization": f"Bearer {token[:-3]}"})
            server.boto3().put_item(TableName=TABLE, Item={"pk": {"S": "X"}, "sk": {"S": "X"}, "message": {"S": secret}})
            self.assertEqual(server.stop(), 0)
            for hidden in (secret, token, token.split(".")[1], claims["sub"], "Bearer "):
                self.assertNotIn(hidden, server.log())


class Fault12Away(FaultTest):
    """A backend that is away or slow: 503 with Retry-After, soon, and back by itself."""

    def assert_unavailable(self, answer):
        self.assertEqual(answer.status, 503, answer)
        self.assertTrue(answer.headers["retry-after"].isdigit(), answer.headers)
        self.assertIsInstance(answer.json, (dict, list))

    def quick(self, call):
        """The answer, which must not take the 25 to 30 s of the first system."""
        begun = time.monotonic()
        answer = call()
        self.assertLess(time.monotonic() - begun, 10 * PATIENCE)
        return answer

    def on_postgres(self):
        postgres = Postgres()
        self.addCleanup(postgres.close)
        postgres.start()
        url = postgres.url("away")
        must_run("db", "setup", "--connection-url", url)
        data = tempfile.mkdtemp(prefix="cruddur-")
        server = self.serve(data, flags=["--connection-url", url])
        for handle in ("andrewbrown", "bayko"):
            server.tokens[handle] = must_run("token", handle, "--data", data, "--connection-url", url).stdout.strip()
        return postgres, server

    def test_fault_12_postgresql_stopped(self):
        postgres, server = self.on_postgres()
        self.assertEqual(server.get("/api/users/@bayko/short").status, 200)
        postgres.stop()
        for n in range(5):
            # Users that no cache can hold.
            self.assert_unavailable(self.quick(lambda: server.get(f"/api/users/@unseen{n}/short")))
        self.assert_unavailable(self.quick(lambda: server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko")))
        self.assertEqual(server.get("/health").status, 200)
        self.assertEqual(self.quick(lambda: server.get("/ready")).status, 503)
        postgres.start()
        self.assertTrue(wait_until(lambda: server.get("/api/users/@londo/short").status == 200, timeout=20))
        self.assertTrue(wait_until(lambda: server.get("/ready").status == 200, timeout=20))
        self.assertEqual(server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko").status, 200)

    def test_fault_12_postgresql_silent(self):
        postgres, server = self.on_postgres()
        self.assertEqual(server.get("/api/users/@bayko/short").status, 200)
        postgres.pause()
        with concurrent.futures.ThreadPoolExecutor(20) as pool:  # more than the pool has connections
            answers = list(pool.map(lambda n: self.quick(lambda: server.get(f"/api/users/@unseen{n}/short")), range(20)))
        for answer in answers:
            self.assert_unavailable(answer)
        self.assertEqual(self.quick(lambda: server.get("/health")).status, 200)
        postgres.resume()
        self.assertTrue(wait_until(lambda: server.get("/api/users/@londo/short").status == 200, timeout=20))

    def test_fault_12_a_start_without_postgresql_says_so(self):
        data = tempfile.mkdtemp(prefix="cruddur-")
        self.addCleanup(shutil.rmtree, data, True)
        result = run("db", "seed", "--connection-url", f"postgresql://cruddur@127.0.0.1:{free_port()}/x", timeout=15)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (1, 1), result)

    def test_fault_12_store_stopped_and_back(self):
        store = Server(command="dynamodb")
        self.addCleanup(store.close)
        store.start()
        port = store.dynamodb
        url = f"http://127.0.0.1:{port}"
        must_run("ddb", "schema-load", "--endpoint-url", url)
        data = tempfile.mkdtemp(prefix="cruddur-")
        must_run("db", "setup", "--data", data)
        server = Server(data, flags=["--store-endpoint", url, "--store-deadline-ms", "1000"])
        self.addCleanup(shutil.rmtree, data, True)
        self.addCleanup(server.close)
        server.start()
        self.assertEqual(server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko").status, 200)
        store.kill()
        self.assert_unavailable(self.quick(lambda: server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko")))
        self.assert_unavailable(self.quick(lambda: server.get(f"/api/messages/{uuid.uuid4()}", "bayko")))
        self.assertEqual(self.quick(lambda: server.get("/ready")).status, 503)
        self.assertEqual(server.get("/health").status, 200)
        store.flags = ["--port", str(port)]
        store.start()
        self.assertTrue(wait_until(lambda: server.post("/api/messages", {"message": "y", "handle": "londo"}, "bayko").status == 200))

    def test_fault_12_store_that_accepts_and_never_answers(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(100)
            data = tempfile.mkdtemp(prefix="cruddur-")
            self.addCleanup(shutil.rmtree, data, True)
            must_run("db", "setup", "--data", data)
            server = Server(data, flags=["--store-endpoint", f"http://127.0.0.1:{silent.getsockname()[1]}",
                                         "--store-deadline-ms", "1000"])
            self.addCleanup(server.close)
            server.start()
            self.assert_unavailable(self.quick(lambda: server.get("/api/message_groups", "bayko")))
            self.assert_unavailable(self.quick(lambda: server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko")))


class Fault13Reach(FaultTest):
    def test_fault_13_more_than_twenty_conversations_are_reached(self):
        friends = [f"friend{n:02}" for n in range(45)]
        server = self.serve(handles=friends)
        for friend in friends:
            answer = server.post("/api/messages", {"message": f"Hello {friend}", "handle": friend}, "londo")
            self.assertEqual(answer.status, 200, answer)
        for path in ("/api/message_groups", "/api/message_groups?limit=7", "/api/message_groups?limit=100"):
            with self.subTest(path=path):
                rows = [row for page in server.all_pages(path, "londo") for row in page]
                self.assertEqual([row["handle"] for row in rows], list(reversed(friends)))
        answer = server.get("/api/message_groups", "londo")
        self.assertEqual(len(answer.json), 20)
        self.assertIsNotNone(answer.next)


class Fault14Setup(FaultTest):
    def test_fault_14_a_seeded_conversation_takes_new_messages_at_its_end(self):
        server = self.serve()
        must_run("ddb", "seed", "--data", server.data, "--my-handle", "andrewbrown", "--other-handle", "londo",
                 "--endpoint-url", f"http://127.0.0.1:{server.dynamodb}")
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")
        row = next(row for row in server.get("/api/message_groups", "londo").json if row["handle"] == "andrewbrown")
        self.assertLess(row["created_at"], now)
        sent = server.post("/api/messages", {"message": "at the end", "message_group_uuid": row["uuid"]}, "londo").json
        messages = server.get(f"/api/messages/{row['uuid']}", "andrewbrown").json
        self.assertEqual(messages[-1]["uuid"], sent["uuid"])
        self.assertEqual(messages[-2]["message"], conversation_lines(ROOT / "src/app/demo/conversation.txt")[-1][1])
        self.assertLess(sent["created_at"][:16], (datetime.datetime.now(datetime.timezone.utc)
                                                  + datetime.timedelta(minutes=1)).isoformat())


if __name__ == "__main__":
    main()
