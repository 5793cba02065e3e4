"""`cruddur lambda` against a Runtime API; the zip that brings it to AWS; its role's policy."""
import contextlib
import http.server
import json
import os
import pathlib
import queue
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import zipfile

from cruddur_process import (
    PATIENCE,
    PROGRAM,
    ROOT,
    SANITIZED,
    Server,
    environment,
    main,
    must_run,
    send,
    wait_until,
)
from access_file import EVERYTHING, credentials, statements, write_access
from message_table import TABLE, MessageTable

DEPLOY = ROOT / "deploy/lambda"
BOOTSTRAP = pathlib.Path(PROGRAM).parent / "lambda/bootstrap"
KEY, OWNER = "FUNCTIONSKEY0000", "OWNERKEYEXAMPLE0"


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Lambda's side: hands out what is put into `invocations`, keeps what is posted."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Calls)
        self.invocations = queue.Queue()
        self.posted = queue.Queue()
        self.next_status, self.post_status = 200, 202
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def invoke(self, request_id, event, seconds=60, headers=None):
        body = event if isinstance(event, str) else json.dumps(event)
        self.invocations.put((request_id, body, int((time.time() + seconds) * 1000), headers))

    def answer(self, timeout=60):
        """The next thing that was posted: (path behind the version, headers, JSON)."""
        return self.posted.get(timeout=timeout * PATIENCE)

    def handle_error(self, *_):
        pass  # a runtime that ends breaks its connections off

    def end(self):
        self.invocations.put(None)
        self.shutdown()
        self.server_close()


