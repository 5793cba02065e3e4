"""A backend that is away or slow (spec section 12, fault 12)."""
import concurrent.futures
import shutil
import socket
import tempfile
import time
import uuid

from fault_fixture import FaultTest
from cruddur_process import PATIENCE, Server, main, must_run, run, send, wait_until
from postgres_process import Postgres, free_port


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
            server.tokens[handle] = must_run(
                "token", handle, "--data", data, "--connection-url", url
            ).stdout.strip()
        return postgres, server

    def test_fault_12_postgresql_stopped(self):
        postgres, server = self.on_postgres()
        self.assertEqual(server.get("/api/users/@bayko/short").status, 200)
        started = server.post("/api/messages", {"message": "x", "handle": "bayko"}, "andrewbrown")
        conversation = started.json["message_group_uuid"]
        known = [f"/api/messages/{conversation}", "/api/message_groups", "/api/me"]
        for path in known:
            self.assertEqual(server.get(path, "bayko").status, 200)
        postgres.stop()
        # What tokens and caches know already keeps working: lists, messages, conversations.
        for path in known:
            self.assertEqual(self.quick(lambda: server.get(path, "bayko")).status, 200, path)
        more = {"message": "still here", "message_group_uuid": conversation}
        self.assertEqual(self.quick(lambda: server.post("/api/messages", more, "bayko")).status, 200)
        for handle in ("andrewbrown", "bayko"):
            for path in (known[0], known[0] + "?limit=5", known[1]):
                self.assertIn(b"still here", self.quick(lambda: server.get(path, handle)).body)
        for n in range(5):
            # Users that no cache can hold.
            self.assert_unavailable(self.quick(lambda: server.get(f"/api/users/@unseen{n}/short")))
        self.assert_unavailable(
            self.quick(
                lambda: server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko")
            )
        )
        self.assert_unavailable(self.quick(lambda: server.get("/api/users?query=lon", "bayko")))
        change = {"display_name": "Lost"}
        token = server.token("bayko")
        self.assert_unavailable(
            self.quick(lambda: send(server.api, "PATCH", "/api/me", change, token=token))
        )
        self.assertEqual(server.get("/health").status, 200)
        self.assertEqual(self.quick(lambda: server.get("/ready")).status, 503)
        postgres.start()
        self.assertTrue(
            wait_until(lambda: server.get("/api/users/@londo/short").status == 200, timeout=20)
        )
        self.assertTrue(wait_until(lambda: server.get("/ready").status == 200, timeout=20))
        self.assertEqual(
            server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko").status, 200
        )

    def test_fault_12_postgresql_silent(self):
        postgres, server = self.on_postgres()
        self.assertEqual(server.get("/api/users/@bayko/short").status, 200)
        postgres.pause()
        with concurrent.futures.ThreadPoolExecutor(
            20
        ) as pool:  # more than the pool has connections
            answers = list(
                pool.map(
                    lambda n: self.quick(lambda: server.get(f"/api/users/@unseen{n}/short")),
                    range(20),
                )
            )
        for answer in answers:
            self.assert_unavailable(answer)
        self.assertEqual(self.quick(lambda: server.get("/health")).status, 200)
        postgres.resume()
        self.assertTrue(
            wait_until(lambda: server.get("/api/users/@londo/short").status == 200, timeout=20)
        )

    def test_fault_12_a_start_without_postgresql_says_so(self):
        data = tempfile.mkdtemp(prefix="cruddur-")
        self.addCleanup(shutil.rmtree, data, True)
        result = run(
            "db",
            "seed",
            "--connection-url",
            f"postgresql://cruddur@127.0.0.1:{free_port()}/x",
            timeout=15,
        )
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
        self.assertEqual(
            server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko").status, 200
        )
        store.kill()
        self.assert_unavailable(
            self.quick(
                lambda: server.post("/api/messages", {"message": "x", "handle": "londo"}, "bayko")
            )
        )
        self.assert_unavailable(
            self.quick(lambda: server.get(f"/api/messages/{uuid.uuid4()}", "bayko"))
        )
        self.assertEqual(self.quick(lambda: server.get("/ready")).status, 503)
        self.assertEqual(server.get("/health").status, 200)
        store.flags = ["--port", str(port)]
        store.start()
        self.assertTrue(
            wait_until(
                lambda: server.post(
                    "/api/messages", {"message": "y", "handle": "londo"}, "bayko"
                ).status
                == 200
            )
        )

    def test_fault_12_store_that_accepts_and_never_answers(self):
        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen(100)
            data = tempfile.mkdtemp(prefix="cruddur-")
            self.addCleanup(shutil.rmtree, data, True)
            must_run("db", "setup", "--data", data)
            server = Server(
                data,
                flags=[
                    "--store-endpoint",
                    f"http://127.0.0.1:{silent.getsockname()[1]}",
                    "--store-deadline-ms",
                    "1000",
                ],
            )
            self.addCleanup(server.close)
            server.start()
            self.assert_unavailable(self.quick(lambda: server.get("/api/message_groups", "bayko")))
            self.assert_unavailable(
                self.quick(
                    lambda: server.post(
                        "/api/messages", {"message": "x", "handle": "londo"}, "bayko"
                    )
                )
            )


if __name__ == "__main__":
    main()
