"""The routes of `cruddur serve` when all is well: conversations, messages, people, pages."""
import concurrent.futures
import re
import shutil

from api_fixture import SUMMARY_KEYS, ApiTest
from cruddur_process import (
    CREATED_AT,
    UUID,
    Server,
    conversation_file,
    conversation_lines,
    demo_data,
    main,
    must_run,
    send,
    wait_until,
)


class Conversations(ApiTest):
    def test_starting_one_shows_it_to_both_people(self):
        before = {row["uuid"] for row in self.server.get("/api/message_groups", "bayko").json}
        answer = self.server.post(
            "/api/messages", {"message": "Mind the gap", "handle": "londo"}, "bayko"
        )
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
        texts = [
            message["message"]
            for message in self.server.get(f"/api/messages/{first}", "bayko").json
        ]
        self.assertEqual(texts[-3:], ["one", "two", "three"])
        self.assertEqual(len(self.summary(first, "bayko")), 1)

    def test_starting_it_from_both_sides_at_once_makes_one(self):
        with Server(demo_data()) as server:  # londo has no conversation yet
            self.addCleanup(shutil.rmtree, server.data, True)
            tokens = [server.token("andrewbrown"), server.token("londo")]
            handles = ["londo", "andrewbrown"]
            with concurrent.futures.ThreadPoolExecutor(8) as pool:
                answers = list(
                    pool.map(
                        lambda n: send(
                            server.api,
                            "POST",
                            "/api/messages",
                            {"message": f"race {n}", "handle": handles[n % 2]},
                            tokens[n % 2],
                        ),
                        range(16),
                    )
                )
            self.assertEqual({answer.status for answer in answers}, {200}, answers)
            conversations = {answer.json["message_group_uuid"] for answer in answers}
            self.assertEqual(len(conversations), 1)
            messages = server.get(f"/api/messages/{conversations.pop()}", "londo").json
            self.assertEqual(
                sorted(message["message"] for message in messages),
                sorted(f"race {n}" for n in range(16)),
            )
            self.assertEqual(len(server.get("/api/message_groups", "londo").json), 1)

    def test_a_message_answers_with_itself(self):
        conversation = self.started()
        answer = self.server.post(
            "/api/messages", {"message": "Well?", "message_group_uuid": conversation}, "bayko"
        )
        self.assertEqual(answer.status, 200, answer)
        sent = answer.json
        self.assertLessEqual(SUMMARY_KEYS | {"message_group_uuid"}, sent.keys())
        self.assertEqual(
            (sent["message_group_uuid"], sent["handle"], sent["message"]),
            (conversation, "bayko", "Well?"),
        )
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
        texts = [
            "\u00e9 \u4e16\u754c \U0001f600 \u202eabc",
            '"quotes" \\ and </script>',
            "tab\tand\nline",
            "a\x00b\x1f",
            "\U0001f600" * 1024,
            "e\u0301" * 512,
            "two  spaces",
        ]
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
            answer = send(
                self.server.api,
                "POST",
                "/api/messages",
                {"message": f"many {n}", "message_group_uuid": conversation},
                tokens[n % 2],
            )
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
            row = wait_until(
                lambda: [
                    r
                    for r in self.summary(conversation, handle)
                    if r["created_at"] == newest["created_at"]
                ]
            )
            self.assertEqual(row[0]["message"], newest["message"])

    def test_users_are_found_by_handle(self):
        answer = self.server.get("/api/users/@andrewbrown/short")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json.keys(), {"uuid", "handle", "display_name"})
        self.assertRegex(answer.json["uuid"], UUID)
        self.assertEqual(answer.json["handle"], "andrewbrown")
        same = self.server.get("/api/users/@AndrewBrown/short")
        self.assertEqual(
            (same.status, same.json), (200, answer.json), "handles are unique whatever their case"
        )
        for handle in (
            "nobody",
            "%00",
            "a" * 2000,
            "' OR 1=1 --".replace(" ", "%20"),
            "%F0%9F%98%80",
            "%ff%fe",
        ):
            with self.subTest(handle=handle[:20]):
                self.assert_error(self.server.get(f"/api/users/@{handle}/short"), 404)


