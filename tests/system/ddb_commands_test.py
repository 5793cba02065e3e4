"""The `ddb` commands through their wrappers: output, diagnostics, exit status."""
import datetime
import json
import pathlib
import shutil
import tempfile

from command_fixture import CommandTest, wrapper
from cruddur_process import ROOT, Server, conversation_lines, main, must_run
from postgres_process import free_port

DDB = (
    "schema-load",
    "list-tables",
    "drop",
    "seed",
    "scan",
    "patterns/get-conversation",
    "patterns/list-conversations",
)
TABLE = "cruddur-messages"


class Ddb(CommandTest):
    """Against `cruddur dynamodb` in memory, with users in a data directory of their own."""

    def setUp(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.data, True)
        self.server = Server(command="dynamodb", flags=["--in-memory"])
        self.addCleanup(self.server.close)
        self.server.start()
        self.url = f"http://127.0.0.1:{self.server.dynamodb}"
        self.at = ("--endpoint-url", self.url)

    def with_users(self):
        for step in ("create", "schema-load", "seed"):
            must_run("db", step, "--data", self.data)
        return ("--data", self.data)

    def test_schema_load_describes_the_table_once(self):
        table = json.loads(self.succeeds("ddb/schema-load", *self.at))
        table = table.get("TableDescription", table)
        self.assertEqual(table["TableName"], TABLE)
        self.assertEqual(
            table["KeySchema"],
            [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        (index,) = table["GlobalSecondaryIndexes"]
        self.assertEqual(index["IndexName"], "message-group-sk-index")
        self.assertEqual(
            index["KeySchema"],
            [
                {"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )
        self.assertEqual(index["Projection"], {"ProjectionType": "ALL"})
        for throughput in (table["ProvisionedThroughput"], index["ProvisionedThroughput"]):
            self.assertEqual(
                (throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]), (5, 5)
            )
        self.assertEqual(
            table["StreamSpecification"], {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        )
        described = self.server.boto3().describe_table(TableName=TABLE)["Table"]
        self.assertEqual(described["TableStatus"], "ACTIVE")
        self.assertIn(TABLE, self.fails("ddb/schema-load", *self.at))

    def test_schema_load_on_demand(self):
        self.succeeds("ddb/schema-load", "--billing", "on-demand", *self.at)
        described = self.server.boto3().describe_table(TableName=TABLE)["Table"]
        self.assertEqual(described["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST")

    def test_list_tables_and_drop(self):
        self.assertNotIn(TABLE, self.succeeds("ddb/list-tables", *self.at))
        self.succeeds("ddb/schema-load", *self.at)
        client = self.server.boto3()
        for n in range(105):  # more than a page of ListTables
            client.create_table(
                TableName=f"table-{n:03}",
                KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        listed = self.succeeds("ddb/list-tables", *self.at).split()
        self.assertEqual(listed, [TABLE] + [f"table-{n:03}" for n in range(105)])
        usage = self.fails("ddb/drop", *self.at)
        self.assertRegex(usage, r"(?i)usage.*TABLE")
        self.succeeds("ddb/drop", TABLE, *self.at)
        self.assertNotIn(TABLE, self.succeeds("ddb/list-tables", *self.at).split())
        self.assertIn("ResourceNotFoundException", self.fails("ddb/drop", TABLE, *self.at))

    def test_seed_scan_and_the_patterns(self):
        users = self.with_users()
        self.succeeds("ddb/schema-load", *self.at)
        before = datetime.datetime.now(datetime.timezone.utc)
        self.succeeds("ddb/seed", *self.at, *users)
        items = self.server.boto3().scan(TableName=TABLE)["Items"]
        messages = sorted(
            (item for item in items if item["pk"]["S"].startswith("MSG#")),
            key=lambda item: item["sk"]["S"],
        )
        lines = conversation_lines(ROOT / "src/app/demo/conversation.txt")
        self.assertEqual([item["message"]["S"] for item in messages], [text for _, text in lines])
        times = [datetime.datetime.fromisoformat(item["sk"]["S"]) for item in messages]
        self.assertEqual(
            {b - a for a, b in zip(times, times[1:])},
            {datetime.timedelta(minutes=1)},
            "a message a minute",
        )
        self.assertLess(
            times[-1], datetime.datetime.now(datetime.timezone.utc), "the last one in the past"
        )
        self.assertGreater(times[-1], before - datetime.timedelta(hours=1))
        rows = [item for item in items if item["pk"]["S"].startswith("GRP#")]
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertEqual(
                (row["sk"], row["message"]), (messages[-1]["sk"], messages[-1]["message"])
            )
            self.assertEqual(messages[-1]["pk"]["S"], "MSG#" + row["message_group_uuid"]["S"])

        scanned = self.succeeds("ddb/scan", *self.at)
        found = [json.loads(line) for line in scanned.splitlines()]
        self.assertEqual(len(found), len(items))
        for item in items:
            self.assertIn(item, found)

        self.check_conversation(
            self.succeeds("ddb/patterns/get-conversation", *self.at, *users), messages
        )
        listed = self.succeeds("ddb/patterns/list-conversations", *self.at, *users)
        response = json.loads(listed[listed.index("{") :])
        self.assertEqual(response["Count"], 1)
        self.assertEqual([item["message"] for item in response["Items"]], [messages[-1]["message"]])
        self.assertGreater(response["ConsumedCapacity"]["CapacityUnits"], 0)
        self.assertEqual(response["ConsumedCapacity"]["TableName"], TABLE)

    def check_conversation(self, text, messages):
        response, end = json.JSONDecoder().raw_decode(text)
        self.assertEqual(response["Items"], list(reversed(messages[-20:])))
        self.assertEqual((response["Count"], response["ScannedCount"]), (20, 20))
        self.assertEqual(
            response["LastEvaluatedKey"], {"pk": messages[-20]["pk"], "sk": messages[-20]["sk"]}
        )
        rest = text[end:].lstrip()
        capacity, end = json.JSONDecoder().raw_decode(rest)
        self.assertEqual(capacity, response["ConsumedCapacity"])
        self.assertEqual(capacity["TableName"], TABLE)
        lines = []
        for item in messages[-20:]:
            at = datetime.datetime.fromisoformat(item["sk"]["S"]).strftime("%Y-%m-%d %I:%M %p")
            lines.append(f"{item['user_handle']['S']: <12}{at: <22}{item['message']['S'][:40]}...")
        self.assertEqual(rest[end:].strip("\n").splitlines(), lines)

    def test_seed_takes_a_conversation_and_people(self):
        users = self.with_users()
        self.succeeds("ddb/schema-load", *self.at)
        file = self.data / "short.txt"
        file.write_text("Person 1: Who goes there?\nPerson 2: A friend: \u00e9\U0001f600.\n")
        self.succeeds(
            "ddb/seed",
            *self.at,
            *users,
            "--conversation",
            file,
            "--my-handle",
            "londo",
            "--other-handle",
            "bayko",
        )
        items = self.server.boto3().scan(TableName=TABLE)["Items"]
        messages = sorted(
            (item for item in items if item["pk"]["S"].startswith("MSG#")),
            key=lambda item: item["sk"]["S"],
        )
        self.assertEqual(
            [(item["user_handle"]["S"], item["message"]["S"]) for item in messages],
            [("londo", "Who goes there?"), ("bayko", "A friend: \u00e9\U0001f600.")],
        )

    def test_seed_refuses_what_it_cannot_use_and_writes_nothing(self):
        users = self.with_users()
        self.succeeds("ddb/schema-load", *self.at)
        bad = self.data / "bad.txt"
        bad.write_text("Person 1: Fine.\nSomebody: Not fine.\n")
        empty = self.data / "empty.txt"
        empty.write_text("")
        binary = self.data / "binary.txt"
        binary.write_bytes(b"Person 1: \xff\xfe\n")
        for arguments, named in (
            (("--conversation", bad), "2"),
            (("--conversation", empty), "empty.txt"),
            (("--conversation", binary), "binary.txt"),
            (("--conversation", self.data / "none.txt"), "none.txt"),
            (("--conversation", self.data), str(self.data)),
            (("--my-handle", "nobody"), "nobody"),
            (("--other-handle", "nobody"), "nobody"),
            (("--my-handle", "bayko", "--other-handle", "BAYKO"), "bayko"),
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(
                    named.lower(), self.fails("ddb/seed", *self.at, *users, *arguments).lower()
                )
        self.assertEqual(self.server.boto3().scan(TableName=TABLE)["Items"], [])

    def test_without_a_table_or_an_endpoint(self):
        users = self.with_users()
        for name in ("scan", "seed", "patterns/get-conversation", "patterns/list-conversations"):
            with self.subTest(name=name):
                more = () if name == "scan" else users
                self.assertRegex(
                    self.fails(f"ddb/{name}", *self.at, *more),
                    "ResourceNotFound|not found|schema-load",
                )
        nobody = ("--endpoint-url", f"http://127.0.0.1:{free_port()}")
        for name in DDB:
            with self.subTest(name=name, endpoint="down"):
                more = (
                    users
                    if name == "seed" or "patterns" in name
                    else ("x-y",)
                    if name == "drop"
                    else ()
                )
                self.assertIn(nobody[1], self.fails(f"ddb/{name}", *nobody, *more))
        for url in ("nonsense", "ftp://localhost", "http://", "http://localhost:99999"):
            with self.subTest(url=url):
                result = wrapper("ddb/list-tables", "--endpoint-url", url)
                self.assertIn(result.returncode, (1, 2), result)
                self.assertEqual((result.stdout, result.stderr.count("\n")), ("", 1), result)

    def test_prod_is_amazon_in_the_region(self):
        for name in DDB:
            with self.subTest(name=name):
                more = ("x-y",) if name == "drop" else ()
                self.assertEqual(
                    self.succeeds(f"ddb/{name}", *more, "prod", "--show-endpoint").strip(),
                    "https://dynamodb.us-east-1.amazonaws.com",
                )
                self.assertEqual(
                    self.succeeds(
                        f"ddb/{name}",
                        *more,
                        "prod",
                        "--show-endpoint",
                        env={"AWS_DEFAULT_REGION": "ca-central-1"},
                    ).strip(),
                    "https://dynamodb.ca-central-1.amazonaws.com",
                )
                self.assertEqual(
                    self.succeeds(f"ddb/{name}", *more, "--show-endpoint").strip(),
                    "http://localhost:8000",
                )
                self.assertEqual(
                    self.succeeds(f"ddb/{name}", *more, "--show-endpoint", *self.at).strip(),
                    self.url,
                )
        self.assertEqual(wrapper("ddb/list-tables", "production").returncode, 2)


if __name__ == "__main__":
    main()
