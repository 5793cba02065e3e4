"""What people and machines get wrong, on both ports and on the disk: a clear error, and nothing lost."""
import contextlib
import errno
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

from cruddur_process import (PATIENCE, PROGRAM, Server, demo_data, environment, main, run, send, send_raw,
                             wait_until)

NESTED = 100_000
JSON_10 = "application/x-amz-json-1.0"


def dynamodb_request(port, operation, body, headers=()):
    headers = {"Content-Type": JSON_10, "X-Amz-Target": f"DynamoDB_20120810.{operation}",
               "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
                                "SignedHeaders=host;x-amz-date, Signature=" + "0" * 64,
               "X-Amz-Date": "20260101T000000Z", **dict(headers)}
    return send(port, "POST", "/", body if isinstance(body, bytes) else json.dumps(body).encode(), headers=headers)


class Requests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server(demo_data(), flags=["--header-time-ms", "500", "--body-time-ms", "500",
                                                "--idle-time-ms", "500"])
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
        return self.server.post("/api/messages", body, "londo", headers={"Content-Type": "application/json"})

    def test_deep_nesting_on_the_api(self):
        for body in (b"[" * NESTED, b"[" * NESTED + b"]" * NESTED, b'{"a":' * NESTED + b"1" + b"}" * NESTED,
                     b'{"message":' + b"[" * NESTED + b"]" * NESTED + b"}",
                     b'{"handle":"bayko","message":"x","more":' + b"[" * NESTED + b"]" * NESTED + b"}"):
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
                "brackets": b"[" * NESTED + b"]" * NESTED, "open": b'{"TableName":' * NESTED,
                "lists": b"{" + item + b',"deep":' + lists + b"}}", "maps": b"{" + item + b',"deep":' + maps + b"}}",
                "parentheses": b"{" + item + b'},"ConditionExpression":"' + condition + b'"}',
                "nots": b"{" + item + b'},"ConditionExpression":"' + b"NOT " * 1000 + b'attribute_exists(pk)"}',
                "a path": b"{" + item + b'},"ConditionExpression":"attribute_exists(a' + b"[0]" * 1300 + b')"}'}.items():
            with self.subTest(name=name):
                answer = dynamodb_request(self.server.dynamodb, "PutItem", body)
                self.assertEqual(answer.status, 400, answer)
                self.assertIn("__type", answer.json)

    def test_what_is_not_json_on_the_dynamodb_endpoint(self):
        for body in (b"", b"null", b"[]", b"5", b"{", b'{"TableName":"x"', b'{"TableName":"\xff\xfe"}', b"\x00" * 100, b"{}{}",
                     b'{"TableName":"cruddur-messages",}', b'{"TableName":"\\ud800abc"}'):
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
            ("PutItem", {"TableName": "cruddur-messages", "Item": {"pk": "a"}}, "SerializationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {**key, "n": {"N": 5}}}, "SerializationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {**key, "b": {"BOOL": "maybe"}}}, "SerializationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {**key, "b": {"B": "not base64!"}}}, "SerializationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {"pk": {"N": "1"}, "sk": {"S": "b"}}}, "ValidationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {**key, "n": {"N": "one"}}}, "ValidationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {**key, "x": {}}}, "ValidationException"),
            ("PutItem", {"TableName": "cruddur-messages", "Item": {**key, "x": {"S": "a", "N": "1"}}}, "ValidationException"),
            ("GetItem", {"TableName": "cruddur-messages", "Key": {"pk": {"S": "a"}}}, "ValidationException"),
            ("Query", {"TableName": "cruddur-messages", "Limit": "5", "KeyConditionExpression": "pk = :p"}, "SerializationException"),
            ("Query", {"TableName": "cruddur-messages", "Limit": -1, "KeyConditionExpression": "pk = :p",
                       "ExpressionAttributeValues": {":p": {"S": "a"}}}, "ValidationException"),
            ("DescribeTable", {"TableName": "no"}, "ValidationException"),
            ("DescribeTable", {"TableName": "nowhere"}, "ResourceNotFoundException"),
            ("NoSuchOperation", {}, "UnknownOperationException"),
        ]
        for operation, body, kind in cases:
            with self.subTest(operation=operation, body=str(body)[:80]):
                answer = dynamodb_request(self.server.dynamodb, operation, body)
                self.assertEqual((answer.status, answer.json["__type"].split("#")[1]), (400, kind), answer)

    def test_bodies_beyond_the_bound(self):
        for port, target, size in ((self.server.api, b"/api/messages", 1 << 20), (self.server.dynamodb, b"/", 16 << 20)):
            for framing in ("length", "chunked"):
                with self.subTest(target=target, framing=framing):
                    head = (b"POST " + target + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                            b"Authorization: Bearer " + self.server.token("londo").encode() + b"\r\n")
                    if framing == "length":
                        request = head + b"Content-Length: %d\r\n\r\n" % (size + 1)
                    else:
                        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
                        request = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * (size // 0x10000 + 1)
                    received = send_raw(port, request)
                    self.assertTrue(received.startswith(b"HTTP/1.1 413 "), received[:100])

    def test_a_header_that_never_ends(self):
        for port, statuses in ((self.server.api, (b"431",)), (self.server.dynamodb, (b"400", b"431"))):
            for start in (b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: ", b"GET /", b""):
                with self.subTest(port=port, start=start[:10]):
                    received = send_raw(port, start + b"a" * (1 << 20))
                    if received:  # the peer may have cut the connection before we read
                        self.assertIn(received.split()[1], statuses + (b"400", b"414"), received[:100])
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
            request = (b"POST /api/messages HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer "
                       + self.server.token("londo").encode() + b"\r\nContent-Length: 100\r\n\r\n{")
            received = send_raw(port, request)
            self.assertTrue(not received or received.startswith(b"HTTP/1.1 408 "), received[:100])

    def test_a_connection_that_never_speaks(self):
        for port in (self.server.api, self.server.dynamodb):
            received = send_raw(port, b"")  # returns when the server closes
            self.assertTrue(not received or received.startswith(b"HTTP/1.1 408 "), received[:100])

    def test_what_is_not_http(self):
        for port in (self.server.api, self.server.dynamodb):
            for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(100), b"\x00" * 50, b"HELO x\r\n\r\n",
                         b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
                         b"GET / HTTP/1.1\r\n\x00: x\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                         b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
                         b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                         b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                         b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"):
                with self.subTest(port=port, data=data[:40]):
                    received = send_raw(port, data, half_close=True)
                    if received:
                        self.assertIn(received.split()[1][:1], (b"4", b"5"), received[:100])

    def test_many_silent_connections_keep_nobody_out(self):
        with contextlib.ExitStack() as peers:
            for _ in range(300):
                peers.enter_context(socket.create_connection(("127.0.0.1", self.server.api)))
            self.assertEqual(self.server.get("/health").status, 200)


class Starts(unittest.TestCase):
    """What stops a start: one line that says why, and status 1."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.directory, True)

    def refused(self, *flags, command="serve", status=1):
        ports = [] if "--port" in flags else ["--port", "0"]
        if command == "serve" and "--dynamodb-port" not in flags:
            ports += ["--dynamodb-port", "0"]
        result = run(command, *ports, *flags, timeout=20)  # TimeoutExpired: it started
        self.assertEqual(result.returncode, status, result)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("cruddur: "), result.stderr)
        self.assertEqual(result.stdout, "")
        return result.stderr

    def test_a_data_directory_in_use(self):
        for command in ("serve", "dynamodb"):
            with self.subTest(command=command), Server(command=command) as server:
                for second in ("serve", "dynamodb"):
                    self.assertIn(str(server.data), self.refused("--data", server.data, command=second))
                if command == "serve":
                    self.assertEqual(server.get("/ready").status, 200)

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            self.assertIn(port, self.refused("--data", self.directory, "--port", port))
            self.assertIn(port, self.refused("--data", self.directory, "--dynamodb-port", port))
            self.assertIn(port, self.refused("--data", self.directory, "--port", port, command="dynamodb"))

    def test_a_second_server_on_the_same_port(self):
        with Server() as server:
            self.assertIn(str(server.api), self.refused("--data", self.directory, "--port", str(server.api)))
            self.assertIn(str(server.dynamodb),
                          self.refused("--data", self.directory, "--port", str(server.dynamodb), command="dynamodb"))

    def test_a_data_directory_that_cannot_be(self):
        file = self.directory / "a-file"
        file.write_text("mine")
        for path in (file, file / "below", "/proc/cruddur", "/dev/null/x"):
            with self.subTest(path=path):
                for command in ("serve", "dynamodb"):
                    self.assertIn(str(path), self.refused("--data", path, command=command))
        self.assertEqual(file.read_text(), "mine")

    def test_an_unwritable_data_directory(self):
        data = self.directory / "data"
        data.mkdir()
        if os.geteuid() != 0:
            data.chmod(0o500)
            self.refused("--data", data)
            return
        with mounted("ro,size=1m", data):  # root writes wherever it can be written
            self.assertIn(str(data), self.refused("--data", data))

    def test_wrong_settings(self):
        for flags, named in ((("--port", "65536"), "port"), (("--port", "http"), "port"), (("--durability", "maybe"), "durability"),
                             (("--log-format", "xml"), "log-format"), (("--host", "256.1.1.1"), "256.1.1.1"),
                             (("--host", "no.such.host.invalid"), "no.such.host.invalid")):
            with self.subTest(flags=flags):
                result = run("serve", "--data", self.directory, "--dynamodb-port", "0", *flags, timeout=20)
                self.assertIn(result.returncode, (1, 2), result)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                self.assertIn(named, result.stderr)
        for arguments in (("serve", "--no-such-flag"), ("nonsense",), (), ("ddb",), ("token",)):
            with self.subTest(arguments=arguments):
                result = run(*arguments, timeout=20)
                self.assertEqual(result.returncode, 2, result)
                self.assertTrue(result.stderr)

    # -- damaged and foreign directories

    def engine_directory(self, data):
        """Where RocksDB keeps its files: docs/formats.md."""
        return next(pathlib.Path(data).rglob("CURRENT")).parent

    def filled(self):
        """A data directory with the demo, and sorted tables of RocksDB on disk."""
        data = self.directory / "data"
        demo_data(data)
        for _ in range(2):  # a start after a start moves what the log holds to sorted tables
            server = Server(data)
            self.addCleanup(server.close)
            server.start()
            server.post("/api/messages", {"message": "Kept", "handle": "bayko"}, "andrewbrown")
            server.stop()
        return data

    def test_a_damaged_engine(self):
        data = self.filled()

        def overwrite(path, offset=0, length=64):
            with open(path, "r+b") as file:
                file.seek(offset)
                file.write(os.urandom(length))

        def truncate(path):
            os.truncate(path, path.stat().st_size // 2)

        damages = {
            "CURRENT is gone": lambda at: (at / "CURRENT").unlink(),
            "CURRENT is empty": lambda at: os.truncate(at / "CURRENT", 0),
            "CURRENT is nonsense": lambda at: (at / "CURRENT").write_text("nonsense"),
            "the manifest is gone": lambda at: [path.unlink() for path in at.glob("MANIFEST-*")],
            "the manifest is damaged": lambda at: [overwrite(path) for path in at.glob("MANIFEST-*")],
            "sorted tables are gone": lambda at: [path.unlink() for path in at.glob("*.sst")],
            "sorted tables are cut": lambda at: [truncate(path) for path in at.glob("*.sst")],
        }
        for name, damage in damages.items():
            with self.subTest(name=name):
                copy = self.directory / name.replace(" ", "-")
                shutil.copytree(data, copy)
                at = self.engine_directory(copy)
                if "sorted tables" in name and not list(at.glob("*.sst")):
                    self.skipTest("no sorted table was written")
                damage(at)
                before = {path.name for path in at.iterdir() if path.suffix == ".sst"}
                message = self.refused("--data", copy)
                self.assertIn(str(copy), message)
                after = {path.name for path in at.iterdir() if path.suffix == ".sst"}
                self.assertLessEqual(before, after, "a refused start deletes nothing")

    def test_a_foreign_directory(self):
        data = self.filled()
        at = self.engine_directory(data).relative_to(data)
        foreign = self.directory / "foreign"
        (foreign / at).mkdir(parents=True)
        (foreign / at / "notes.txt").write_text("Somebody else's")
        (foreign / "thesis.tex").write_text("Somebody else's")
        if shutil.which("ldb") is None:
            # Without RocksDB's own tool: files of another program where ours would be.
            (foreign / at / "CURRENT").write_text("MANIFEST-000001\n")
            (foreign / at / "MANIFEST-000001").write_bytes(b"")
        else:
            subprocess.run(["ldb", f"--db={foreign / at}", "--create_if_missing", "put", "key", "value"], check=True,
                           stdout=subprocess.DEVNULL)
        self.assertIn(str(foreign), self.refused("--data", foreign))
        self.assertEqual((foreign / "thesis.tex").read_text(), "Somebody else's")
        self.assertEqual((foreign / at / "notes.txt").read_text(), "Somebody else's")

    def test_users_that_are_no_database(self):
        data = self.filled()
        databases = [path for path in data.rglob("*") if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"]
        self.assertEqual(len(databases), 1, databases)
        for suffix in ("-wal", "-shm"):
            pathlib.Path(f"{databases[0]}{suffix}").unlink(missing_ok=True)
        databases[0].write_bytes(b"This is not a database, it is prose. " * 200)
        self.refused("--data", data)
        result = run("token", "bayko", "--data", data)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


@contextlib.contextmanager
def mounted(options, path):
    """A tmpfs on `path`, where the machine allows it."""
    result = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "cruddur-test", str(path)], capture_output=True, text=True)
    if result.returncode != 0:
        raise unittest.SkipTest(f"no mount: {result.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


class FullDisk(unittest.TestCase):
    """Writes fail with an error, reads go on, nothing acknowledged is lost, and space heals it."""

    def fill(self, disk):
        """Takes every byte that is left."""
        with open(disk / "filler", "ab", buffering=0) as filler:
            block = b"x" * 65536
            while block:
                try:
                    filler.write(block)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    block = block[:len(block) // 2]

    def test_it_is_told_survived_and_healed(self):
        disk = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-disk-"))
        self.addCleanup(disk.rmdir)
        with mounted("size=96m", disk):
            server = Server(demo_data(disk / "data"))
            try:
                self.survive(server, disk)
            finally:
                server.close()

    def survive(self, server, disk):
        server.start()
        acknowledged, refusals = [], 0

        def say(text):
            answer = server.post("/api/messages", {"message": text, "handle": "bayko"}, "andrewbrown")
            if answer.status == 200:
                acknowledged.append(text)
            else:
                self.assertEqual(answer.status, 503, answer)
                self.assertTrue(answer.headers.get("retry-after"), answer.headers)
                self.assertIsInstance(answer.json, (dict, list))
            return answer.status

        def stored():
            conversation = next(row["uuid"] for row in server.get("/api/message_groups", "bayko").json
                                if row["handle"] == "andrewbrown")
            pages = server.all_pages(f"/api/messages/{conversation}?limit=100", "bayko")
            return [message["message"] for page in reversed(pages) for message in page]

        for n in range(20):
            self.assertEqual(say(f"before {n}"), 200)
        self.fill(disk)
        dynamodb = server.boto3()
        for n in range(3000):  # what was allocated ahead may take some writes
            if say(f"full {n} " + "x" * 900) != 200:
                refusals += 1
                if refusals == 5:
                    break
                self.fill(disk)
        self.assertEqual(refusals, 5, "the disk is full, and still every write is acknowledged")
        with self.assertRaises(dynamodb.exceptions.ClientError) as refused:
            for n in range(200):
                dynamodb.put_item(TableName="cruddur-messages", Item={"pk": {"S": "X"}, "sk": {"S": str(n)}, "x": {"S": "x" * 1000}})
        self.assertEqual(refused.exception.response["ResponseMetadata"]["HTTPStatusCode"], 500)
        texts = stored()
        self.assertEqual([text for text in texts if text in set(acknowledged)], acknowledged, "reads go on")
        self.assertEqual(server.get("/health").status, 200)

        (disk / "filler").unlink()
        self.assertTrue(wait_until(lambda: say("healed") == 200, timeout=30, interval=0.2), server.log()[-3000:])
        for n in range(20):
            self.assertEqual(say(f"after {n}"), 200)

        # And a crash on the full disk loses nothing either.
        self.fill(disk)
        for n in range(50):
            say(f"last {n} " + "x" * 900)
        server.kill()
        (disk / "filler").unlink()
        server.start()
        texts = stored()
        self.assertEqual([text for text in texts if text in set(acknowledged)], acknowledged)
        row = next(row for row in server.get("/api/message_groups", "bayko").json if row["handle"] == "andrewbrown")
        self.assertEqual(row["message"], texts[-1])

    def test_a_start_on_a_full_disk_says_so(self):
        disk = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-disk-"))
        self.addCleanup(disk.rmdir)
        with mounted("size=64m", disk):
            data = demo_data(disk / "data")
            self.fill(disk)
            result = subprocess.run([PROGRAM, "serve", "--data", str(data), "--port", "0", "--dynamodb-port", "0"],
                                    capture_output=True, text=True, timeout=20 * PATIENCE, env=environment())
            self.assertEqual(result.returncode, 1, result)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            (disk / "filler").unlink()
            server = Server(data)
            try:
                server.start()
                self.assertTrue(server.get("/api/message_groups", "bayko").json)
            finally:
                server.close()


if __name__ == "__main__":
    main()
