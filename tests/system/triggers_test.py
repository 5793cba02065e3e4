"""Triggers: a table's stream drives functions that know nothing of Cruddur."""
import contextlib
import http.server
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
import uuid

from cruddur_process import (
    PATIENCE,
    PROGRAM,
    ROOT,
    Server,
    environment,
    main,
    must_run,
    run,
    send,
    wait_until,
)
from message_table import MessageTable

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


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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


class Runtimes(TriggerTest):
    def test_a_python_runtime_gets_what_is_written(self):
        port = free_port()
        server = self.serve("--trigger", f"things=runtime://127.0.0.1:{port}")
        self.assertIn(f"trigger things runtime 127.0.0.1:{port}\n", server.printed)
        self.create_table(server)
        self.put(server, "before")
        runtime = self.run_runtime(port)
        self.await_seen("before")
        self.put(server, "a", "b")
        self.await_seen("a", "b")
        line = 'cruddur_trigger_records_total{trigger="things"} 3'
        metrics = lambda: send(server.dynamodb, "GET", "/metrics").body.decode()
        self.assertTrue(wait_until(lambda: line in metrics(), 30), metrics())
        self.assertEqual(server.stop(), 0)
        self.assertEqual(runtime.wait(10 * PATIENCE), 0, "a runtime ends with its API")
        self.assertEqual(self.seen(), ["before", "a", "b"])

    def test_a_runtime_that_dies_is_replaced(self):
        port = free_port()
        server = self.serve(
            config=f'[[trigger]]\ntable = "things"\ntarget = "runtime://127.0.0.1:{port}"\ntimeout = 2\n'
        )
        self.create_table(server)
        first = self.run_runtime(port)
        self.put(server, "a")
        self.await_seen("a")
        first.kill()
        first.wait()
        self.put(server, "b")
        self.run_runtime(port)
        self.put(server, "c")
        self.await_seen("b", "c")

    def test_a_function_that_takes_too_long_is_called_again(self):
        port = free_port()
        server = self.serve(
            config=f'[[trigger]]\ntable = "things"\ntarget = "runtime://127.0.0.1:{port}"\ntimeout = 1\n'
        )
        self.create_table(server)
        self.run_runtime(port)
        self.put(server, "slow")
        self.put(server, "a")
        self.await_seen("slow", "a")
        self.assertIn("InvalidRequestID", self.logs(), "its late answer was refused")

    def test_a_killed_server_hands_over_what_was_not_handled(self):
        port = free_port()
        flags = ("--trigger", f"things=runtime://127.0.0.1:{port}")
        server = self.serve(*flags)
        self.create_table(server)
        self.put(server, "a")
        runtime = self.run_runtime(port)
        self.await_seen("a")
        runtime.kill()
        runtime.wait()
        self.put(server, "b", "c")
        server.kill()
        server = self.serve(*flags)
        self.run_runtime(port)
        self.await_seen("b", "c")
        self.put(server, "d")
        self.await_seen("d")

    def test_a_function_may_finish_its_writes_while_the_server_stops(self):
        port, handler = free_port(), self.folder / "writes.py"
        handler.write_text(
            """
import boto3, os, time

def lambda_handler(event, context):
    if event["Records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "written":
        return
    open(os.environ["SEEN"], "w").write("begun")
    while not os.path.exists(os.environ["SEEN"] + ".go"):
        time.sleep(0.02)
    table = boto3.resource("dynamodb", region_name="us-east-1").Table("things")
    table.put_item(Item={"pk": "written"})
"""
        )
        flags = ("--trigger", f"things=runtime://127.0.0.1:{port}", "--stop-grace-ms", "60000")
        server = self.serve(*flags)
        self.create_table(server)
        url = f"http://127.0.0.1:{server.dynamodb}"
        self.run_runtime(port, handler, CRUDDUR_REDIRECT_DYNAMODB=url)
        self.put(server, "a")
        self.await_seen("begun")
        stopped = []
        thread = threading.Thread(target=lambda: stopped.append(server.stop()))
        thread.start()
        self.assertTrue(wait_until(lambda: "stopping" in server.log(), 30), server.log())
        (self.folder / "seen.go").touch()
        thread.join()
        self.assertEqual(stopped, [0], self.logs())
        server = self.serve(*flags)
        key = {"pk": {"S": "written"}}
        self.assertIn("Item", server.boto3().get_item(TableName="things", Key=key), self.logs())

    def test_a_poisoned_record_is_kept_and_replayed(self):
        port = free_port()
        server = self.serve(
            config=f"""
[[trigger]]
table = "things"
target = "runtime://127.0.0.1:{port}"
maximum-retry-attempts = 1
bisect-batch-on-function-error = true
report-batch-item-failures = true
"""
        )
        self.create_table(server)
        runtime = self.run_runtime(port)
        self.put(server, "a", "poison", "raise", "b")
        self.await_seen("a", "b")
        self.assertTrue(wait_until(lambda: len(self.dead_letters()) == 2, 30), self.dead_letters())
        letters = {
            record["dynamodb"]["NewImage"]["pk"]["S"]: letter
            for letter in self.dead_letters()
            for record in json.loads(letter["payload"])["Records"]
        }
        self.assertEqual(set(letters), {"poison", "raise"})
        self.assertEqual(
            letters["raise"]["responseContext"]["errorMessage"], "ValueError: not this one"
        )
        self.assertEqual(
            letters["poison"]["requestContext"]["condition"], "RetryAttemptsExhausted"
        )
        self.put(server, "c")
        self.await_seen("c")
        runtime.kill()

        # Somebody mends the function, and replays what it couldn't take.
        function = self.run_function("raise")
        file = self.folder / "data/triggers/things.dead-letters.jsonl"
        target = f"http://127.0.0.1:{function.server_port}"
        again = run("stream", "redrive", file, "--target", target)
        self.assertEqual(again.returncode, 1, again)
        self.assertIn("1 replayed, 1 failed", again.stdout)
        self.assertEqual(len(self.dead_letters()), 1)
        function.failing.clear()
        self.assertIn(
            "1 replayed, 0 failed", must_run("stream", "redrive", file, "--target", target).stdout
        )
        self.assertFalse(file.exists())

    def test_dead_letters_in_a_table_are_kept_and_replayed(self):
        function = self.run_function("poison")
        server = self.serve(
            config=f"""
[[trigger]]
table = "things"
target = "http://127.0.0.1:{function.server_port}"
maximum-retry-attempts = 0
batch-size = 1
on-failure = "table://things-dead"
"""
        )
        self.create_table(server)
        self.put(server, "a", "poison", "b")
        handled = lambda: sum((names for _, names in function.seen), [])
        self.assertTrue(wait_until(lambda: "b" in handled(), 30), function.seen)
        items = server.boto3().scan(TableName="things-dead")["Items"]
        letters = [json.loads(item["body"]["S"]) for item in items]
        self.assertEqual([each["responseContext"]["errorMessage"] for each in letters], ["E: no"])

        words = ("stream", "redrive", "table://things-dead", "--target")
        words += (f"http://127.0.0.1:{function.server_port}", "--endpoint-url")
        again = run(*words, f"http://127.0.0.1:{server.dynamodb}")
        self.assertIn("0 replayed, 1 failed", again.stdout, again)
        self.assertIn("1 dead letters are left in table://things-dead: E: no", again.stderr)
        function.failing.clear()
        again = must_run(*words, f"http://127.0.0.1:{server.dynamodb}")
        self.assertIn("1 replayed, 0 failed", again.stdout)
        self.assertEqual(server.boto3().scan(TableName="things-dead")["Count"], 0)
        self.assertEqual(handled().count("poison"), 3)

    def test_a_runtime_that_cannot_start_says_why(self):
        port = free_port()
        server = self.serve("--trigger", f"things=runtime://127.0.0.1:{port}")
        self.create_table(server)
        self.put(server, "a")
        broken = self.folder / "broken.py"
        broken.write_text("import no_such_module\n")
        self.assertEqual(self.run_runtime(port, broken).wait(20 * PATIENCE), 1)
        self.assertTrue(wait_until(lambda: "no_such_module" in server.log(), 10), server.log())
        self.run_runtime(port)
        self.await_seen("a")


