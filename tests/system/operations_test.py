"""What operators rely on: health, metrics, request ids, logs, connections, the stop."""
import http.client
import json
import re
import shutil
import threading
import unittest
import uuid

from api_fixture import NOWHERE, ApiTest
from cruddur_process import Server, demo_data, main, send, send_raw, wait_until


class Operations(ApiTest):
    def test_health_ready_and_metrics(self):
        for path in ("/health", "/ready"):
            answer = self.server.get(path)
            self.assertEqual(answer.status, 200, answer)
            self.assertIsInstance(answer.json, dict)
        answer = self.server.get("/metrics")
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["content-type"].startswith("text/plain"), answer.headers)
        samples = [
            line for line in answer.body.decode().splitlines() if line and not line.startswith("#")
        ]
        self.assertTrue(samples)
        for line in samples:
            self.assertRegex(
                line,
                r'^[a-zA-Z_:][\w:]*(\{(\w+="[^"]*",?)*\})? [-+]?(\d+(\.\d*)?([eE][-+]?\d+)?|Inf|NaN)$',
            )

    def test_requests_are_counted(self):
        def total():
            text = self.server.get("/metrics").body.decode()
            return sum(
                float(line.rsplit(" ", 1)[1])
                for line in text.splitlines()
                if re.match(r"cruddur_http_requests_total\b", line)
            )

        before = total()
        for _ in range(5):
            self.server.get("/api/message_groups", "bayko")
        self.assertGreaterEqual(total(), before + 5)

    def test_every_answer_has_its_own_request_id_and_log_line(self):
        ids = []
        for path, handle in (
            ("/api/message_groups", "bayko"),
            ("/api/message_groups", None),
            ("/health", None),
            ("/nowhere", None),
            (f"/api/messages/{NOWHERE}", "bayko"),
        ):
            ids.append(self.server.get(path, handle).headers["x-request-id"])
        self.assertEqual(len(set(ids)), len(ids))
        logged = lambda: all(one in self.server.log() for one in (ids[0], ids[1], ids[4]))
        self.assertTrue(wait_until(logged), self.server.log()[-2000:])

    def test_logs_are_json_and_hold_no_text_and_no_token(self):
        secret = f"secret-{uuid.uuid4()}"
        token = self.server.token("andrewbrown")
        answer = self.server.post(
            "/api/messages", {"message": secret, "handle": "bayko"}, "andrewbrown"
        )
        conversation = answer.json["message_group_uuid"]
        self.server.post(
            "/api/messages", {"message": secret, "message_group_uuid": conversation}, "andrewbrown"
        )
        self.server.get(f"/api/messages/{conversation}", "bayko")
        self.server.post(
            "/api/messages",
            f'{{"message":"{secret}",'.encode(),
            "andrewbrown",
            headers={"Content-Type": "application/json"},
        )
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
        self.assertEqual(
            re.findall(rb"HTTP/1\.1 (\d+)", received), [b"200", b"404", b"200", b"200"]
        )

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
                    answer = send(
                        api,
                        "POST",
                        "/api/messages",
                        {"message": text, "handle": "bayko"},
                        token,
                        connection=connection,
                    )
                    (acknowledged if answer.status == 200 else broken).append(
                        text if answer.status == 200 else answer
                    )
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