class Calls(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        assert self.path == "/2018-06-01/runtime/invocation/next", self.path
        found = self.server.invocations.get()
        if found is None:
            self.close_connection = True
            return
        request_id, body, deadline, headers = found
        if headers is None:
            headers = {
                "Lambda-Runtime-Aws-Request-Id": request_id,
                "Lambda-Runtime-Deadline-Ms": str(deadline),
                "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:1:function:f",
                "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700",
            }
        self.send(self.server.next_status, body.encode(), headers)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        path = self.path.removeprefix("/2018-06-01/runtime")
        self.server.posted.put((path, self.headers, json.loads(body)))
        self.send(self.server.post_status, b'{"status":"OK"}\n', {})

    def send(self, status, body, headers):
        self.send_response(status)
        for name, value in {**headers, "Content-Length": len(body)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class LambdaTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.begin_api()

    def begin_api(self):
        self.api = RuntimeApi()
        self.addCleanup(self.api.end)
        self.address = f"127.0.0.1:{self.api.server_port}"

    def serve(self, *flags):
        server = Server(self.folder / "data", command="dynamodb", flags=flags)
        self.addCleanup(server.close)
        return server.start()

    def table(self, server, **config):
        must_run(
            "ddb", "schema-load", "--endpoint-url", f"http://127.0.0.1:{server.dynamodb}", **config
        )
        return MessageTable(server.boto3())

    def start(self, *words, **env):
        """The runtime, in a process that ends with the test."""
        self.log = self.folder / "lambda.log"
        with open(self.log, "a") as log:
            process = subprocess.Popen(
                words or [PROGRAM, "lambda"],
                env=environment({"AWS_LAMBDA_RUNTIME_API": self.address, **env}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

        def end():
            if process.poll() is None:
                process.kill()
            process.wait()

        self.addCleanup(end)
        return process

    def run_lambda(self, port, *words, **env):
        local = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            **credentials(KEY),
        }
        return self.start(*words, **{**local, **env})

    def records(self, client):
        """The whole stream of the table, as an event."""
        streams = client("dynamodbstreams")
        arn = streams.list_streams(TableName=TABLE)["Streams"][0]["StreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records = streams.get_records(ShardIterator=iterator)["Records"]
        for record in records:
            record["eventSourceARN"] = arn
        return json.dumps({"Records": records}, default=lambda time: time.timestamp())


class Invocations(LambdaTest):
    def test_one_after_the_other_is_answered_also_when_one_fails(self):
        server = self.serve()
        table = self.table(server)
        group = table.start_conversation()
        self.run_lambda(server.dynamodb)
        for number, text in enumerate(("one", "two")):
            table.say(group, text, number)
            self.api.invoke(f"good{number}", self.records(server.boto3))
            path, headers, body = self.api.answer()
            self.assertEqual(path, f"/invocation/good{number}/response")
            self.assertEqual(body, {"batchItemFailures": []})
            self.assertEqual(headers["Content-Type"], "application/json")
            self.assertEqual(table.rows(group), [text] * 2)

            for wrong in ("no JSON", "[]", '{"Records":[{}]}'):
                self.api.invoke("bad", wrong)
                path, headers, body = self.api.answer()
                self.assertEqual(path, "/invocation/bad/error")
                self.assertEqual(
                    headers["Lambda-Runtime-Function-Error-Type"], "Runtime.HandlerError"
                )
                self.assertEqual(body["errorType"], "Runtime.HandlerError")
                self.assertIn("not an event of a DynamoDB stream", body["errorMessage"])

    def test_records_of_a_store_that_is_away_are_reported(self):
        server = self.serve()
        table = self.table(server)
        table.say(table.start_conversation(), "one")
        event = self.records(server.boto3)
        port = server.dynamodb
        server.stop()
        self.run_lambda(port, CRUDDUR_STORE_DEADLINE_MS="200")
        self.api.invoke("away", event)
        path, _, body = self.api.answer()
        self.assertEqual(path, "/invocation/away/response")
        message = json.loads(event)["Records"][-1]["dynamodb"]["SequenceNumber"]
        self.assertEqual(body, {"batchItemFailures": [{"itemIdentifier": message}]})

    def test_what_is_not_done_at_the_deadline_is_an_error_and_the_next_one_comes(self):
        server = self.serve()
        table = self.table(server)
        table.say(table.start_conversation(), "one")
        event = self.records(server.boto3)
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as silent:
            self.run_lambda(silent.getsockname()[1], CRUDDUR_STORE_DEADLINE_MS="25000")
            self.api.invoke("late", event, seconds=1)
            path, _, body = self.api.answer()
            self.assertEqual(path, "/invocation/late/error")
            self.assertEqual(body["errorMessage"], "not done before the deadline")
            self.api.invoke("next", {"Records": []})
            self.assertEqual(self.api.answer()[0], "/invocation/next/response")

    def test_an_answer_that_is_refused_concerns_its_invocation_only(self):
        self.run_lambda(1)
        for status in (400, 413):
            self.api.post_status = status
            self.api.invoke("refused", {"Records": []})
            self.assertEqual(self.api.answer()[0], "/invocation/refused/response")
        self.api.post_status = 202
        self.api.invoke("good", {"Records": []})
        self.assertEqual(self.api.answer()[0], "/invocation/good/response")


class Ends(LambdaTest):
    def ends_with(self, process, message):
        self.assertEqual(process.wait(30 * PATIENCE), 1, self.log.read_text())
        self.assertIn(f"cruddur: {message}", self.log.read_text())

    def test_when_the_api_says_that_it_cannot_go_on(self):
        process = self.run_lambda(1)
        self.api.next_status = 500
        self.api.invoke("any", {"Records": []})
        self.ends_with(process, "the Runtime API answered 500")

    def test_when_an_answer_meets_a_broken_api(self):
        process = self.run_lambda(1)
        self.api.post_status = 500
        self.api.invoke("any", {"Records": []})
        self.ends_with(process, "the Runtime API answered 500")

    def test_when_an_invocation_is_none(self):
        process = self.run_lambda(1)
        self.api.invoke("any", {"Records": []}, headers={"Lambda-Runtime-Aws-Request-Id": "any"})
        self.ends_with(process, "the Runtime API's invocation has no id or deadline")

    def test_where_it_cannot_begin_and_says_why(self):
        for env, why in (
            ({}, "no AWS credentials for dynamodb.us-east-1.amazonaws.com"),
            ({"AWS_ENDPOINT_URL": "http://localhost:1", "CACHE_URL": "no URL"}, "cache-url"),
        ):
            process = self.start(HOME=str(self.folder), **env)
            path, headers, body = self.api.answer()
            self.assertEqual(path, "/init/error")
            self.assertEqual(headers["Lambda-Runtime-Function-Error-Type"], "Runtime.InitError")
            self.assertIn(why, body["errorMessage"])
            self.ends_with(process, body["errorMessage"])


class Policy(LambdaTest):
    """The role's policy, on an endpoint that checks signatures and policies as IAM does."""

    def allow(self, policy):
        self.access = self.folder / "access.json"
        write_access(self.access, {KEY: policy, OWNER: EVERYTHING})

    def client(self, key):
        return lambda service="dynamodb": self.server.boto3(service, key)

    def project(self, number):
        """Whether an invocation with a new conversation's second message gets all done."""
        group = self.messages.start_conversation()
        for minute in range(2):
            self.messages.say(group, str(minute), minute)
            before = self.known
            event = json.loads(self.records(self.client(OWNER)))
            self.known = len(event["Records"])
            event["Records"] = event["Records"][before:]
            self.api.invoke(f"{number}.{minute}", event)
            _, _, body = self.api.answer()
            if body != {"batchItemFailures": []}:
                return False
        return self.messages.rows(group) == ["1", "1"]

    def test_it_allows_what_is_needed_and_no_more(self):
        policy = statements("lambda/policy.json")
        self.allow(policy)
        self.server = self.serve("--credentials", str(self.access))
        self.messages = self.table(self.server, env=credentials(OWNER))
        self.messages.client = self.client(OWNER)()
        self.known = 0
        self.run_lambda(self.server.dynamodb, CRUDDUR_STORE_DEADLINE_MS="1000")
        self.assertTrue(self.project("all"), self.log.read_text())
        # Lambda's pollers, with the role of the function.
        self.assertTrue(json.loads(self.records(self.client(KEY)))["Records"])
        with self.assertRaisesRegex(Exception, "AccessDenied"):
            self.client(KEY)().scan(TableName=TABLE)

        for at, statement in enumerate(policy[:2]):
            actions = statement["Action"]
            actions = [actions] if isinstance(actions, str) else actions
            for action in actions:
                with self.subTest(without=action):
                    kept = {**statement, "Action": [each for each in actions if each != action]}
                    others = policy[:at] + policy[at + 1 :]
                    self.allow(others + ([kept] if kept["Action"] else []))
                    self.server.process.send_signal(signal.SIGHUP)  # reads the file again
                    self.assertTrue(wait_until(lambda: self.denied(action), 30))
                    self.assertFalse(self.project(action))

    def denied(self, action):
        client = self.client(KEY)()
        key = {"pk": {"S": "none"}, "sk": {"S": "none"}}
        call = {
            "dynamodb:GetItem": lambda: client.get_item(TableName=TABLE, Key=key),
            "dynamodb:PutItem": lambda: client.put_item(TableName=TABLE, Item=key),
            "dynamodb:UpdateItem": lambda: client.update_item(TableName=TABLE, Key=key),
            "dynamodb:DeleteItem": lambda: client.delete_item(TableName=TABLE, Key=key),
            "dynamodb:Query": lambda: client.query(
                TableName=TABLE,
                IndexName="message-group-sk-index",
                KeyConditionExpression="message_group_uuid = :group",
                ExpressionAttributeValues={":group": {"S": "none"}},
            ),
        }[action]
        try:
            call()
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Code"] == "AccessDeniedException"
        return False


class TlsFront(http.server.ThreadingHTTPServer):
    """A DynamoDB endpoint behind TLS, as AWS's is."""

    daemon_threads = True

    def __init__(self, port, certificate, key):
        super().__init__(("127.0.0.1", 0), Forward)
        self.port = port
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass

    def end(self):
        self.shutdown()
        self.server_close()


class Forward(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = send(self.server.port, "POST", self.path, body, headers=dict(self.headers))
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_):
        pass


def chroot_command(root):
    """How to start something in `root`, or None where this machine doesn't let us."""
    chroot = shutil.which("chroot", path="/usr/sbin:/usr/bin:/sbin:/bin")
    for words in ([chroot], ["unshare", "--map-root-user", chroot]):
        probe = subprocess.run(
            [*words, root, "/var/task/bootstrap"], env={}, capture_output=True, text=True
        )
        if "AWS_LAMBDA_RUNTIME_API isn't set" in probe.stderr:
            return words
        if "Operation not permitted" not in probe.stderr:
            raise AssertionError(probe.stderr)
    return None


@unittest.skipIf(SANITIZED, "the zip is made of the program as people run it")
class Zip(LambdaTest):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        cls.zip = folder / "lambda.zip"
        made = subprocess.run(
            [DEPLOY / "build", "--of", BOOTSTRAP, cls.zip], capture_output=True, text=True
        )
        if made.returncode != 0:
            raise AssertionError(made.stderr)

    def unpack(self):
        """Into a root directory with nothing else in it, as Lambda does: in /var/task."""
        root = self.folder / "root"
        task = root / "var/task"
        task.mkdir(parents=True)
        with zipfile.ZipFile(self.zip) as archive:
            for member in archive.infolist():
                path = pathlib.Path(archive.extract(member, task))
                if not member.is_dir():
                    path.chmod((member.external_attr >> 16) & 0o777)
        return root, task

    def test_it_runs_where_nothing_else_is_and_trusts_the_certificates_in_the_zip(self):
        root, task = self.unpack()
        self.assertTrue(os.access(task / "bootstrap", os.X_OK))
        chroot = chroot_command(root)
        if not chroot:
            self.skipTest("this user may not chroot")
        server = self.serve()
        table = self.table(server)
        group = table.start_conversation()
        table.say(group, "one")
        certificate, key = self.folder / "certificate.pem", self.folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
            + ["-nodes", "-subj", "/CN=store", "-addext", "subjectAltName=IP:127.0.0.1"]
            + ["-keyout", key, "-out", certificate],
            check=True,
            capture_output=True,
        )
        front = TlsFront(server.dynamodb, certificate, key)
        self.addCleanup(front.end)

        def answer():
            self.begin_api()  # the runtime before may have left a call with it
            process = self.run_lambda(
                server.dynamodb,
                *chroot,
                root,
                "/var/task/bootstrap",
                LAMBDA_TASK_ROOT="/var/task",
                AWS_ENDPOINT_URL=f"https://127.0.0.1:{front.server_port}",
                CRUDDUR_STORE_DEADLINE_MS="2000",
            )
            self.api.invoke("in", self.records(server.boto3))
            path, _, body = self.api.answer()
            process.kill()
            self.assertEqual(path, "/invocation/in/response")
            return body

        self.assertEqual(len(answer()["batchItemFailures"]), 1, "nobody vouches for that store")
        self.assertEqual(table.rows(group), ["first"] * 2)
        authorities = task / "ca-certificates.crt"
        self.assertIn("BEGIN CERTIFICATE", authorities.read_text())
        authorities.write_text(authorities.read_text() + certificate.read_text())
        self.assertEqual(answer(), {"batchItemFailures": []}, self.log.read_text())
        self.assertEqual(table.rows(group), ["one"] * 2)

    def test_it_holds_every_library_and_small_is_what_it_holds(self):
        _, task = self.unpack()
        names = {path.name for path in (task / "lib").iterdir()}
        loader = next(name for name in names if name.startswith("ld-linux"))
        self.assertFalse({name for name in names if "rocksdb" in name}, "the engine isn't needed")
        for path in (task / "bootstrap", *(task / "lib").iterdir()):
            needed = subprocess.run(
                ["llvm-readelf-19", "--needed-libs", path], capture_output=True, text=True
            ).stdout
            for library in re.findall(r"^\s+(\S+\.so\S*)$", needed, re.MULTILINE):
                self.assertIn(library, names, path)
        self.assertIn(f"/var/task/lib/{loader}".encode(), (task / "bootstrap").read_bytes())

    def test_who_asks_wrongly_is_told_how(self):
        for words in (["--of"], ["--of", "x"], ["a", "b"], ["--help"]):
            told = subprocess.run([DEPLOY / "build", *words], capture_output=True, text=True)
            self.assertEqual(told.returncode, 2, words)
            self.assertIn("deploy/lambda/build --of BOOTSTRAP ZIP", told.stderr)


if __name__ == "__main__":
    main()
