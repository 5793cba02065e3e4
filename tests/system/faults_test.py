"""Faults 10, 11, 13 and 14 of the first system (spec section 12), as they show from outside.

The others have their tests in src/messaging, older_code_test.py and away_test.py.
"""
import base64
import datetime
import json
import shutil
import time
import uuid

from fault_fixture import FaultTest
from cruddur_process import ROOT, conversation_lines, demo_data, main, must_run, send

TABLE = "cruddur-messages"


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
        for method, path, body in (
            ("POST", "/api/messages", {"message": "x", "handle": "bayko"}),
            ("GET", "/api/message_groups", None),
            ("OPTIONS", "/api/messages", None),
        ):
            answer = send(
                server.api,
                method,
                path,
                body,
                token=server.token("andrewbrown"),
                headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"},
            )
            self.assertNotIn(
                answer.headers.get("access-control-allow-origin"),
                ("*", "https://evil.example"),
                answer.headers,
            )

    def test_fault_11_logs_hold_no_text_and_no_claim(self):
        for log_format in ("text", "json"):
            server = self.serve(flags=["--log-format", log_format, "--log-level", "debug"])
            secret = f"secret-{uuid.uuid4()}"
            token = server.token("andrewbrown")
            claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
            group = server.post(
                "/api/messages", {"message": secret, "handle": "bayko"}, "andrewbrown"
            ).json["message_group_uuid"]
            server.get(f"/api/messages/{group}", "bayko")
            server.get("/api/message_groups", headers={"Authorization": f"Bearer {token[:-3]}"})
            server.boto3().put_item(
                TableName=TABLE, Item={"pk": {"S": "X"}, "sk": {"S": "X"}, "message": {"S": secret}}
            )
            self.assertEqual(server.stop(), 0)
            for hidden in (secret, token, token.split(".")[1], claims["sub"], "Bearer "):
                self.assertNotIn(hidden, server.log())


class Fault13Reach(FaultTest):
    def test_fault_13_more_than_twenty_conversations_are_reached(self):
        friends = [f"friend{n:02}" for n in range(45)]
        server = self.serve(handles=friends)
        for friend in friends:
            answer = server.post(
                "/api/messages", {"message": f"Hello {friend}", "handle": friend}, "londo"
            )
            self.assertEqual(answer.status, 200, answer)
        for path in (
            "/api/message_groups",
            "/api/message_groups?limit=7",
            "/api/message_groups?limit=100",
        ):
            with self.subTest(path=path):
                rows = [row for page in server.all_pages(path, "londo") for row in page]
                self.assertEqual([row["handle"] for row in rows], list(reversed(friends)))
        answer = server.get("/api/message_groups", "londo")
        self.assertEqual(len(answer.json), 20)
        self.assertIsNotNone(answer.next)


class Fault14Setup(FaultTest):
    def test_fault_14_a_seeded_conversation_takes_new_messages_at_its_end(self):
        server = self.serve()
        must_run(
            "ddb",
            "seed",
            "--data",
            server.data,
            "--my-handle",
            "andrewbrown",
            "--other-handle",
            "londo",
            "--endpoint-url",
            f"http://127.0.0.1:{server.dynamodb}",
        )
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")
        row = next(
            row
            for row in server.get("/api/message_groups", "londo").json
            if row["handle"] == "andrewbrown"
        )
        self.assertLess(row["created_at"], now)
        sent = server.post(
            "/api/messages", {"message": "at the end", "message_group_uuid": row["uuid"]}, "londo"
        ).json
        messages = server.get(f"/api/messages/{row['uuid']}", "andrewbrown").json
        self.assertEqual(messages[-1]["uuid"], sent["uuid"])
        self.assertEqual(
            messages[-2]["message"],
            conversation_lines(ROOT / "src/app/demo/conversation.txt")[-1][1],
        )
        self.assertLess(
            sent["created_at"][:16],
            (
                datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=1)
            ).isoformat(),
        )


if __name__ == "__main__":
    main()
