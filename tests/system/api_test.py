"""The HTTP API of `cruddur serve`, from outside: every route, page, error answer and log line."""
import base64
import concurrent.futures
import http.client
import json
import re
import shutil
import threading
import unittest
import uuid

from cruddur_process import (CREATED_AT, UUID, Server, conversation_file, conversation_lines, demo_data,
                             main, must_run, send, send_raw, wait_until)

NOWHERE = "00000000-0000-4000-8000-000000000000"
SUMMARY_KEYS = {"uuid", "display_name", "handle", "message", "created_at"}


class ApiTest(unittest.TestCase):
    """One server with the demo's users for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(demo_data(), flags=["--log-format", "json"])
        cls.addClassCleanup(shutil.rmtree, cls.server.data, True)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def started(self, message="Hello", sender="andrewbrown", receiver="bayko"):
        answer = self.server.post("/api/messages", {"message": message, "handle": receiver}, sender)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["message_group_uuid"]

    def newest(self, conversation, handle="andrewbrown"):
        return self.server.get(f"/api/messages/{conversation}", handle).json[-1]

    def summary(self, conversation, handle):
        rows = self.server.get("/api/message_groups", handle).json
        return [row for row in rows if row["uuid"] == conversation]

    def assert_error(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["content-type"].split(";")[0], "application/json", answer)
        self.assertIn(type(answer.json), (dict, list))
        self.assertTrue(answer.headers.get("x-request-id"), answer.headers)


class Conversations(ApiTest):
    def test_starting_one_shows_it_to_both_people(self):
        before = {row["uuid"] for row in self.server.get("/api/message_groups", "bayko").json}
        answer = self.server.post("/api/messages", {"message": "Mind the gap", "handle": "londo"}, "bayko")
        self.assertEqual(answer.status, 200, answer)
        conversation = answer.json["message_group_uuid"]
        self.assertRegex(conversation, UUID)
        self.assertNotIn(conversation, before)
        for me, other in (("bayko", "londo"), ("londo", "bayko")):
            row = self.server.get("/api/message_groups", me).json[0]  # newest first
            self.assertEqual(row["uuid"], conversation)
            self.assertEqual(row["handle"], other)
            self.assertEqual(row["message"], "Mind the gap")
            self.assertRegex(row["created_at"], CREATED_AT)
            self.assertLessEqual(SUMMARY_KEYS, row.keys())
        messages = self.server.get(f"/api/messages/{conversation}", "londo").json
        self.assertEqual([message["message"] for message in messages], ["Mind the gap"])
        self.assertEqual(messages[0]["handle"], "bayko")

    def test_starting_it_again_from_either_side_appends(self):
        first = self.started("one")
        self.assertEqual(self.started("two"), first)
        self.assertEqual(self.started("three", "bayko", "andrewbrown"), first)
        texts = [message["message"] for message in self.server.get(f"/api/messages/{first}", "bayko").json]
        self.assertEqual(texts[-3:], ["one", "two", "three"])
        self.assertEqual(len(self.summary(first, "bayko")), 1)

    def test_starting_it_from_both_sides_at_once_makes_one(self):
        with Server(demo_data()) as server:  # londo has no conversation yet
            self.addCleanup(shutil.rmtree, server.data, True)
            tokens = [server.token("andrewbrown"), server.token("londo")]
            handles = ["londo", "andrewbrown"]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(
                    lambda n: send(server.api, "POST", "/api/messages",
                                   {"message": f"race {n}", "handle": handles[n % 2]}, tokens[n % 2]), range(16)))
            self.assertEqual({answer.status for answer in answers}, {200}, answers)
            conversations = {answer.json["message_group_uuid"] for answer in answers}
            self.assertEqual(len(conversations), 1)
            messages = server.get(f"/api/messages/{conversations.pop()}", "londo").json
            self.assertEqual(sorted(message["message"] for message in messages),
                             sorted(f"race {n}" for n in range(16)))
            self.assertEqual(len(server.get("/api/message_groups", "londo").json), 1)

    def test_a_message_answers_with_itself(self):
        conversation = self.started()
        answer = self.server.post("/api/messages", {"message": "Well?", "message_group_uuid": conversation}, "bayko")
        self.assertEqual(answer.status, 200, answer)
        sent = answer.json
        self.assertLessEqual(SUMMARY_KEYS | {"message_group_uuid"}, sent.keys())
        self.assertEqual((sent["message_group_uuid"], sent["handle"], sent["message"]),
                         (conversation, "bayko", "Well?"))
        self.assertRegex(sent["created_at"], CREATED_AT)
        me = self.server.get("/api/users/@bayko/short").json
        self.assertNotEqual(sent["uuid"], me["uuid"], "the message's uuid, not the sender's")
        listed = self.newest(conversation)
        for key in SUMMARY_KEYS:
            self.assertEqual(listed[key], sent[key])
        for handle in ("andrewbrown", "bayko"):
            rows = self.summary(conversation, handle)
            self.assertEqual([row["message"] for row in rows], ["Well?"], "reads its own write")
            self.assertEqual(rows[0]["created_at"], sent["created_at"])

    def test_any_text_comes_back_as_it_was(self):
        conversation = self.started()
        texts = ["\u00e9 \u4e16\u754c \U0001f600 \u202eabc", "\"quotes\" \\ and </script>", "tab\tand\nline", "a\x00b\x1f",
                 "\U0001f600" * 1024, "e\u0301" * 512, "two  spaces"]
        for text in texts:
            with self.subTest(text=text[:20]):
                body = {"message": text, "message_group_uuid": conversation}
                answer = self.server.post("/api/messages", body, "andrewbrown")
                self.assertEqual(answer.status, 200, answer)
                self.assertEqual(answer.json["message"], text)
                self.assertEqual(self.newest(conversation)["message"], text)

    def test_many_writers_at_once_get_distinct_rising_times(self):
        conversation = self.started()
        tokens = [self.server.token(handle) for handle in ("andrewbrown", "bayko")]

        def write(n):
            answer = send(self.server.api, "POST", "/api/messages",
                          {"message": f"many {n}", "message_group_uuid": conversation}, tokens[n % 2])
            self.assertEqual(answer.status, 200, answer)
            return answer.json

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            sent = list(pool.map(write, range(200)))
        self.assertEqual(len({message["created_at"] for message in sent}), 200)
        self.assertEqual(len({message["uuid"] for message in sent}), 200)
        pages = self.server.all_pages(f"/api/messages/{conversation}?limit=100", "bayko")
        listed = [message for page in reversed(pages) for message in page]
        times = [message["created_at"] for message in listed]
        self.assertEqual(times, sorted(set(times)))
        by_uuid = {message["uuid"]: message for message in listed}
        for message in sent:
            self.assertEqual(by_uuid[message["uuid"]]["message"], message["message"])
        newest = max(sent, key=lambda message: message["created_at"])
        for handle in ("andrewbrown", "bayko"):
            row = wait_until(lambda: [r for r in self.summary(conversation, handle)
                                      if r["created_at"] == newest["created_at"]])
            self.assertEqual(row[0]["message"], newest["message"])

    def test_users_are_found_by_handle(self):
        answer = self.server.get("/api/users/@andrewbrown/short")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json.keys(), {"uuid", "handle", "display_name"})
        self.assertRegex(answer.json["uuid"], UUID)
        self.assertEqual(answer.json["handle"], "andrewbrown")
        same = self.server.get("/api/users/@AndrewBrown/short")
        self.assertEqual((same.status, same.json), (200, answer.json), "handles are unique whatever their case")
        for handle in ("nobody", "%00", "a" * 2000, "' OR 1=1 --".replace(" ", "%20"), "%F0%9F%98%80", "%ff%fe"):
            with self.subTest(handle=handle[:20]):
                self.assert_error(self.server.get(f"/api/users/@{handle}/short"), 404)


class Pages(ApiTest):
    """The 104 messages of the seeded conversation, read page by page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = conversation_lines()
        must_run("ddb", "seed", "--data", cls.server.data, "--conversation", conversation_file(),
                 "--my-handle", "andrewbrown", "--other-handle", "londo",
                 "--endpoint-url", f"http://127.0.0.1:{cls.server.dynamodb}")
        rows = cls.server.get("/api/message_groups", "londo").json
        cls.conversation = next(row["uuid"] for row in rows if row["handle"] == "andrewbrown")
        cls.path = f"/api/messages/{cls.conversation}"

    def texts(self, pages):
        return [message["message"] for page in reversed(pages) for message in page]

    def test_the_newest_page_comes_first_and_oldest_message_first_in_it(self):
        answer = self.server.get(self.path, "andrewbrown")
        self.assertEqual([message["message"] for message in answer.json],
                         [text for _, text in self.lines[-len(answer.json):]])
        self.assertEqual(len(answer.json), 20)
        for message, (person, _) in zip(answer.json, self.lines[-20:]):
            self.assertEqual(message["handle"], "andrewbrown" if person == 1 else "londo")
            self.assertEqual(message.keys(), SUMMARY_KEYS)

    def test_every_message_is_reached_whatever_the_page_size(self):
        for limit in (1, 7, 20, 100):
            for handle in ("andrewbrown", "londo"):
                with self.subTest(limit=limit, handle=handle):
                    pages = self.server.all_pages(f"{self.path}?limit={limit}", handle)
                    self.assertEqual(self.texts(pages), [text for _, text in self.lines])
                    self.assertTrue(all(len(page) == limit for page in pages[:-1]))
        self.assertEqual(self.texts(self.server.all_pages(self.path, "londo")), [text for _, text in self.lines])

    def test_the_last_page_has_no_next(self):
        half = len(self.lines) // 2  # the lines are even in number: no third, empty page
        pages = self.server.all_pages(f"{self.path}?limit={half}", "andrewbrown")
        self.assertEqual([len(page) for page in pages], [half, half])

    def test_pages_go_forward_again(self):
        path, cursors = f"{self.path}?limit=10", []
        while path:
            answer = self.server.get(path, "londo")
            path = answer.next
            if path:
                cursors.append(re.search(r"[?&]before=([^&]+)", path)[1])
        self.assertEqual(len(cursors), (len(self.lines) - 1) // 10)
        oldest_first = [text for _, text in self.lines]
        for index in sorted({0, len(cursors) // 2, len(cursors) - 1}):
            with self.subTest(cursor=index):
                # The cursor stands on the oldest message of page `index`: what follows it is newer.
                seen = [oldest_first[len(self.lines) - 10 * (index + 1)]]
                path = f"{self.path}?limit=10&after={cursors[index]}"
                while path:
                    answer = self.server.get(path, "londo")
                    self.assertEqual(answer.status, 200, answer)
                    seen += [message["message"] for message in answer.json]
                    path = answer.next
                    if path:
                        self.assertIn("after=", path)
                self.assertEqual(seen, oldest_first[-len(seen):])
                self.assertEqual(len(seen), 10 * (index + 1))

    def test_a_page_stays_where_it_is_while_messages_arrive(self):
        data = Server(demo_data())
        with data as server:
            self.addCleanup(shutil.rmtree, server.data, True)
            group = server.post("/api/messages", {"message": "0", "handle": "londo"}, "bayko").json["message_group_uuid"]
            say = lambda text: server.post("/api/messages", {"message": text, "message_group_uuid": group}, "bayko")
            for n in range(1, 10):
                say(str(n))
            first = server.get(f"/api/messages/{group}?limit=4", "londo")
            say("late")
            second = server.get(first.next, "londo")
            self.assertEqual([m["message"] for m in second.json + first.json], list("23456789"))
            newer = re.sub("before=", "after=", first.next)
            self.assertEqual([m["message"] for m in server.get(newer, "londo").json], ["7", "8", "9", "late"])

    def test_a_page_of_conversations_goes_on(self):
        self.server.post("/api/messages", {"message": "Third", "handle": "bayko"}, "londo")
        self.server.post("/api/messages", {"message": "Again", "handle": "bayko"}, "andrewbrown")
        everything = self.server.get("/api/message_groups", "andrewbrown").json
        self.assertGreaterEqual(len(everything), 2)
        self.assertEqual([row["created_at"] for row in everything],
                         sorted((row["created_at"] for row in everything), reverse=True))
        pages = self.server.all_pages("/api/message_groups?limit=1", "andrewbrown")
        self.assertEqual([row for page in pages for row in page], everything)

    def test_limits_and_cursors_that_are_none_are_refused(self):
        for query in ("limit=0", "limit=101", "limit=-1", "limit=abc", "limit=", "limit=1e1", "limit=99999999999999999999",
                      "before=xyz", "before=%00", "after=%F0%9F%98%80", "before=" + "A" * 3000,
                      "before=2023-03-24T09:45:01.561513%2B00:00&after=2023-03-24T09:45:01.561513%2B00:00"):
            for path in (self.path, "/api/message_groups"):
                with self.subTest(query=query[:40], path=path[:20]):
                    answer = self.server.get(f"{path}?{query}", "londo")
                    self.assert_error(answer, 400)

    def test_a_cursor_reaches_no_further_than_its_conversation(self):
        mine = self.server.get(f"{self.path}?limit=1", "londo").next
        other = self.server.post("/api/messages", {"message": "Elsewhere", "handle": "bayko"}, "andrewbrown")
        cursor = re.search(r"before=[^&]+", mine)[0]
        answer = self.server.get(f"/api/messages/{other.json['message_group_uuid']}?{cursor}", "bayko")
        texts = {text for _, text in self.lines}
        if answer.status == 200:
            self.assertFalse({message["message"] for message in answer.json} & texts)
        else:
            self.assert_error(answer, 400)


class Errors(ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        answer = cls.server.post("/api/messages", {"message": "Ours", "handle": "bayko"}, "andrewbrown")
        cls.conversation = answer.json["message_group_uuid"]

    PROTECTED = (("GET", "/api/message_groups", None), ("GET", f"/api/messages/{NOWHERE}", None),
                 ("POST", "/api/messages", {"message": "x", "handle": "bayko"}))

    def test_no_route_answers_without_a_good_token(self):
        good = self.server.token("andrewbrown")
        head, payload, signature = good.split(".")
        part = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
        flipped = ("A" if signature[5] != "A" else "B").join((signature[:5], signature[6:]))
        values = {
            "none at all": None, "empty": "", "a scheme alone": "Bearer", "no token": "Bearer ",
            "another scheme": f"Basic {good}", "the bare token": good, "two": f"Bearer {good} {good}",
            "not three parts": "Bearer a.b", "dots": "Bearer ...", "not base64": "Bearer !!.??.**",
            "a changed signature": f"Bearer {head}.{payload}.{flipped}",
            "no signature": f"Bearer {head}.{payload}.",
            "changed claims": f"Bearer {head}.{part({**claims, 'username': 'bayko'})}.{signature}",
            "alg none": f"Bearer {part({'alg': 'none', 'kid': kid})}.{payload}.",
            "alg HS256": f"Bearer {part({'alg': 'HS256', 'kid': kid})}.{payload}.{signature}",
            "another key": f"Bearer {part({'alg': 'RS256', 'kid': 'unknown'})}.{payload}.{signature}",
            "long": "Bearer " + "a" * 8000,
            "bytes": "Bearer \xff\xfe",
        }
        for name, value in values.items():
            for method, path, body in self.PROTECTED:
                with self.subTest(name=name, path=path):
                    headers = {} if value is None else {"Authorization": value}
                    answer = send(self.server.api, method, path, body, headers=headers)
                    self.assert_error(answer, 401)

    def test_a_token_ends(self):
        token = must_run("token", "bayko", "--data", self.server.data, "--expires-in", "1").stdout.strip()
        gone = lambda: send(self.server.api, "GET", "/api/message_groups", token=token).status == 401
        self.assertTrue(wait_until(gone, timeout=5), "still valid 5 s after its end")

    def test_the_scheme_is_not_case_sensitive(self):
        answer = send(self.server.api, "GET", "/api/message_groups",
                      headers={"Authorization": "bearer " + self.server.token("bayko")})
        self.assertEqual(answer.status, 200, answer)

    def test_conversations_of_others_do_not_exist(self):
        for conversation in (NOWHERE, self.conversation, "not-a-uuid", "%00", "a" * 3000, self.conversation.upper() + "x"):
            with self.subTest(conversation=conversation[:40]):
                self.assert_error(self.server.get(f"/api/messages/{conversation}", "londo"), 404)
                if "%" not in conversation:
                    body = {"message": "Let me in", "message_group_uuid": conversation}
                    self.assert_error(self.server.post("/api/messages", body, "londo"), 404)
        texts = [m["message"] for m in self.server.get(f"/api/messages/{self.conversation}", "bayko").json]
        self.assertNotIn("Let me in", texts)

    def test_unknown_receivers(self):
        for handle in ("nobody", "b" * 500, "bayko ", "\x00", "\U0001f600", "' OR '1'='1"):
            with self.subTest(handle=handle[:20]):
                self.assert_error(self.server.post("/api/messages", {"message": "x", "handle": handle}, "londo"), 404)

    def test_codes_of_what_is_wrong_with_a_message(self):
        group = {"message_group_uuid": self.conversation}
        cases = [
            ({}, ["message_blank", "user_receiver_handle_blank"]),
            ({"message": "x"}, ["user_receiver_handle_blank"]),
            ({"message": "x", "handle": ""}, ["user_receiver_handle_blank"]),
            ({"message": "x", "handle": "  "}, ["user_receiver_handle_blank"]),
            ({"message": "x", "handle": None}, ["user_receiver_handle_blank"]),
            ({"message": "x", "message_group_uuid": ""}, ["message_group_uuid_blank"]),
            ({"message": "", "message_group_uuid": ""}, ["message_blank", "message_group_uuid_blank"]),
            ({"message": "x" * 1025, "message_group_uuid": " "}, ["message_exceed_max_chars", "message_group_uuid_blank"]),
            ({"message": "x" * 1025, "handle": ""}, ["message_exceed_max_chars", "user_receiver_handle_blank"]),
            ({"message": "", **group}, ["message_blank"]),
            ({"message": None, **group}, ["message_blank"]),
            (group, ["message_blank"]),
            ({"message": " \t\r\n\u00a0\u3000", **group}, ["message_blank"]),
            ({"message": "x" * 1025, **group}, ["message_exceed_max_chars"]),
            ({"message": "\U0001f600" * 1025, **group}, ["message_exceed_max_chars"]),
        ]
        for body, codes in cases:
            with self.subTest(body=str(body)[:60]):
                answer = self.server.post("/api/messages", body, "andrewbrown")
                self.assert_error(answer, 422)
                self.assertEqual(sorted(answer.json), sorted(codes))

    def test_ones_own_handle_is_refused(self):
        for handle in ("bayko", "BAYKO"):
            answer = self.server.post("/api/messages", {"message": "Dear diary", "handle": handle}, "bayko")
            self.assert_error(answer, 422)

    def test_bodies_of_wrong_types(self):
        for body in ({"message": 5, "handle": "bayko"}, {"message": ["x"], "handle": "bayko"},
                     {"message": {"a": 1}, "handle": "bayko"}, {"message": True, "handle": "bayko"},
                     {"message": "x", "handle": 5}, {"message": "x", "message_group_uuid": {}},
                     {"message": "x", "message_group_uuid": 1.5}):
            with self.subTest(body=body):
                answer = self.server.post("/api/messages", body, "londo")
                self.assertIn(answer.status, (400, 422), answer)
                self.assert_error(answer, answer.status)
        for body in (b"", b"null", b"[]", b"5", b'"x"', b"{", b'{"message":"x",}', b"{'message':'x'}", b"\xff\xfe",
                     b'{"message":"\xff","handle":"bayko"}', b'{"message":"\\ud800","handle":"bayko"}', b"{}{}"):
            with self.subTest(body=body):
                answer = self.server.post("/api/messages", body, "londo", headers={"Content-Type": "application/json"})
                self.assert_error(answer, 400)

    def test_content_types(self):
        body = json.dumps({"message": "Typed", "handle": "bayko"}).encode()
        for kind in ("application/json", "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"):
            with self.subTest(kind=kind):
                answer = self.server.post("/api/messages", body, "londo", headers={"Content-Type": kind})
                self.assertEqual(answer.status, 200, answer)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "nonsense"):
            with self.subTest(kind=kind):
                answer = self.server.post("/api/messages", body, "londo", headers={"Content-Type": kind})
                self.assert_error(answer, 415)

    def test_other_methods_name_those_that_are_allowed(self):
        cases = {"/api/message_groups": {"GET", "HEAD"}, f"/api/messages/{NOWHERE}": {"GET", "HEAD"},
                 "/api/messages": {"POST"}, "/api/users/@bayko/short": {"GET", "HEAD"},
                 "/health": {"GET", "HEAD"}, "/ready": {"GET", "HEAD"}, "/metrics": {"GET", "HEAD"}}
        for path, allowed in cases.items():
            for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - allowed:
                with self.subTest(path=path, method=method):
                    answer = send(self.server.api, method, path, {} if method != "GET" else None)
                    self.assert_error(answer, 405)
                    named = {name.strip() for name in answer.headers["allow"].split(",")}
                    self.assertLessEqual(allowed - {"HEAD"}, named)
                    self.assertNotIn(method, named)

    def test_unknown_paths(self):
        for path in ("/", "/api", "/api/", "/api/messages/", "/api/users/bayko/short", "/api/users/@bayko",
                     "/api/message_groups/", "/../etc/passwd", "//", "/%2e%2e/%2e%2e/etc/passwd", "/api/messages/a/b"):
            with self.subTest(path=path):
                self.assert_error(self.server.get(path, "bayko"), 404)

    def test_head_is_get_without_the_body(self):
        for path in ("/api/message_groups", f"/api/messages/{self.conversation}", "/health", "/api/users/@bayko/short"):
            with self.subTest(path=path):
                got = self.server.get(path, "bayko")
                head = send(self.server.api, "HEAD", path, token=self.server.token("bayko"))
                self.assertEqual((head.status, head.body), (200, b""))
                self.assertEqual(head.headers["content-length"], str(len(got.body)))
                self.assertEqual(head.headers["content-type"], got.headers["content-type"])

    def test_a_body_beyond_one_mebibyte(self):
        padding = b" " * (1024 * 1024 - 40)
        fits = b'{"message":"Fits","handle":"bayko"}' + padding
        fits = fits[:1024 * 1024]
        answer = self.server.post("/api/messages", fits, "londo", headers={"Content-Type": "application/json"})
        self.assertEqual(answer.status, 200, answer)
        request = (b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                   + self.server.token("londo").encode() + b"\r\nContent-Length: %d\r\n\r\n" % (1024 * 1024 + 1))
        received = send_raw(self.server.api, request)  # answered before the body, then closed
        self.assertTrue(received.startswith(b"HTTP/1.1 413 "), received[:200])
        self.assertIsInstance(json.loads(received.split(b"\r\n\r\n", 1)[1]), (dict, list))
        self.assertEqual(self.server.get("/health").status, 200)


class Operations(ApiTest):
    def test_health_ready_and_metrics(self):
        for path in ("/health", "/ready"):
            answer = self.server.get(path)
            self.assertEqual(answer.status, 200, answer)
            self.assertIsInstance(answer.json, dict)
        answer = self.server.get("/metrics")
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain"), answer.headers)
        samples = [line for line in answer.body.decode().splitlines() if line and not line.startswith("#")]
        self.assertTrue(samples)
        for line in samples:
            self.assertRegex(line, r'^[a-zA-Z_:][\w:]*(\{(\w+="[^"]*",?)*\})? [-+]?(\d+(\.\d*)?([eE][-+]?\d+)?|Inf|NaN)$')

    def test_requests_are_counted(self):
        def total():
            text = self.server.get("/metrics").body.decode()
            return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                       if re.match(r"cruddur_http_requests_total\b", line))
        before = total()
        for _ in range(5):
            self.server.get("/api/message_groups", "bayko")
        self.assertGreaterEqual(total(), before + 5)

    def test_every_answer_has_its_own_request_id_and_log_line(self):
        ids = []
        for path, handle in (("/api/message_groups", "bayko"), ("/api/message_groups", None), ("/health", None),
                             ("/nowhere", None), (f"/api/messages/{NOWHERE}", "bayko")):
            ids.append(self.server.get(path, handle).headers["x-request-id"])
        self.assertEqual(len(set(ids)), len(ids))
        logged = lambda: all(one in self.server.log() for one in (ids[0], ids[1], ids[4]))
        self.assertTrue(wait_until(logged), self.server.log()[-2000:])

    def test_logs_are_json_and_hold_no_text_and_no_token(self):
        secret = f"secret-{uuid.uuid4()}"
        token = self.server.token("andrewbrown")
        answer = self.server.post("/api/messages", {"message": secret, "handle": "bayko"}, "andrewbrown")
        conversation = answer.json["message_group_uuid"]
        self.server.post("/api/messages", {"message": secret, "message_group_uuid": conversation}, "andrewbrown")
        self.server.get(f"/api/messages/{conversation}", "bayko")
        self.server.post("/api/messages", f'{{"message":"{secret}",'.encode(), "andrewbrown",
                         headers={"Content-Type": "application/json"})
        self.server.get("/api/message_groups", headers={"Authorization": f"Bearer {token}x"})
        self.server.get(f"/api/message_groups?token={token}")
        last = self.server.get("/nowhere", "bayko").headers["x-request-id"]
        wait_until(lambda: last in self.server.log())
        log = self.server.log()
        for line in log.splitlines():
            self.assertIsInstance(json.loads(line), dict, line)
        for hidden in (secret, token, token.split(".")[1], token.split(".")[2], "Bearer"):
            self.assertNotIn(hidden, log)

    def test_pipelined_requests_are_answered_in_order(self):
        one = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
        two = b"GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n"
        last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        received = send_raw(self.server.api, one + two + one + last)
        self.assertEqual(re.findall(rb"HTTP/1\.1 (\d+)", received), [b"200", b"404", b"200", b"200"])

    def test_a_connection_is_kept(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.api, timeout=10)
        self.addCleanup(connection.close)
        for path in ("/health", "/nowhere", "/api/message_groups", "/health"):
            answer = send(self.server.api, "GET", path, connection=connection)
            self.assertNotEqual(answer.headers.get("connection"), "close")
            self.assertIsNotNone(connection.sock, path)


class Stopping(unittest.TestCase):
    def test_sigterm_under_load_finishes_what_is_under_way(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        server = Server(data)
        self.addCleanup(server.close)
        server.start()
        token, api = server.token("andrewbrown"), server.api
        acknowledged, broken, stop = [], [], threading.Event()

        def write(writer):
            connection = http.client.HTTPConnection("127.0.0.1", api, timeout=10)
            for n in range(100_000):
                text = f"{writer}-{n}"
                try:
                    answer = send(api, "POST", "/api/messages", {"message": text, "handle": "bayko"}, token, connection=connection)
                    (acknowledged if answer.status == 200 else broken).append(text if answer.status == 200 else answer)
                except http.client.IncompleteRead as error:  # an answer that was cut
                    broken.append(error)
                    return
                except OSError:
                    if stop.is_set():
                        return
                    broken.append("refused before the stop")
                    return
                except http.client.HTTPException:  # closed before the request was read
                    return
        writers = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        for writer in writers:
            writer.start()
        wait_until(lambda: len(acknowledged) > 100)
        stop.set()
        self.assertEqual(server.stop(), 0, server.log())
        for writer in writers:
            writer.join()
        self.assertEqual(broken, [])
        server.start()
        conversation = server.get("/api/message_groups", "bayko").json[0]["uuid"]
        pages = server.all_pages(f"/api/messages/{conversation}?limit=100", "bayko")
        stored = [message["message"] for page in pages for message in page]
        self.assertEqual(len(stored), len(set(stored)))
        self.assertLessEqual(set(acknowledged), set(stored))
        self.assertEqual(server.stop(), 0)

    def test_an_idle_connection_does_not_hold_up_the_stop(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        server = Server(data, flags=["--stop-grace-ms", "600000"])
        self.addCleanup(server.close)
        server.start()
        connections = [http.client.HTTPConnection("127.0.0.1", server.api) for _ in range(5)]
        for connection in connections:
            send(server.api, "GET", "/health", connection=connection)
            self.addCleanup(connection.close)
        self.assertEqual(server.stop(), 0)  # long before the grace is over, or TimeoutExpired


if __name__ == "__main__":
    main()
