"""Triggers: a table's stream drives functions that know nothing of Cruddur."""
import json
import pathlib
import re
import subprocess
import tempfile
import threading
import unittest

from cruddur_process import (
    PATIENCE,
    PROGRAM,
    ROOT,
    environment,
    main,
    must_run,
    run,
    send,
    wait_until,
)
from postgres_process import free_port
from trigger_fixture import RUNTIME, TriggerTest


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


class Tour(TriggerTest):
    """docs/triggers.md, pasted into a shell block by block, on ports of our own."""

    def setUp(self):
        super().setUp()
        page = (ROOT / "docs/triggers.md").read_text()
        self.blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
        self.replaced = {port: str(free_port()) for port in ("8000", "9001", "9002")}
        self.replaced["bin/cruddur"] = str(PROGRAM)
        self.replaced["tests/system/python_runtime.py"] = str(RUNTIME)
        self.output = self.folder / "output"
        with open(self.output, "w") as output:
            self.shell = subprocess.Popen(
                ["bash", "-m"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=environment({"CRUDDUR_DYNAMODB_PORT": self.replaced["8000"]}),
                text=True,
            )
        self.addCleanup(self.end)

    def end(self):
        if self.shell.poll() is None:
            self.paste("kill %1; wait; exit")
            self.shell.wait(60 * PATIENCE)
        self.shell.stdin.close()

    def paste(self, block):
        for known, ours in self.replaced.items():
            block = block.replace(known, ours)
        self.shell.stdin.write(block + "\n")
        self.shell.stdin.flush()

    def await_output(self, *texts):
        seen = lambda: self.output.read_text()
        self.assertTrue(wait_until(lambda: all(text in seen() for text in texts), 60), seen())

    def test_the_page_does_what_it_says(self):
        begin, table, poison, look, mend, end = self.blocks
        self.paste(begin)
        self.await_output("trigger orders runtime")
        self.paste(table)
        self.await_output("INSERT one")
        self.paste(poison)
        self.await_output("INSERT two")
        self.paste(look)
        self.await_output(
            '"condition":"RetryAttemptsExhausted","approximateInvokeCount":3',
            'cruddur_trigger_dead_letter_records_total{trigger="orders"} 1',
        )
        self.paste(mend)
        self.await_output("INSERT poison", "1 replayed, 0 failed")
        self.paste(end + "\nexit")
        self.assertEqual(self.shell.wait(60 * PATIENCE), 0, self.output.read_text())
        self.assertFalse((self.folder / "tour-data").exists())


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
