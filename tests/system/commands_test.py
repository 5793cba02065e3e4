"""The commands as a whole: wrappers, help, settings, demo, tokens."""
import os
import pathlib
import shutil
import tempfile

from command_fixture import CommandTest, wrapper
from cruddur_process import PROGRAM, ROOT, Server, demo_data, main, must_run, run

DDB = (
    "schema-load",
    "list-tables",
    "drop",
    "seed",
    "scan",
    "patterns/get-conversation",
    "patterns/list-conversations",
)
DB = ("create", "drop", "schema-load", "seed", "setup", "connect", "update_cognito_user_ids")


class Wrappers(CommandTest):
    def test_each_has_help_and_refuses_what_it_does_not_know(self):
        for name in (
            [f"ddb/{name}" for name in DDB] + [f"db/{name}" for name in DB] + ["cognito/list-users"]
        ):
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
            result = run(
                "prod",
                "--show-endpoint",
                program=str(link),
                env={"CRUDDUR_PROGRAM": PROGRAM},
                cwd=directory,
            )
            self.assertEqual(result.returncode, 0, result)

    def test_help_of_the_program_names_every_command(self):
        text = must_run("--help").stdout
        for command in ("serve", "dynamodb", "demo", "config", "token", "ddb", "db", "cognito"):
            self.assertRegex(text, rf"(?m)^\s+{command}\b")
        self.assertRegex(must_run("--version").stdout, r"^cruddur \d+\.\d+\.\d+")


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
            self.assertEqual(
                server.all_pages(f"/api/messages/{groups[0]['uuid']}", "bayko"), messages
            )
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
            env = {
                "CRUDDUR_LOG_LEVEL": "error",
                "CONNECTION_URL": "postgresql://me:hidden@localhost/x",
            }
            output = must_run("config", "--config", file, "--host", "::1", env=env).stdout
            for pattern in (
                r'(?m)^port\s+"1234"\s+file',
                r'(?m)^log-level\s+"error"\s+environment CRUDDUR_LOG_LEVEL',
                r'(?m)^host\s+"::1"\s+flag --host',
                r'(?m)^dynamodb-port\s+"8000"\s+default',
            ):
                self.assertRegex(output, pattern)
            self.assertNotIn("hidden", output)
            file.write_text("prot = 1234\n")
            result = run("config", "--config", file)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result)
            self.assertIn("prot", result.stderr)


if __name__ == "__main__":
    main()