class HttpTargets(TriggerTest):
    def test_the_url_is_invoked_in_order_and_again_after_an_error(self):
        function = self.run_function("a")
        server = self.serve("--trigger", f"things=http://127.0.0.1:{function.server_port}")
        self.create_table(server)
        self.put(server, "a")
        self.assertTrue(wait_until(lambda: len(function.seen) >= 2, 20))
        function.failing.clear()
        self.put(server, "b")
        self.assertTrue(wait_until(lambda: function.seen[-1][1][-1:] == ["b"], 30), function.seen)
        path, names = function.seen[0]
        self.assertEqual(path, "/2015-03-31/functions/function/invocations")
        self.assertEqual(names, ["a"])

    def test_an_outage_of_the_function_costs_no_attempts(self):
        port = free_port()
        server = self.serve(
            config=f"""
[[trigger]]
table = "things"
target = "http://127.0.0.1:{port}"
maximum-retry-attempts = 0
bisect-batch-on-function-error = true
"""
        )
        self.create_table(server)
        self.put(server, "a", "b")

        def unreached():
            text = send(server.dynamodb, "GET", "/metrics").body.decode()
            return float(re.search(r'_unreached_total{trigger="things"} (.*)', text)[1])

        self.assertTrue(wait_until(lambda: unreached() >= 2, 30), "nobody listens")
        function = self.run_function(port=port)
        function.status = 503
        before = unreached()
        self.assertTrue(wait_until(lambda: unreached() >= before + 1, 30), "it is throttled")
        function.status = 200
        self.put(server, "c")
        handled = lambda: sum((names for _, names in function.seen), [])
        self.assertTrue(wait_until(lambda: handled()[-1:] == ["c"], 30), function.seen)
        self.assertEqual(self.dead_letters(), [])

    def test_filters_and_batches_of_serve(self):
        function = self.run_function()
        server = self.serve(
            command="serve",
            config=f"""
[[trigger]]
name = "mine"
table = "things"
target = "http://127.0.0.1:{function.server_port}"
batch-size = 2
batching-window = 1
filter-patterns = ['{{"dynamodb":{{"Keys":{{"pk":{{"S":[{{"prefix":"yes"}}]}}}}}}}}']
""",
        )
        self.create_table(server)
        self.put(server, "yes1", "no1", "yes2", "yes3", "no2")
        self.assertTrue(wait_until(lambda: len(function.seen) == 2, 30), function.seen)
        self.assertEqual([names for _, names in function.seen], [["yes1", "yes2"], ["yes3"]])
        metrics = send(server.api, "GET", "/metrics").body.decode()
        self.assertIn('cruddur_trigger_filtered_records_total{trigger="mine"} 2', metrics)


