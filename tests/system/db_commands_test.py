"""The `db` commands through their wrappers, on SQLite and on PostgreSQL."""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from command_fixture import CommandTest, wrapper
from cruddur_process import UUID, Server, main, run, users_file
from postgres_process import Postgres, free_port


class Database:
    """The `db` commands; run on SQLite and on PostgreSQL by the classes below."""

    def test_step_by_step(self):
        self.succeeds("db/create", *self.where)
        self.succeeds("db/schema-load", *self.where)
        self.succeeds("db/seed", *self.where)
        handles = [row[0] for row in self.rows("select handle from users order by handle")]
        self.assertEqual(handles, ["andrewbrown", "bayko", "londo"])
        self.assertEqual(len(self.rows("select count(*) from activities")), 1)
        for (uuid,) in self.rows("select uuid from users"):
            self.assertRegex(uuid, UUID)
        self.succeeds("db/update_cognito_user_ids", *self.where)
        self.succeeds("db/drop", *self.where)
        self.assertFalse(self.exists())

    def test_setup_does_all_of_it_and_again(self):
        for time in range(2):
            output = self.succeeds("db/setup", *self.where)
            order = [
                output.lower().find(step)
                for step in ("drop", "create", "schema", "seed", "cognito")
            ]
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
        ((handle, email, cognito),) = self.rows(
            "select handle, email, cognito_user_id from users where handle = 'bayko'"
        )
        new = (
            "12345678-1234-4234-8234-123456789012",
            "Somebody",
            "somebody",
            "somebody@example.com",
            "somebody",
        )
        insert = "insert into users (uuid, display_name, handle, email, cognito_user_id, created_at) values ('%s', '%s', '%s', '%s', '%s', '2024-01-01T00:00:00.000000+00:00')"
        for column, value in (
            (2, handle),
            (2, handle.upper()),
            (3, email),
            (3, email.upper()),
            (4, cognito),
        ):
            with self.subTest(value=value):
                with self.assertRaises(AssertionError):
                    self.rows(insert % (*new[:column], value, *new[column + 1 :]))
        self.rows(insert % new)

    def test_connect_opens_a_client(self):
        self.succeeds("db/setup", *self.where)
        output = self.succeeds(
            "db/connect", *self.where, stdin="select handle from users order by handle;\n"
        )
        self.assertIn("andrewbrown", output)

    def test_what_is_missing_is_said(self):
        for step in ("schema-load", "seed", "update_cognito_user_ids", "connect"):
            with self.subTest(step=step):
                result = wrapper(f"db/{step}", *self.where, stdin="")
                self.assertIn(
                    result.returncode, (1, 2) if step == "connect" else (1,), result
                )  # psql's own status
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
        return bool(
            self.postgres.query(
                f"select 1 from pg_database where datname = '{self.name}'", "postgres"
            )
        )

    def test_the_environment_names_it_too(self):
        self.succeeds("db/setup", env={"CONNECTION_URL": self.postgres.url(self.name)})
        self.assertEqual(self.rows("select count(*) from users"), [["3"]])

    def test_setup_stops_at_the_first_failure(self):
        result = wrapper(
            "db/setup", "--connection-url", f"postgresql://cruddur@127.0.0.1:{free_port()}/x"
        )
        self.assertEqual(result.returncode, 1, result)
        self.assertEqual(result.stderr.count("\n"), 1, result)
        self.assertNotIn("seed", result.stdout)
        # Half way: somebody is connected, so that the database can't be dropped. Nothing else is tried.
        self.succeeds("db/setup", *self.where)
        self.rows("update users set display_name = 'Kept' where handle = 'bayko'")
        psql = subprocess.Popen(
            [self.postgres.binaries / "psql", "-XAtq", self.postgres.url(self.name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            psql.stdin.write("select 1;\n")
            psql.stdin.flush()
            psql.stdout.readline()
            self.assertIn("drop", wrapper("db/setup", *self.where).stderr)
            self.assertEqual(
                self.rows("select display_name from users where handle = 'bayko'"), [["Kept"]]
            )
        finally:
            psql.communicate()

    def test_a_bad_url_is_named_without_its_password(self):
        for url in (
            "mysql://x",
            "postgresql://user:hidden@127.0.0.1:1/x",
            "postgresql://user:hidden@[bad/x",
        ):
            with self.subTest(url=url):
                result = wrapper("db/schema-load", "--connection-url", url)
                self.assertIn(result.returncode, (1, 2), result)
                self.assertEqual(result.stderr.count("\n"), 1, result)
                self.assertNotIn("hidden", result.stderr + result.stdout)

    def test_a_server_runs_on_it(self):
        self.succeeds("db/setup", *self.where)
        with Server(flags=self.where) as server:
            tokens = {
                handle: run("token", handle, *self.where, "--data", server.data).stdout.strip()
                for handle in ("andrewbrown", "bayko")
            }
            server.tokens.update(tokens)
            self.assertEqual(server.get("/api/users/@londo/short").status, 200)
            answer = server.post(
                "/api/messages", {"message": "On PostgreSQL", "handle": "bayko"}, "andrewbrown"
            )
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(
                server.get("/api/message_groups", "bayko").json[0]["message"], "On PostgreSQL"
            )


if __name__ == "__main__":
    main()
