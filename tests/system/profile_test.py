"""Who one is: /api/me, finding others, a changed name in every copy of it, pages of other origins."""
import shutil
import unittest

from api_fixture import ApiTest
from cruddur_process import Server, add_users, demo_data, main, must_run, run, send, wait_until


def names(entry):
    return entry["display_name"], entry["handle"]


class Profile(ApiTest):
    def patch(self, body, handle, **options):
        token = handle and self.server.token(handle)
        return send(self.server.api, "PATCH", "/api/me", body, token=token, **options)

    def rows_about(self, uuid):
        """The names in all rows and records that show this user to others."""
        pages = self.server.boto3().get_paginator("scan").paginate(TableName="cruddur-messages")
        found = []
        for item in (item for page in pages for item in page["Items"]):
            copies = [entry["M"] for entry in item.get("members", {}).get("L", [])]
            if item["pk"]["S"].startswith("GRP#"):
                copies.append(item)
            found += [
                (copy["user_display_name"]["S"], copy["user_handle"]["S"])
                for copy in copies
                if copy["user_uuid"]["S"] == uuid
            ]
        return found

    def test_a_profile_is_read_and_changed(self):
        add_users(self.server.data, ["vir"])
        me = self.server.get("/api/me", "vir")
        self.assertEqual(me.status, 200, me)
        self.assertEqual(me.headers["cache-control"], "no-store")
        self.assertEqual(set(me.json), {"uuid", "handle", "display_name", "email"})
        self.assertEqual(me.json["email"], "vir@example.com")
        changed = self.patch({"display_name": "Vir Cotto 🐙"}, "vir")
        self.assertEqual(changed.json, {**me.json, "display_name": "Vir Cotto 🐙"})
        self.assertEqual(self.server.get("/api/me", "vir").json, changed.json)
        self.assertEqual(self.patch({}, "vir").json, changed.json)
        self.assertEqual(self.patch({"handle": None}, "vir").json, changed.json)
        self.assert_error(self.server.get("/api/me"), 401)
        self.assert_error(self.patch({"display_name": "x"}, None), 401)

    def test_what_no_name_can_be_is_refused(self):
        long = "handle_exceed_max_chars"
        for body, codes in (
            ({"display_name": ""}, ["display_name_blank"]),
            ({"display_name": " \u2003"}, ["display_name_blank"]),
            ({"display_name": "é" * 101}, ["display_name_exceed_max_chars"]),
            ({"display_name": "a\nb"}, ["display_name_invalid"]),
            ({"display_name": "a\u0000b"}, ["display_name_invalid"]),
            ({"display_name": "evil\u202egnp"}, ["display_name_invalid"]),
            ({"handle": ""}, ["handle_blank"]),
            ({"handle": "two words"}, ["handle_invalid"]),
            ({"handle": "@londo"}, ["handle_invalid"]),
            ({"handle": "a" * 65}, [long]),
            ({"display_name": "", "handle": "a" * 65}, ["display_name_blank", long]),
        ):
            with self.subTest(body=body):
                answer = self.patch(body, "londo")
                self.assert_error(answer, 422)
                self.assertEqual(answer.json, codes)
        for taken in ("bayko", "BAYKO"):
            answer = self.patch({"handle": taken, "display_name": "x"}, "londo")
            self.assert_error(answer, 409)
            self.assertEqual(answer.json["error"], "handle_taken")
        for body in (b"{", b"[]", b'{"handle":7}', b'{"display_name":"\xff"}'):
            with self.subTest(body=body):
                json_type = {"Content-Type": "application/json"}
                self.assert_error(self.patch(body, "londo", headers=json_type), 400)
        self.assert_error(self.patch(b"{}", "londo", headers={"Content-Type": "text/plain"}), 415)
        self.assertEqual(names(self.server.get("/api/me", "londo").json), ("Londo Mollari", "londo"))

    def test_changes_are_limited(self):
        add_users(self.server.data, ["drazi"])
        for n in range(100):
            answer = self.patch({"display_name": f"Drazi {n}"}, "drazi")
            if answer.status != 200:
                break
        self.assertGreaterEqual(n, 10)
        self.assert_error(answer, 429)
        self.assertIn(int(answer.headers["retry-after"]), range(1, 11))
        self.assertEqual(self.patch({"display_name": "Londo Mollari"}, "londo").status, 200)

    def test_people_are_found_by_the_beginning_of_a_name(self):
        add_users(self.server.data, ["zathras", "zathras_2", "zack"])
        found = self.server.get("/api/users?query=Zath", "bayko")
        self.assertEqual([user["handle"] for user in found.json], ["zathras", "zathras_2"])
        self.assertEqual(set(found.json[0]), {"uuid", "handle", "display_name"})
        self.assertEqual(self.server.get("/api/users?query=%40zathras_", "bayko").json, found.json[1:])
        self.assertEqual(self.server.get("/api/users?query=z%25", "bayko").json, [])
        for query in ("", "?query=", "?query=%40", "?other=z"):
            self.assert_error(self.server.get(f"/api/users{query}", "bayko"), 400)
        self.assert_error(self.server.get("/api/users?query=z"), 401)

    def test_a_changed_name_reaches_rows_and_pages(self):
        add_users(self.server.data, ["delenn", "lennier", "neroon"])
        conversations = [
            self.started(f"hello {other}", "delenn", other) for other in ("lennier", "neroon")
        ]
        me = self.server.get("/api/me", "delenn").json
        old, new = names(me), ("Ambassador Delenn", "ambassador")
        for _ in range(2):  # the second time from the cache
            for other, conversation in zip(("lennier", "neroon"), conversations):
                self.assertEqual(names(self.summary(conversation, other)[0]), old)
                self.assertEqual(names(self.newest(conversation, other)), old)
        changed = self.patch({"display_name": new[0], "handle": new[1]}, "delenn")
        self.assertEqual(names(changed.json), new, changed)
        for other, conversation in zip(("lennier", "neroon"), conversations):
            self.assertTrue(
                wait_until(lambda: names(self.summary(conversation, other)[0]) == new), other
            )
            self.assertTrue(wait_until(lambda: names(self.newest(conversation, other)) == new))
        # Two rows, and the member's entry in two records.
        self.assertTrue(wait_until(lambda: self.rows_about(me["uuid"]) == [new] * 4))
        self.assertEqual(self.server.get("/api/users/@ambassador/short").status, 200)
        self.assertEqual(self.server.get("/api/users/@delenn/short").status, 404)
        # The pool's user is the same one, under the new handle.
        token = must_run("token", "ambassador", "--data", self.server.data).stdout.strip()
        again = send(self.server.api, "GET", "/api/me", token=token)
        self.assertEqual(again.json, changed.json)
        self.assertNotEqual(run("token", "delenn", "--data", self.server.data).returncode, 0)
        # An old name is free again for others, but not for signing in as her.
        self.assert_error(self.patch({"handle": "delenn"}, "neroon"), 409)


