"""What people and machines send that is wrong, on both ports: a clear error, and it serves on."""
import contextlib
import json
import os
import shutil
import socket
import threading
import unittest

from cruddur_process import PATIENCE, Server, demo_data, main, send, send_raw

NESTED = 100_000
JSON_10 = "application/x-amz-json-1.0"


def dynamodb_request(port, operation, body, headers=()):
    headers = {
        "Content-Type": JSON_10,
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
        "X-Amz-Date": "20260101T000000Z",
        **dict(headers),
    }
    return send(
        port,
        "POST",
        "/",
        body if isinstance(body, bytes) else json.dumps(body).encode(),
        headers=headers,
    )


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(
            demo_data(),
            flags=["--header-time-ms", "500", "--body-time-ms", "500", "--idle-time-ms", "500"],
        )
        cls.addClassCleanup(shutil.rmtree, cls.server.data, True)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    def tearDown(self):
        """Whatever was sent, it still serves, and what was stored is there."""
        self.assertEqual(self.server.get("/ready").status, 200)
        self.assertTrue(self.server.get("/api/message_groups", "bayko").json)
        answer = dynamodb_request(self.server.dynamodb, "ListTables", {})
        self.assertEqual((answer.status, answer.json["TableNames"]), (200, ["cruddur-messages"]))

    def post(self, body):
        return self.server.post(
            "/api/messages", body, "londo", headers={"Content-Type": "application/json"}
        )

    def test_deep_nesting_on_the_api(self):
        for body in (
            b"[" * NESTED,
            b"[" * NESTED + b"]" * NESTED,
            b'{"a":' * NESTED + b"1" + b"}" * NESTED,
            b'{"message":' + b"[" * NESTED + b"]" * NESTED + b"}",
            b'{"handle":"bayko","message":"x","more":' + b"[" * NESTED + b"]" * NESTED + b"}",
        ):
            with self.subTest(body=body[:20]):
                answer = self.post(body)
                self.assertEqual(answer.status, 400, answer)
                self.assertIsInstance(answer.json, (dict, list))

    def test_deep_nesting_on_the_dynamodb_endpoint(self):
        lists = b'{"L":[' * NESTED + b'{"S":"x"}' + b"]}" * NESTED
        maps = b'{"M":{"a":' * (NESTED // 2) + b'{"S":"x"}' + b"}}" * (NESTED // 2)
        condition = b"(" * 4000 + b"attribute_exists(pk)" + b")" * 4000
        item = b'"TableName":"cruddur-messages","Item":{"pk":{"S":"x"},"sk":{"S":"x"}'
        for name, body in {
            "brackets": b"[" * NESTED + b"]" * NESTED,
            "open": b'{"TableName":' * NESTED,
            "lists": b"{" + item + b',"deep":' + lists + b"}}",
            "maps": b"{" + item + b',"deep":' + maps + b"}}",
            "parentheses": b"{" + item + b'},"ConditionExpression":"' + condition + b'"}',
            "nots": b"{"
            + item
            + b'},"ConditionExpression":"'
            + b"NOT " * 1000
            + b'attribute_exists(pk)"}',
            "a path": b"{"
            + item
            + b'},"ConditionExpression":"attribute_exists(a'
            + b"[0]" * 1300
            + b')"}',
        }.items():
            with self.subTest(name=name):
                answer = dynamodb_request(self.server.dynamodb, "PutItem", body)
                self.assertEqual(answer.status, 400, answer)
                self.assertIn("__type", answer.json)

    def test_what_is_not_json_on_the_dynamodb_endpoint(self):
        for body in (
            b"",
            b"null",
            b"[]",
            b"5",
            b"{",
            b'{"TableName":"x"',
            b'{"TableName":"\xff\xfe"}',
            b"\x00" * 100,
            b"{}{}",
            b'{"TableName":"cruddur-messages",}',
            b'{"TableName":"\\ud800abc"}',
        ):
            with self.subTest(body=body):
                answer = dynamodb_request(self.server.dynamodb, "DescribeTable", body)
                self.assertEqual(answer.status, 400, answer)
                kind = answer.json["__type"].split("#")[1]
                self.assertIn(kind, ("SerializationException", "ValidationException"))

    def test_wrong_types_on_the_dynamodb_endpoint(self):
        key = {"pk": {"S": "a"}, "sk": {"S": "b"}}
        cases = [
            ("PutItem", {"TableName": 5, "Item": key}, "SerializationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": []}, "SerializationException"),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {"pk": "a"}},
                "SerializationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {**key, "n": {"N": 5}}},
                "SerializationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {**key, "b": {"BOOL": "maybe"}}},
                "SerializationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {**key, "b": {"B": "not base64!"}}},
                "SerializationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {"pk": {"N": "1"}, "sk": {"S": "b"}}},
                "ValidationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {**key, "n": {"N": "one"}}},
                "ValidationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {**key, "x": {}}},
                "ValidationException",
            ),
            (
                "PutItem",
                {"TableName": "cruddur-messages", "Item": {**key, "x": {"S": "a", "N": "1"}}},
                "ValidationException",
            ),
            (
                "GetItem",
                {"TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}}},
                "ValidationException",
            ),
            (
                "Query",
                {
                    "TableName": "cruddur-messages",
                    "Limit": "5",
                    "KeyConditionExpression": "pk = :p",
                },
                "SerializationException",
            ),
            (
                "Query",
                {
                    "TableName": "cruddur-messages",
                    "Limit": -1,
                    "KeyConditionExpression": "pk = :p",
                    "ExpressionAttributeValues": {":p": {"S": "a"}},
                },
                "ValidationException",
            ),
            ("DescribeTable", {"TableName": "no"}, "ValidationException"),
            ("DescribeTable", {"TableName": "nowhere"}, "ResourceNotFoundException"),
            ("NoSuchOperation", {}, "UnknownOperationException"),
        ]
        for operation, body, kind in cases:
            with self.subTest(operation=operation, body=str(body)[:80]):
                answer = dynamodb_request(self.server.dynamodb, operation, body)
                self.assertEqual(
                    (answer.status, answer.json["__type"].split("#")[1]), (400, kind), answer
                )

    def test_bodies_beyond_the_bound(self):
        for port, target, size in (
            (self.server.api, b"/api/messages", 1 << 20),
            (self.server.dynamodb, b"/", 16 << 20),
        ):
            for framing in ("length", "chunked"):
                with self.subTest(target=target, framing=framing):
                    head = (
                        b"POST "
                        + target
                        + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        b"Authorization: Bearer " + self.server.token("londo").encode() + b"\r\n"
                    )
                    if framing == "length":
                        request = head + b"Content-Length: %d\r\n\r\n" % (size + 1)
                    else:
                        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
                        request = (
                            head
                            + b"Transfer-Encoding: chunked\r\n\r\n"
                            + chunk * (size // 0x10000 + 1)
                        )
                    received = send_raw(port, request)
                    self.assertTrue(received.startswith(b"HTTP/1.1 413 "), received[:100])

    def test_a_header_that_never_ends(self):
        for port, statuses in (
            (self.server.api, (b"431",)),
            (self.server.dynamodb, (b"400", b"431")),
        ):
            for start in (b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ", b"GET /", b""):
                with self.subTest(port=port, start=start[:10]):
                    received = send_raw(port, start + b"a" * (1 << 20))
                    if received:  # the peer may have cut the connection before we read
                        self.assertIn(
                            received.split()[1], statuses + (b"400", b"414"), received[:100]
                        )
            with self.subTest(port=port, start="many headers"):
                received = send_raw(port, b"GET /health HTTP/1.1\r\n" + b"X-A: b\r\n" * 100_000)
                if received:
                    self.assertIn(received.split()[1], statuses + (b"400",), received[:100])

    def test_a_header_that_comes_a_byte_at_a_time(self):
        for port in (self.server.api, self.server.dynamodb):
            with socket.create_connection(("127.0.0.1", port), timeout=10 * PATIENCE) as peer:
                peer.sendall(b"GET /health HTTP/1.1\r\nHost: ")
                ended = threading.Event()

                def drip():
                    with contextlib.suppress(OSError):
                        while not ended.wait(0.05):
                            peer.sendall(b"x")

                dripping = threading.Thread(target=drip)
                dripping.start()
                try:
                    received = b""
                    with contextlib.suppress(ConnectionError):
                        while chunk := peer.recv(4096):  # TimeoutError: it was never closed
                            received += chunk
                finally:
                    ended.set()
                    dripping.join()
                if received:
                    self.assertEqual(received.split()[1], b"408", received)

    def test_a_body_that_never_comes(self):
        for port in (self.server.api, self.server.dynamodb):
            request = (
                b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                + self.server.token("londo").encode()
                + b"\r\nContent-Length: 100\r\n\r\n{"
            )
            received = send_raw(port, request)
            self.assertTrue(not received or received.startswith(b"HTTP/1.1 408 "), received[:100])

    def test_a_connection_that_never_speaks(self):
        for port in (self.server.api, self.server.dynamodb):
            received = send_raw(port, b"")  # returns when the server closes
            self.assertTrue(not received or received.startswith(b"HTTP/1.1 408 "), received[:100])

    def test_what_is_not_http(self):
        for port in (self.server.api, self.server.dynamodb):
            for data in (
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(100),
                b"\x00" * 50,
                b"HELO x\r\n\r\n",
                b"GET\r\n\r\n",
                b"GET / HTTP/9.9\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                b"GET / HTTP/1.1\r\n\x00: x\r\n\r\n",
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
            ):
                with self.subTest(port=port, data=data[:40]):
                    received = send_raw(port, data, half_close=True)
                    if received:
                        self.assertIn(received.split()[1][:1], (b"4", b"5"), received[:100])

    def test_many_silent_connections_keep_nobody_out(self):
        with contextlib.ExitStack() as peers:
            for _ in range(300):
                peers.enter_context(socket.create_connection(("127.0.0.1", self.server.api)))
            self.assertEqual(self.server.get("/health").status, 200)


if __name__ == "__main__":
    main()