def handler_of_the_first_system():
    """The stream handler of journal 003 as it stands there, or None where the journal isn't."""
    for folder in ROOT.parents:
        for journal in (folder / "shared/seeds").glob("003_*"):
            code = re.search(r"```.py\n(import json\n.*?)```", journal.read_text(), re.DOTALL)
            return code and code[1]
    return None


class Conversations(TriggerTest):
    """The messages' table, a trigger on it, and conversations as older code wrote them."""

    def begin(self, **options):
        self.port = free_port()
        lines = "".join(f"{key.replace('_', '-')} = {value}\n" for key, value in options.items())
        server = self.serve(
            config=f"""
[[trigger]]
table = "cruddur-messages"
target = "runtime://127.0.0.1:{self.port}"
{lines}"""
        )
        must_run("ddb", "schema-load", "--endpoint-url", f"http://127.0.0.1:{server.dynamodb}")
        self.table = MessageTable(server.boto3())
        return server

    def await_rows(self, group, text):
        self.assertTrue(
            wait_until(lambda: self.table.rows(group) == [text] * 2, 30),
            f"{self.table.rows(group)}\n{self.logs()}",
        )

    def handled(self, server):
        metric = 'cruddur_trigger_records_total{trigger="cruddur-messages"}'
        text = send(server.dynamodb, "GET", "/metrics").body.decode()
        return float(text.split(metric)[1].split()[0])

    def say_in_one_batch(self):
        """Three messages of two conversations, and nobody yet to take them."""
        server = self.begin(
            batch_size=3,
            batching_window=300,
            report_batch_item_failures="true",
            filter_patterns="""['{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"MSG#"}]}}}}']""",
        )
        one, two = self.table.start_conversation(), self.table.start_conversation()
        for group in (one, two, str(uuid.uuid4())):
            self.table.say(group, f"hello {group}")
        return server, one, two


