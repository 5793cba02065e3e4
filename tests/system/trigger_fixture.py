"""A server with triggers, and the functions that they drive."""
import http.server
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

from cruddur_process import ROOT, Server, environment, wait_until

RUNTIME = ROOT / "tests/system/python_runtime.py"
# Appends the names that it gets to a file; "slow" takes longer than it may, "poison" fails.
HANDLER = """
import json, os, time

def lambda_handler(event, context):
    failures = []
    assert context.get_remaining_time_in_millis() > 0
    with open(os.environ["SEEN"], "a") as file:
        for record in event["Records"]:
            assert record["eventSource"] == "aws:dynamodb", record
            assert "table/things/stream/" in record["eventSourceARN"], record
            name = record["dynamodb"]["Keys"]["pk"]["S"]
            if name.startswith("raise"):
                raise ValueError("not this one")
            if name.startswith("slow") and not os.path.exists(os.environ["SEEN"] + ".slow"):
                open(os.environ["SEEN"] + ".slow", "w").close()
                time.sleep(2.5)
            if name.startswith("poison"):
                failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
                continue
            print(name, file=file, flush=True)
    return {"batchItemFailures": failures}
"""


class Function(http.server.BaseHTTPRequestHandler):
    """What takes Lambda invocations over HTTP."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        names = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event["Records"]]
        self.server.seen.append((self.path, names))
        failed = names[0] in self.server.failing
        body = json.dumps({"errorType": "E", "errorMessage": "no"} if failed else None).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class TriggerTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.seen_file = self.folder / "seen"
        (self.folder / "handler.py").write_text(HANDLER)

    def serve(self, *flags, config=None, command="dynamodb"):
        flags = list(flags)
        if config:
            (self.folder / "cruddur.toml").write_text(config)
            flags += ["--config", str(self.folder / "cruddur.toml")]
        server = Server(self.folder / "data", command=command, flags=flags)
        self.addCleanup(server.close)
        return server.start()

    def run_runtime(self, port, file=None, **env):
        """A runtime that polls the Runtime API at `port`, in a process of its own."""
        words = [sys.executable, str(RUNTIME), str(file or self.folder / "handler.py")]
        return self.start(words, port, SEEN=str(self.seen_file), **env)

    def start(self, words, port, **env):
        process = subprocess.Popen(
            words,
            env=environment({"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{port}", **env}),
            stdin=subprocess.DEVNULL,
            stdout=open(self.folder / "runtime.log", "a"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
        )

        def end():
            if process.poll() is None:
                process.kill()
            process.wait()

        self.addCleanup(end)
        return process

    def run_function(self, *failing, port=0):
        function = http.server.ThreadingHTTPServer(("127.0.0.1", port), Function)
        function.seen, function.failing, function.status = [], set(failing), 200
        thread = threading.Thread(target=function.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(function.server_close)
        self.addCleanup(function.shutdown)
        return function

    def create_table(self, server, name="things"):
        server.boto3().create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )

    def put(self, server, *names):
        client = server.boto3()
        for name in names:
            client.put_item(TableName="things", Item={"pk": {"S": name}, "text": {"S": "x" * 9}})

    def seen(self):
        return self.seen_file.read_text().split() if self.seen_file.exists() else []

    def await_seen(self, *names):
        self.assertTrue(
            wait_until(lambda: set(names) <= set(self.seen()), 30),
            f"{names} not in {self.seen()}\n{self.logs()}",
        )

    def logs(self):
        log = self.folder / "runtime.log"
        return log.read_text() if log.exists() else ""

    def dead_letters(self, name="things"):
        file = self.folder / f"data/triggers/{name}.dead-letters.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
