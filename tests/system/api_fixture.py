"""A server with the demo's users, for the tests of the API."""
import shutil
import unittest

from cruddur_process import Server, demo_data

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