class FirstSystem(Conversations):
    """The first system's own handler, unchanged, on our stream and our tables."""

    def setUp(self):
        super().setUp()
        code = handler_of_the_first_system()
        if not code:
            self.skipTest("journal 003 isn't at hand")
        self.handler = self.folder / "first.py"
        self.handler.write_text(code)

    def run_handler(self, server):
        self.run_runtime(
            self.port,
            self.handler,
            CRUDDUR_REDIRECT_DYNAMODB=f"http://127.0.0.1:{server.dynamodb}",
        )

    def test_it_works_on_batches_of_one_record(self):
        server = self.begin(batch_size=1)
        self.run_handler(server)
        one, two = self.table.start_conversation(), self.table.start_conversation()
        for group in (one, two):
            self.table.say(group, f"hello {group}")
        for group in (one, two):
            self.await_rows(group, f"hello {group}")

    def test_it_loses_what_comes_in_one_batch(self):
        server, one, two = self.say_in_one_batch()
        self.run_handler(server)
        self.assertTrue(wait_until(lambda: self.handled(server) == 3, 30), self.logs())
        self.assertEqual(self.table.rows(one), [f"hello {one}"] * 2)
        self.assertEqual(self.table.rows(two), ["first"] * 2, "only the batch's first record is read")


class BuiltIn(Conversations):
    """`cruddur lambda`, the projection as a runtime of its own."""

    def run_lambda(self, server, **env):
        local = {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.dynamodb}",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }
        words = [PROGRAM, "lambda", "--log-level", "info"]
        return self.start(words, self.port, **{**local, **env})

    def test_it_moves_the_rows_of_all_conversations_of_a_batch(self):
        server, one, two = self.say_in_one_batch()
        runtime = self.run_lambda(server)
        for group in (one, two):
            self.await_rows(group, f"hello {group}")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(runtime.wait(20 * PATIENCE), 1, "it ends with the Runtime API")

    def test_it_says_why_it_cannot_begin(self):
        server = self.begin()
        self.table.start_conversation()
        runtime = self.run_lambda(server, AWS_ENDPOINT_URL="no URL")
        self.assertEqual(runtime.wait(20 * PATIENCE), 1)
        self.assertTrue(
            wait_until(lambda: "Runtime.InitError" in server.log(), 10), server.log()
        )
        self.assertIn("AWS_LAMBDA_RUNTIME_API isn't set", run("lambda").stderr)


class Settings(unittest.TestCase):
    def test_a_wrong_trigger_ends_the_start_with_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "c.toml")
            for text, message in (
                ('[[trigger]]\ntable = "t"\n', "the trigger's target is http://"),
                ('[[trigger]]\ntarget = "http://h"\n', "the trigger's table is missing"),
                ('[trigger]\ntable = "t"\n', "triggers are tables, [[trigger]]"),
                ('[[trigger]]\nbatch = 1\n', "a trigger has no 'batch', but name, table"),
                ('[[trigger]]\nbatch-size = "x"\n', "the trigger's batch-size is a whole number"),
                (
                    '[[trigger]]\ntable = "t"\ntarget = "http://h"\nbatch-size = 10001\n',
                    "batch-size is a whole number from 1 to 10000, not 10001",
                ),
                (
                    '[[trigger]]\nfilter-patterns = ["{}"]\n',
                    "filter pattern: an object without members",
                ),
                (
                    '[[trigger]]\ntable = "t"\ntarget = "http://h"\n' * 2,
                    "there is another trigger 't'",
                ),
            ):
                file.write_text(text)
                result = run("dynamodb", "--port", "0", "--config", file, "--data", folder)
                self.assertEqual(result.returncode, 2, text)
                self.assertIn(message, result.stderr, text)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            result = run("dynamodb", "--port", "0", "--data", folder, "--trigger", "things")
            self.assertEqual(result.returncode, 2)
            self.assertIn("--trigger takes TABLE=TARGET", result.stderr)


if __name__ == "__main__":
    main()