class Pages(ApiTest):
    """The 104 messages of the seeded conversation, read page by page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lines = conversation_lines()
        must_run(
            "ddb",
            "seed",
            "--data",
            cls.server.data,
            "--conversation",
            conversation_file(),
            "--my-handle",
            "andrewbrown",
            "--other-handle",
            "londo",
            "--endpoint-url",
            f"http://127.0.0.1:{cls.server.dynamodb}",
        )
        rows = cls.server.get("/api/message_groups", "londo").json
        cls.conversation = next(row["uuid"] for row in rows if row["handle"] == "andrewbrown")
        cls.path = f"/api/messages/{cls.conversation}"

    def texts(self, pages):
        return [message["message"] for page in reversed(pages) for message in page]

    def test_the_newest_page_comes_first_and_oldest_message_first_in_it(self):
        answer = self.server.get(self.path, "andrewbrown")
        self.assertEqual(
            [message["message"] for message in answer.json],
            [text for _, text in self.lines[-len(answer.json) :]],
        )
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
        self.assertEqual(
            self.texts(self.server.all_pages(self.path, "londo")), [text for _, text in self.lines]
        )

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
                self.assertEqual(seen, oldest_first[-len(seen) :])
                self.assertEqual(len(seen), 10 * (index + 1))

    def test_a_page_stays_where_it_is_while_messages_arrive(self):
        data = Server(demo_data())
        with data as server:
            self.addCleanup(shutil.rmtree, server.data, True)
            group = server.post("/api/messages", {"message": "0", "handle": "londo"}, "bayko").json[
                "message_group_uuid"
            ]
            say = lambda text: server.post(
                "/api/messages", {"message": text, "message_group_uuid": group}, "bayko"
            )
            for n in range(1, 10):
                say(str(n))
            first = server.get(f"/api/messages/{group}?limit=4", "londo")
            say("late")
            second = server.get(first.next, "londo")
            self.assertEqual([m["message"] for m in second.json + first.json], list("23456789"))
            newer = re.sub("before=", "after=", first.next)
            self.assertEqual(
                [m["message"] for m in server.get(newer, "londo").json], ["7", "8", "9", "late"]
            )

    def test_a_page_of_conversations_goes_on(self):
        self.server.post("/api/messages", {"message": "Third", "handle": "bayko"}, "londo")
        self.server.post("/api/messages", {"message": "Again", "handle": "bayko"}, "andrewbrown")
        everything = self.server.get("/api/message_groups", "andrewbrown").json
        self.assertGreaterEqual(len(everything), 2)
        self.assertEqual(
            [row["created_at"] for row in everything],
            sorted((row["created_at"] for row in everything), reverse=True),
        )
        pages = self.server.all_pages("/api/message_groups?limit=1", "andrewbrown")
        self.assertEqual([row for page in pages for row in page], everything)

    def test_limits_and_cursors_that_are_none_are_refused(self):
        for query in (
            "limit=0",
            "limit=101",
            "limit=-1",
            "limit=abc",
            "limit=",
            "limit=1e1",
            "limit=99999999999999999999",
            "before=xyz",
            "before=%00",
            "after=%F0%9F%98%80",
            "before=" + "A" * 3000,
            "before=2023-03-24T09:45:01.561513%2B00:00&after=2023-03-24T09:45:01.561513%2B00:00",
        ):
            for path in (self.path, "/api/message_groups"):
                with self.subTest(query=query[:40], path=path[:20]):
                    answer = self.server.get(f"{path}?{query}", "londo")
                    self.assert_error(answer, 400)

    def test_a_cursor_reaches_no_further_than_its_conversation(self):
        mine = self.server.get(f"{self.path}?limit=1", "londo").next
        other = self.server.post(
            "/api/messages", {"message": "Elsewhere", "handle": "bayko"}, "andrewbrown"
        )
        cursor = re.search(r"before=[^&]+", mine)[0]
        answer = self.server.get(
            f"/api/messages/{other.json['message_group_uuid']}?{cursor}", "bayko"
        )
        texts = {text for _, text in self.lines}
        if answer.status == 200:
            self.assertFalse({message["message"] for message in answer.json} & texts)
        else:
            self.assert_error(answer, 400)


if __name__ == "__main__":
    main()
