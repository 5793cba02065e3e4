"""What moves conversation rows by a trigger: the first system's handler, and the built-in one."""
import re
import uuid

from cruddur_process import PATIENCE, PROGRAM, ROOT, main, must_run, run, send, wait_until
from message_table import MessageTable
from postgres_process import free_port
from trigger_fixture import TriggerTest


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

    def take_back(self, group, minute):
        """Removes the message that was said then."""
        key = self.table.message_key(group, minute)
        self.table.client.delete_item(TableName="cruddur-messages", Key=key)

    def row_events(self, server):
        """What happened to the first member's rows, in order."""
        streams, tables = server.boto3("dynamodbstreams"), self.table.client
        arn = tables.describe_table(TableName="cruddur-messages")["Table"]["LatestStreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        at = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
        )
        return [
            record["eventName"]
            for record in streams.get_records(ShardIterator=at["ShardIterator"])["Records"]
            if record["dynamodb"]["Keys"]["pk"]["S"] == f"GRP#{self.table.members[0]}"
        ]

    def handled(self, server):
        metric = 'cruddur_trigger_records_total{trigger="cruddur-messages"}'
        text = send(server.dynamodb, "GET", "/metrics").body.decode()
        return float(text.split(metric)[1].split()[0])

    def say_in_a_batch_that_begins_with_rows(self):
        server = self.begin(batch_size=3, batching_window=300, report_batch_item_failures="true")
        group = self.table.start_conversation()
        self.table.say(group, "hello")
        return server, group

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


    def test_it_does_nothing_in_a_batch_that_begins_with_a_row(self):
        server, group = self.say_in_a_batch_that_begins_with_rows()
        self.run_handler(server)
        self.assertTrue(wait_until(lambda: self.handled(server) == 3, 30), self.logs())
        self.assertEqual(self.table.rows(group), ["first"] * 2)

    def test_it_deletes_first_and_moves_rows_back(self):
        server = self.begin(batch_size=1)
        self.run_handler(server)
        group = self.table.start_conversation()
        self.table.say(group, "newer", minute=2)
        self.await_rows(group, "newer")
        self.assertEqual(self.row_events(server), ["INSERT", "REMOVE", "INSERT"])
        self.table.say(group, "older, and late", minute=1)
        self.await_rows(group, "older, and late")

    def test_it_blocks_the_shard_where_a_message_is_removed(self):
        server = self.begin(batch_size=1)
        self.run_handler(server)
        group = self.table.start_conversation()
        self.table.say(group, "hello", minute=1)
        self.await_rows(group, "hello")
        self.take_back(group, minute=1)
        self.table.say(group, "never seen", minute=2)
        tried = lambda: server.log().count("KeyError: 'NewImage'")
        self.assertTrue(wait_until(lambda: tried() >= 2, 30), server.log())
        self.assertEqual(self.table.rows(group), ["hello"] * 2)


class BuiltIn(Conversations):
    """`cruddur lambda`, the projection as a runtime of its own, and the same records."""

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

    def test_it_moves_the_rows_in_a_batch_that_begins_with_others(self):
        server, group = self.say_in_a_batch_that_begins_with_rows()
        self.run_lambda(server)
        self.await_rows(group, "hello")

    def test_it_puts_first_moves_no_row_back_and_passes_removals_over(self):
        server = self.begin(batch_size=1, report_batch_item_failures="true")
        self.run_lambda(server)
        group = self.table.start_conversation()
        self.table.say(group, "newer", minute=2)
        self.await_rows(group, "newer")
        self.assertEqual(self.row_events(server), ["INSERT", "INSERT", "REMOVE"])
        self.table.say(group, "older, and late", minute=1)
        self.take_back(group, minute=1)
        self.table.say(group, "newest", minute=3)
        self.await_rows(group, "newest")
        self.assertEqual(self.row_events(server), ["INSERT"] + ["INSERT", "REMOVE"] * 2)

    def test_it_says_why_it_cannot_begin(self):
        server = self.begin()
        self.table.start_conversation()
        runtime = self.run_lambda(server, AWS_ENDPOINT_URL="no URL")
        self.assertEqual(runtime.wait(20 * PATIENCE), 1)
        self.assertTrue(
            wait_until(lambda: "Runtime.InitError" in server.log(), 10), server.log()
        )
        self.assertIn("AWS_LAMBDA_RUNTIME_API isn't set", run("lambda").stderr)


if __name__ == "__main__":
    main()