class Crash(unittest.TestCase):
    def test_a_crash_in_the_middle_leaves_no_old_name_behind(self):
        server = Server(demo_data())
        self.addCleanup(shutil.rmtree, server.data, True)
        self.addCleanup(server.close)
        others = [f"user{n}" for n in range(150)]
        add_users(server.data, others)
        server.start()
        for other in others:
            answer = server.post("/api/messages", {"message": "hi", "handle": other}, "londo")
            self.assertEqual(answer.status, 200, answer)
        change = {"display_name": "Emperor Londo", "handle": "emperor"}
        token = server.token("londo")
        answer = send(server.api, "PATCH", "/api/me", change, token=token)
        self.assertEqual(answer.status, 200, answer)
        uuid = answer.json["uuid"]
        server.kill()
        server.start()

        def left():
            pages = server.boto3().get_paginator("scan").paginate(TableName="cruddur-messages")
            rows = [
                item["user_handle"]["S"]
                for page in pages
                for item in page["Items"]
                if item["pk"]["S"].startswith("GRP#") and item["user_uuid"]["S"] == uuid
            ]
            self.assertEqual(len(rows), len(others))
            return sum(handle != "emperor" for handle in rows)

        self.assertTrue(wait_until(lambda: left() == 0, timeout=60, interval=0.3), "rows are left")
        rows = server.get("/api/message_groups", "user7").json
        self.assertEqual([names(row) for row in rows], [("Emperor Londo", "emperor")])


class OtherOrigins(unittest.TestCase):
    def setUp(self):
        self.app, self.evil = "https://app.example.com", "https://evil.example"
        flags = ["--allowed-origins", f"http://localhost:3000,{self.app}"]
        self.server = Server(demo_data(), flags=flags)
        self.addCleanup(shutil.rmtree, self.server.data, True)
        self.addCleanup(self.server.close)
        self.server.start()

    def ask(self, method, path, origin, port=None, **headers):
        headers = {"Origin": origin, **{n.replace("_", "-"): v for n, v in headers.items()}}
        return send(port or self.server.api, method, path, headers=headers)

    def test_only_the_configured_ones_may_read_the_api(self):
        allow = "access-control-allow-origin"
        for path in ("/api/messages", "/", "/api/me"):
            preflight = dict(
                Access_Control_Request_Method="POST",
                Access_Control_Request_Headers="authorization,x-amz-target",
            )
            answer = self.ask("OPTIONS", path, self.app, **preflight)
            self.assertEqual((answer.status, answer.body), (204, b""), path)
            self.assertEqual(answer.headers[allow], self.app)
            self.assertIn("x-amz-target", answer.headers["access-control-allow-headers"])
            refused = self.ask("OPTIONS", path, self.evil, **preflight)
            self.assertEqual(refused.status, 403)
            self.assertNotIn(allow, refused.headers)
        for origin, allowed in ((self.app, self.app), (self.evil, None), ("null", None)):
            for path, status in (("/health", 200), ("/api/message_groups", 401), ("/none", 404)):
                answer = self.ask("GET", path, origin)
                self.assertEqual(answer.status, status)
                self.assertEqual(answer.headers.get(allow), allowed, (origin, path))
                self.assertIn("Origin", answer.headers["vary"])
        # The DynamoDB endpoint answers browsers as AWS does, whatever is configured here.
        answer = self.ask("POST", "/", self.evil, port=self.server.dynamodb)
        self.assertEqual(answer.headers[allow], "*")

    def test_a_wrong_origin_stops_the_start(self):
        result = run("serve", "--data", self.server.data, "--allowed-origins", "*", "--port", "0")
        self.assertEqual(result.returncode, 1, result)
        self.assertIn("allowed-origins: '*' is no origin", result.stderr)


if __name__ == "__main__":
    main()
