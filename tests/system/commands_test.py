"""Every command of spec section 5 through its bin/ wrapper: output, diagnostics, exit status."""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from cruddur_process import (PROGRAM, ROOT, UUID, Server, conversation_lines, demo_data, main, must_run, run, users_file)
from postgres_process import Postgres, free_port

DDB = ("schema-load", "list-tables", "drop", "seed", "scan", "patterns/get-conversation", "patterns/list-conversations")
DB = ("create", "drop", "schema-load", "seed", "setup", "connect", "update_cognito_user_ids")
TABLE = "cruddur-messages"


def wrapper(name, *arguments, env=None, **options):
    """bin/NAME, running the program under test."""
    return run(*arguments, program=str(ROOT / "bin" / name), env={"CRUDDUR_PROGRAM": PROGRAM, **(env or {})}, **options)


class CommandTest(unittest.TestCase):
    def succeeds(self, name, *arguments, **options):
        result = wrapper(name, *arguments, **options)
        self.assertEqual(result.returncode, 0, result)
        return result.stdout

    def fails(self, name, *arguments, status=1, **options):
        """With one line on stderr, which is returned, and nothing on stdout."""
        result = wrapper(name, *arguments, **options)
        self.assertEqual(result.returncode, status, result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr


class Wrappers(CommandTest):
    def test_each_has_help_and_refuses_what_it_does_not_know(self):
        for name in [f"ddb/{name}" for name in DDB] + [f"db/{name}" for name in DB] + ["cognito/list-users"]:
            with self.subTest(name=name):
                self.assertTrue(os.access(ROOT / "bin" / name, os.X_OK))
                text = self.succeeds(name, "--help")
                self.assertIn("--help", text)
                result = wrapper(name, "--no-such-option")
                self.assertEqual(result.returncode, 2, result)
                self.assertIn("no-such-option", result.stderr)

    def test_they_run_from_any_directory_and_through_links(self):
        with tempfile.TemporaryDirectory() as directory:
            link = pathlib.Path(directory) / "tables"
            link.symlink_to(ROOT / "bin/ddb/list-tables")
            result = run("prod", "--show-endpoint", program=str(link), env={"CRUDDUR_PROGRAM": PROGRAM}, cwd=directory)
            self.assertEqual(result.returncode, 0, result)

    def test_help_of_the_program_names_every_command(self):
        text = must_run("--help").stdout
        for command in ("serve", "dynamodb", "demo", "config", "token", "ddb", "db", "cognito"):
            self.assertRegex(text, rf"(?m)^\s+{command}\b")
        self.assertRegex(must_run("--version").stdout, r"^cruddur \d+\.\d+\.\d+")


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
        self.assertEqual(table["KeySchema"], [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}])
        index, = table["GlobalSecondaryIndexes"]
        self.assertEqual(index["IndexName"], "message-group-sk-index")
        self.assertEqual(index["KeySchema"], [{"AttributeName": "message_group_uuid", "KeyType": "HASH"},
                                              {"AttributeName": "sk", "KeyType": "RANGE"}])
        self.assertEqual(index["Projection"], {"ProjectionType": "ALL"})
        for throughput in (table["ProvisionedThroughput"], index["ProvisionedThroughput"]):
            self.assertEqual((throughput["ReadCapacityUnits"], throughput["WriteCapacityUnits"]), (5, 5))
        self.assertEqual(table["StreamSpecification"], {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
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
            client.create_table(TableName=f"table-{n:03}", KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST")
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
        messages = sorted((item for item in items if item["pk"]["S"].startswith("MSG#")), key=lambda item: item["sk"]["S"])
        lines = conversation_lines(ROOT / "src/app/demo/conversation.txt")
        self.assertEqual([item["message"]["S"] for item in messages], [text for _, text in lines])
        times = [datetime.datetime.fromisoformat(item["sk"]["S"]) for item in messages]
        self.assertEqual({b - a for a, b in zip(times, times[1:])}, {datetime.timedelta(minutes=1)}, "a message a minute")
        self.assertLess(times[-1], datetime.datetime.now(datetime.timezone.utc), "the last one in the past")
        self.assertGreater(times[-1], before - datetime.timedelta(hours=1))
        rows = [item for item in items if item["pk"]["S"].startswith("GRP#")]
        self.assertEqual(len(rows), 2)
        for row in rows:
            self.assertEqual((row["sk"], row["message"]), (messages[-1]["sk"], messages[-1]["message"]))
            self.assertEqual(messages[-1]["pk"]["S"], "MSG#" + row["message_group_uuid"]["S"])

        scanned = self.succeeds("ddb/scan", *self.at)
        found = [json.loads(line) for line in scanned.splitlines()]
        self.assertEqual(len(found), len(items))
        for item in items:
            self.assertIn(item, found)

        self.check_conversation(self.succeeds("ddb/patterns/get-conversation", *self.at, *users), messages)
        listed = self.succeeds("ddb/patterns/list-conversations", *self.at, *users)
        response = json.loads(listed[listed.index("{"):])
        self.assertEqual(response["Count"], 1)
        self.assertEqual([item["message"] for item in response["Items"]], [messages[-1]["message"]])
        self.assertGreater(response["ConsumedCapacity"]["CapacityUnits"], 0)
        self.assertEqual(response["ConsumedCapacity"]["TableName"], TABLE)

    def check_conversation(self, text, messages):
        response, end = json.JSONDecoder().raw_decode(text)
        self.assertEqual(response["Items"], list(reversed(messages[-20:])))
        self.assertEqual((response["Count"], response["ScannedCount"]), (20, 20))
        self.assertEqual(response["LastEvaluatedKey"], {"pk": messages[-20]["pk"], "sk": messages[-20]["sk"]})
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
        self.succeeds("ddb/seed", *self.at, *users, "--conversation", file, "--my-handle", "londo", "--other-handle", "bayko")
        items = self.server.boto3().scan(TableName=TABLE)["Items"]
        messages = sorted((item for item in items if item["pk"]["S"].startswith("MSG#")), key=lambda item: item["sk"]["S"])
        self.assertEqual([(item["user_handle"]["S"], item["message"]["S"]) for item in messages],
                         [("londo", "Who goes there?"), ("bayko", "A friend: \u00e9\U0001f600.")])

    def test_seed_refuses_what_it_cannot_use_and_writes_nothing(self):
        users = self.with_users()
        self.succeeds("ddb/schema-load", *self.at)
        bad = self.data / "bad.txt"
        bad.write_text("Person 1: Fine.\nSomebody: Not fine.\n")
        empty = self.data / "empty.txt"
        empty.write_text("")
        binary = self.data / "binary.txt"
        binary.write_bytes(b"Person 1: \xff\xfe\n")
        for arguments, named in ((("--conversation", bad), "2"), (("--conversation", empty), "empty.txt"),
                                 (("--conversation", binary), "binary.txt"),
                                 (("--conversation", self.data / "none.txt"), "none.txt"),
                                 (("--conversation", self.data), str(self.data)),
                                 (("--my-handle", "nobody"), "nobody"), (("--other-handle", "nobody"), "nobody"),
                                 (("--my-handle", "bayko", "--other-handle", "BAYKO"), "bayko")):
            with self.subTest(arguments=arguments):
                self.assertIn(named.lower(), self.fails("ddb/seed", *self.at, *users, *arguments).lower())
        self.assertEqual(self.server.boto3().scan(TableName=TABLE)["Items"], [])

    def test_without_a_table_or_an_endpoint(self):
        users = self.with_users()
        for name in ("scan", "seed", "patterns/get-conversation", "patterns/list-conversations"):
            with self.subTest(name=name):
                more = () if name == "scan" else users
                self.assertRegex(self.fails(f"ddb/{name}", *self.at, *more), "ResourceNotFound|not found|schema-load")
        nobody = ("--endpoint-url", f"http://127.0.0.1:{free_port()}")
        for name in DDB:
            with self.subTest(name=name, endpoint="down"):
                more = users if name == "seed" or "patterns" in name else ("x-y",) if name == "drop" else ()
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
                self.assertEqual(self.succeeds(f"ddb/{name}", *more, "prod", "--show-endpoint").strip(),
                                 "https://dynamodb.us-east-1.amazonaws.com")
                self.assertEqual(self.succeeds(f"ddb/{name}", *more, "prod", "--show-endpoint",
                                               env={"AWS_DEFAULT_REGION": "ca-central-1"}).strip(),
                                 "https://dynamodb.ca-central-1.amazonaws.com")
                self.assertEqual(self.succeeds(f"ddb/{name}", *more, "--show-endpoint").strip(), "http://localhost:8000")
                self.assertEqual(self.succeeds(f"ddb/{name}", *more, "--show-endpoint", *self.at).strip(), self.url)
        self.assertEqual(wrapper("ddb/list-tables", "production").returncode, 2)


class Database:
    """The `db` commands; run on SQLite and on PostgreSQL by the classes below."""

    def test_step_by_step(self):
        self.succeeds("db/create", *self.where)
        self.succeeds("db/schema-load", *self.where)
        self.succeeds("db/seed", *self.where)
        handles = [row[0] for row in self.rows("select handle from users order by handle")]
        self.assertEqual(handles, ["andrewbrown", "bayko", "londo"])
        self.assertEqual(len(self.rows("select count(*) from activities")), 1)
        for uuid, in self.rows("select uuid from users"):
            self.assertRegex(uuid, UUID)
        self.succeeds("db/update_cognito_user_ids", *self.where)
        self.succeeds("db/drop", *self.where)
        self.assertFalse(self.exists())

    def test_setup_does_all_of_it_and_again(self):
        for time in range(2):
            output = self.succeeds("db/setup", *self.where)
            order = [output.lower().find(step) for step in ("drop", "create", "schema", "seed", "cognito")]
            self.assertEqual(order, sorted(order), output)
            self.assertGreaterEqual(order[0], 0, output)
            self.assertEqual(self.rows("select count(*) from users"), [["3"]])

    def test_a_seed_twice_doubles_nothing(self):
        self.succeeds("db/setup", *self.where)
        before = self.rows("select * from users order by handle")
        result = wrapper("db/seed", *self.where)
        self.assertIn(result.returncode, (0, 1), result)
        self.assertEqual(self.rows("select * from users order by handle"), before)

    def test_handles_emails_and_cognito_ids_are_unique_whatever_their_case(self):
        self.succeeds("db/setup", *self.where)
        (handle, email, cognito), = self.rows("select handle, email, cognito_user_id from users where handle = 'bayko'")
        new = ("12345678-1234-4234-8234-123456789012", "Somebody", "somebody", "somebody@example.com", "somebody")
        insert = "insert into users (uuid, display_name, handle, email, cognito_user_id, created_at) values ('%s', '%s', '%s', '%s', '%s', '2024-01-01T00:00:00.000000+00:00')"
        for column, value in ((2, handle), (2, handle.upper()), (3, email), (3, email.upper()), (4, cognito)):
            with self.subTest(value=value):
                with self.assertRaises(AssertionError):
                    self.rows(insert % (*new[:column], value, *new[column + 1:]))
        self.rows(insert % new)

    def test_connect_opens_a_client(self):
        self.succeeds("db/setup", *self.where)
        output = self.succeeds("db/connect", *self.where, stdin="select handle from users order by handle;\n")
        self.assertIn("andrewbrown", output)

    def test_what_is_missing_is_said(self):
        for step in ("schema-load", "seed", "update_cognito_user_ids", "connect"):
            with self.subTest(step=step):
                result = wrapper(f"db/{step}", *self.where, stdin="")
                self.assertIn(result.returncode, (1, 2) if step == "connect" else (1,), result)  # psql's own status
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_tokens_and_the_list_of_users(self):
        self.succeeds("db/setup", *self.where)
        token = run("token", "bayko", *self.token_where)
        self.assertEqual(token.returncode, 0, token)
        self.assertRegex(token.stdout, r"^[\w-]+\.[\w-]+\.[\w-]+\n$")
        unknown = run("token", "nobody", *self.token_where)
        self.assertEqual((unknown.returncode, unknown.stdout), (1, ""), unknown)
        self.assertIn("nobody", unknown.stderr)
        output = self.succeeds("cognito/list-users", *self.token_where)
        users, end = json.JSONDecoder().raw_decode(output)
        handles, _ = json.JSONDecoder().raw_decode(output[end:].lstrip())
        self.assertEqual(sorted(handles), ["andrewbrown", "bayko", "londo"])
        self.assertEqual(len(users["Users"]), 3)
        stored = dict(self.rows("select handle, cognito_user_id from users"))
        self.assertEqual(handles, stored, "each sub stands at the user of that handle")


class SqliteDatabase(Database, CommandTest):
    def setUp(self):
        self.data = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.data, True)
        self.where = self.token_where = ("--data", str(self.data))

    def rows(self, sql):
        import sqlite3
        with sqlite3.connect(users_file(self.data)) as database:
            try:
                return [list(map(str, row)) for row in database.execute(sql)]
            except sqlite3.Error as error:
                raise AssertionError(error) from error

    def exists(self):
        try:
            return bool(users_file(self.data))
        except AssertionError:
            return False

    def test_setup_stops_at_the_first_failure(self):
        self.data.rmdir()
        self.data.write_text("a file where the directory should be")
        self.addCleanup(self.data.unlink)
        result = wrapper("db/setup", *self.where)
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stderr.count("\n"), 1, result)
        self.assertNotIn("seed", result.stdout)


class PostgresDatabase(Database, CommandTest):
    @classmethod
    def setUpClass(cls):
        cls.postgres = Postgres()
        cls.addClassCleanup(cls.postgres.close)
        cls.postgres.start()

    def setUp(self):
        self.data = tempfile.mkdtemp(prefix="cruddur-")
        self.addCleanup(shutil.rmtree, self.data, True)
        self.name = "t" + os.urandom(4).hex()
        self.where = ("--connection-url", self.postgres.url(self.name))
        self.token_where = (*self.where, "--data", self.data)

    def rows(self, sql):
        return self.postgres.query(sql, self.name)

    def exists(self):
        return bool(self.postgres.query(f"select 1 from pg_database where datname = '{self.name}'", "postgres"))

    def test_the_environment_names_it_too(self):
        self.succeeds("db/setup", env={"CONNECTION_URL": self.postgres.url(self.name)})
        self.assertEqual(self.rows("select count(*) from users"), [["3"]])

    def test_setup_stops_at_the_first_failure(self):
        result = wrapper("db/setup", "--connection-url", f"postgresql://cruddur@127.0.0.1:{free_port()}/x")
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stderr.count("\n"), 1, result)
        self.assertNotIn("seed", result.stdout)
        # Half way: somebody is connected, so that the database can't be dropped. Nothing else is tried.
        self.succeeds("db/setup", *self.where)
        self.rows("update users set display_name = 'Kept' where handle = 'bayko'")
        psql = subprocess.Popen([self.postgres.binaries / "psql", "-XAtq", self.postgres.url(self.name)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
        try:
            psql.stdin.write("select 1;\n")
            psql.stdin.flush()
            psql.stdout.readline()
            self.assertIn("drop", wrapper("db/setup", *self.where).stderr)
            self.assertEqual(self.rows("select display_name from users where handle = 'bayko'"), [["Kept"]])
        finally:
            psql.communicate()

    def test_a_bad_url_is_named_without_its_password(self):
        for url in ("mysql://x", "postgresql://user:hidden@127.0.0.1:1/x", "postgresql://user:hidden@[bad/x"):
            with self.subTest(url=url):
                result = wrapper("db/schema-load", "--connection-url", url)
                self.assertIn(result.returncode, (1, 2), result)
                self.assertEqual(result.stderr.count("\n"), 1, result)
                self.assertNotIn("hidden", result.stderr + result.stdout)

    def test_a_server_runs_on_it(self):
        self.succeeds("db/setup", *self.where)
        with Server(flags=self.where) as server:
            tokens = {handle: run("token", handle, *self.where, "--data", server.data).stdout.strip()
                      for handle in ("andrewbrown", "bayko")}
            server.tokens.update(tokens)
            self.assertEqual(server.get("/api/users/@londo/short").status, 200)
            answer = server.post("/api/messages", {"message": "On PostgreSQL", "handle": "bayko"}, "andrewbrown")
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(server.get("/api/message_groups", "bayko").json[0]["message"], "On PostgreSQL")


class Others(CommandTest):
    def test_demo_prepares_once(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        with Server(data) as server:
            groups = server.get("/api/message_groups", "bayko").json
            messages = server.all_pages(f"/api/messages/{groups[0]['uuid']}", "bayko")
        must_run("demo", "--data", data)
        must_run("demo", "--data", data, "--my-handle", "operator")
        with Server(data) as server:
            self.assertEqual(server.get("/api/message_groups", "bayko").json, groups)
            self.assertEqual(server.all_pages(f"/api/messages/{groups[0]['uuid']}", "bayko"), messages)
            self.assertEqual(server.get("/api/users/@operator/short").status, 200)
            self.assertEqual(server.get("/api/message_groups", "operator").status, 200)

    def test_tokens_come_while_a_server_runs_and_while_none_does(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        early = must_run("token", "bayko", "--data", data).stdout.strip()
        with Server(data) as server:
            server.tokens["bayko"] = early
            self.assertEqual(server.get("/api/message_groups", "bayko").status, 200)
            del server.tokens["bayko"]
            self.assertEqual(server.get("/api/message_groups", "bayko").status, 200)

    def test_config_shows_origins_and_hides_secrets(self):
        with tempfile.TemporaryDirectory() as directory:
            file = pathlib.Path(directory) / "cruddur.toml"
            file.write_text('port = 1234\nlog-level = "warn"\n')
            env = {"CRUDDUR_LOG_LEVEL": "error", "CONNECTION_URL": "postgresql://me:hidden@localhost/x"}
            output = must_run("config", "--config", file, "--host", "::1", env=env).stdout
            for pattern in (r'(?m)^port\s+"1234"\s+file', r'(?m)^log-level\s+"error"\s+environment CRUDDUR_LOG_LEVEL',
                            r'(?m)^host\s+"::1"\s+flag --host', r'(?m)^dynamodb-port\s+"8000"\s+default'):
                self.assertRegex(output, pattern)
            self.assertNotIn("hidden", output)
            file.write_text("prot = 1234\n")
            result = run("config", "--config", file)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result)
            self.assertIn("prot", result.stderr)


if __name__ == "__main__":
    main()
