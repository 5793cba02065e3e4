"""The error answers of the API: status, body and what they must not let through."""
import base64
import json

from api_fixture import NOWHERE, ApiTest
from cruddur_process import main, must_run, send, send_raw, wait_until


class Errors(ApiTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        answer = cls.server.post(
            "/api/messages", {"message": "Ours", "handle": "bayko"}, "andrewbrown"
        )
        cls.conversation = answer.json["message_group_uuid"]

    PROTECTED = (
        ("GET", "/api/message_groups", None),
        ("GET", f"/api/messages/{NOWHERE}", None),
        ("POST", "/api/messages", {"message": "x", "handle": "bayko"}),
    )

    def test_no_route_answers_without_a_good_token(self):
        good = self.server.token("andrewbrown")
        head, payload, signature = good.split(".")
        part = (
            lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
        )
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
        kid = json.loads(base64.urlsafe_b64decode(head + "=="))["kid"]
        flipped = ("A" if signature[5] != "A" else "B").join((signature[:5], signature[6:]))
        values = {
            "none at all": None,
            "empty": "",
            "a scheme alone": "Bearer",
            "no token": "Bearer ",
            "another scheme": f"Basic {good}",
            "the bare token": good,
            "two": f"Bearer {good} {good}",
            "not three parts": "Bearer a.b",
            "dots": "Bearer ...",
            "not base64": "Bearer !!.??.**",
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
        token = must_run(
            "token", "bayko", "--data", self.server.data, "--expires-in", "1"
        ).stdout.strip()
        gone = (
            lambda: send(self.server.api, "GET", "/api/message_groups", token=token).status == 401
        )
        self.assertTrue(wait_until(gone, timeout=5), "still valid 5 s after its end")

    def test_the_scheme_is_not_case_sensitive(self):
        answer = send(
            self.server.api,
            "GET",
            "/api/message_groups",
            headers={"Authorization": "bearer " + self.server.token("bayko")},
        )
        self.assertEqual(answer.status, 200, answer)

    def test_conversations_of_others_do_not_exist(self):
        for conversation in (
            NOWHERE,
            self.conversation,
            "not-a-uuid",
            "%00",
            "a" * 3000,
            self.conversation.upper() + "x",
        ):
            with self.subTest(conversation=conversation[:40]):
                self.assert_error(self.server.get(f"/api/messages/{conversation}", "londo"), 404)
                if "%" not in conversation:
                    body = {"message": "Let me in", "message_group_uuid": conversation}
                    self.assert_error(self.server.post("/api/messages", body, "londo"), 404)
        texts = [
            m["message"]
            for m in self.server.get(f"/api/messages/{self.conversation}", "bayko").json
        ]
        self.assertNotIn("Let me in", texts)

    def test_unknown_receivers(self):
        for handle in ("nobody", "b" * 500, "bayko ", "\x00", "\U0001f600", "' OR '1'='1"):
            with self.subTest(handle=handle[:20]):
                self.assert_error(
                    self.server.post("/api/messages", {"message": "x", "handle": handle}, "londo"),
                    404,
                )

    def test_codes_of_what_is_wrong_with_a_message(self):
        group = {"message_group_uuid": self.conversation}
        cases = [
            ({}, ["message_blank", "user_receiver_handle_blank"]),
            ({"message": "x"}, ["user_receiver_handle_blank"]),
            ({"message": "x", "handle": ""}, ["user_receiver_handle_blank"]),
            ({"message": "x", "handle": "  "}, ["user_receiver_handle_blank"]),
            ({"message": "x", "handle": None}, ["user_receiver_handle_blank"]),
            ({"message": "x", "message_group_uuid": ""}, ["message_group_uuid_blank"]),
            (
                {"message": "", "message_group_uuid": ""},
                ["message_blank", "message_group_uuid_blank"],
            ),
            (
                {"message": "x" * 1025, "message_group_uuid": " "},
                ["message_exceed_max_chars", "message_group_uuid_blank"],
            ),
            (
                {"message": "x" * 1025, "handle": ""},
                ["message_exceed_max_chars", "user_receiver_handle_blank"],
            ),
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
            answer = self.server.post(
                "/api/messages", {"message": "Dear diary", "handle": handle}, "bayko"
            )
            self.assert_error(answer, 422)

    def test_bodies_of_wrong_types(self):
        for body in (
            {"message": 5, "handle": "bayko"},
            {"message": ["x"], "handle": "bayko"},
            {"message": {"a": 1}, "handle": "bayko"},
            {"message": True, "handle": "bayko"},
            {"message": "x", "handle": 5},
            {"message": "x", "message_group_uuid": {}},
            {"message": "x", "message_group_uuid": 1.5},
        ):
            with self.subTest(body=body):
                answer = self.server.post("/api/messages", body, "londo")
                self.assertIn(answer.status, (400, 422), answer)
                self.assert_error(answer, answer.status)
        for body in (
            b"",
            b"null",
            b"[]",
            b"5",
            b'"x"',
            b"{",
            b'{"message":"x",}',
            b"{'message':'x'}",
            b"\xff\xfe",
            b'{"message":"\xff","handle":"bayko"}',
            b'{"message":"\\ud800","handle":"bayko"}',
            b"{}{}",
        ):
            with self.subTest(body=body):
                answer = self.server.post(
                    "/api/messages", body, "londo", headers={"Content-Type": "application/json"}
                )
                self.assert_error(answer, 400)

    def test_content_types(self):
        body = json.dumps({"message": "Typed", "handle": "bayko"}).encode()
        for kind in (
            "application/json",
            "application/json; charset=utf-8",
            "Application/JSON;charset=UTF-8",
        ):
            with self.subTest(kind=kind):
                answer = self.server.post(
                    "/api/messages", body, "londo", headers={"Content-Type": kind}
                )
                self.assertEqual(answer.status, 200, answer)
        for kind in (
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/jsonx",
            "nonsense",
        ):
            with self.subTest(kind=kind):
                answer = self.server.post(
                    "/api/messages", body, "londo", headers={"Content-Type": kind}
                )
                self.assert_error(answer, 415)

    def test_other_methods_name_those_that_are_allowed(self):
        cases = {
            "/api/message_groups": {"GET", "HEAD"},
            f"/api/messages/{NOWHERE}": {"GET", "HEAD"},
            "/api/messages": {"POST"},
            "/api/users/@bayko/short": {"GET", "HEAD"},
            "/health": {"GET", "HEAD"},
            "/ready": {"GET", "HEAD"},
            "/metrics": {"GET", "HEAD"},
        }
        for path, allowed in cases.items():
            for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - allowed:
                with self.subTest(path=path, method=method):
                    answer = send(self.server.api, method, path, {} if method != "GET" else None)
                    self.assert_error(answer, 405)
                    named = {name.strip() for name in answer.headers["allow"].split(",")}
                    self.assertLessEqual(allowed - {"HEAD"}, named)
                    self.assertNotIn(method, named)

    def test_unknown_paths(self):
        for path in (
            "/api",
            "/api/",
            "/api/messages/",
            "/api/users/bayko/short",
            "/api/users/@bayko",
            "/api/message_groups/",
            "/../etc/passwd",
            "//",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/api/messages/a/b",
        ):
            with self.subTest(path=path):
                self.assert_error(self.server.get(path, "bayko"), 404)

    def test_head_is_get_without_the_body(self):
        for path in (
            "/api/message_groups",
            f"/api/messages/{self.conversation}",
            "/health",
            "/api/users/@bayko/short",
        ):
            with self.subTest(path=path):
                got = self.server.get(path, "bayko")
                head = send(self.server.api, "HEAD", path, token=self.server.token("bayko"))
                self.assertEqual((head.status, head.body), (200, b""))
                self.assertEqual(head.headers["content-length"], str(len(got.body)))
                self.assertEqual(head.headers["content-type"], got.headers["content-type"])

    def test_a_body_beyond_one_mebibyte(self):
        padding = b" " * (1024 * 1024 - 40)
        fits = b'{"message":"Fits","handle":"bayko"}' + padding
        fits = fits[: 1024 * 1024]
        answer = self.server.post(
            "/api/messages", fits, "londo", headers={"Content-Type": "application/json"}
        )
        self.assertEqual(answer.status, 200, answer)
        request = (
            b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
            + self.server.token("londo").encode()
            + b"\r\nContent-Length: %d\r\n\r\n" % (1024 * 1024 + 1)
        )
        received = send_raw(self.server.api, request)  # answered before the body, then closed
        self.assertTrue(received.startswith(b"HTTP/1.1 413 "), received[:200])
        self.assertIsInstance(json.loads(received.split(b"\r\n\r\n", 1)[1]), (dict, list))
        self.assertEqual(self.server.get("/health").status, 200)


if __name__ == "__main__":
    main()
