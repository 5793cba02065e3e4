"""What stops a start: settings, ports and data directories, damaged and foreign ones."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

from cruddur_process import Server, demo_data, main, run
from small_disk import mounted


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
                    self.assertIn(
                        str(server.data), self.refused("--data", server.data, command=second)
                    )
                if command == "serve":
                    self.assertEqual(server.get("/ready").status, 200)

    def test_a_port_in_use(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            self.assertIn(port, self.refused("--data", self.directory, "--port", port))
            self.assertIn(port, self.refused("--data", self.directory, "--dynamodb-port", port))
            self.assertIn(
                port, self.refused("--data", self.directory, "--port", port, command="dynamodb")
            )

    def test_a_second_server_on_the_same_port(self):
        with Server() as server:
            self.assertIn(
                str(server.api), self.refused("--data", self.directory, "--port", str(server.api))
            )
            self.assertIn(
                str(server.dynamodb),
                self.refused(
                    "--data", self.directory, "--port", str(server.dynamodb), command="dynamodb"
                ),
            )

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
        for flags, named in (
            (("--port", "65536"), "port"),
            (("--port", "http"), "port"),
            (("--durability", "maybe"), "durability"),
            (("--log-format", "xml"), "log-format"),
            (("--host", "256.1.1.1"), "256.1.1.1"),
            (("--host", "no.such.host.invalid"), "no.such.host.invalid"),
        ):
            with self.subTest(flags=flags):
                result = run(
                    "serve", "--data", self.directory, "--dynamodb-port", "0", *flags, timeout=20
                )
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
            "the manifest is damaged": lambda at: [
                overwrite(path) for path in at.glob("MANIFEST-*")
            ],
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
            subprocess.run(
                ["ldb", f"--db={foreign / at}", "--create_if_missing", "put", "key", "value"],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        self.assertIn(str(foreign), self.refused("--data", foreign))
        self.assertEqual((foreign / "thesis.tex").read_text(), "Somebody else's")
        self.assertEqual((foreign / at / "notes.txt").read_text(), "Somebody else's")

    def test_users_that_are_no_database(self):
        data = self.filled()
        databases = [
            path
            for path in data.rglob("*")
            if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3"
        ]
        self.assertEqual(len(databases), 1, databases)
        for suffix in ("-wal", "-shm"):
            pathlib.Path(f"{databases[0]}{suffix}").unlink(missing_ok=True)
        databases[0].write_bytes(b"This is not a database, it is prose. " * 200)
        self.refused("--data", data)
        result = run("token", "bayko", "--data", data)
        self.assertEqual((result.returncode, result.stdout), (1, ""), result)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


if __name__ == "__main__":
    main()
