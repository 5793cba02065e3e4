"""A full disk: told, survived and healed."""
import errno
import pathlib
import subprocess
import tempfile
import unittest

from cruddur_process import PATIENCE, PROGRAM, Server, demo_data, environment, main, wait_until
from small_disk import mounted


class FullDisk(unittest.TestCase):
    """Writes fail with an error, reads go on, nothing acknowledged is lost, and space heals it."""

    def fill(self, disk):
        """Takes every byte that is left."""
        with open(disk / "filler", "ab", buffering=0) as filler:
            block = b"x" * 65536
            while block:
                try:
                    filler.write(block)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    block = block[: len(block) // 2]

    def test_it_is_told_survived_and_healed(self):
        disk = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-disk-"))
        self.addCleanup(disk.rmdir)
        with mounted("size=96m", disk):
            server = Server(demo_data(disk / "data"))
            try:
                self.survive(server, disk)
            finally:
                server.close()

    def survive(self, server, disk):
        server.start()
        acknowledged, refusals = [], 0

        def say(text):
            answer = server.post(
                "/api/messages", {"message": text, "handle": "bayko"}, "andrewbrown"
            )
            if answer.status == 200:
                acknowledged.append(text)
            else:
                self.assertEqual(answer.status, 503, answer)
                self.assertTrue(answer.headers.get("retry-after"), answer.headers)
                self.assertIsInstance(answer.json, (dict, list))
            return answer.status

        def stored():
            conversation = next(
                row["uuid"]
                for row in server.get("/api/message_groups", "bayko").json
                if row["handle"] == "andrewbrown"
            )
            pages = server.all_pages(f"/api/messages/{conversation}?limit=100", "bayko")
            return [message["message"] for page in reversed(pages) for message in page]

        for n in range(20):
            self.assertEqual(say(f"before {n}"), 200)
        server.token("bayko")  # signing in writes: nobody can while the disk is full
        self.fill(disk)
        dynamodb = server.boto3()
        for n in range(3000):  # what was allocated ahead may take some writes
            if say(f"full {n} " + "x" * 900) != 200:
                refusals += 1
                if refusals == 5:
                    break
                self.fill(disk)
        self.assertEqual(refusals, 5, "the disk is full, and still every write is acknowledged")
        with self.assertRaises(dynamodb.exceptions.ClientError) as refused:
            for n in range(200):
                dynamodb.put_item(
                    TableName="cruddur-messages",
                    Item={"pk": {"S": "X"}, "sk": {"S": str(n)}, "x": {"S": "x" * 1000}},
                )
        self.assertEqual(refused.exception.response["ResponseMetadata"]["HTTPStatusCode"], 503)
        texts = stored()
        self.assertEqual(
            [text for text in texts if text in set(acknowledged)], acknowledged, "reads go on"
        )
        self.assertEqual(server.get("/health").status, 200)
        ready = server.get("/ready")
        self.assertEqual((ready.status, ready.json["failed"]), (503, ["writes"]), ready)

        (disk / "filler").unlink()
        self.assertTrue(
            wait_until(lambda: say("healed") == 200, timeout=30, interval=0.2), server.log()[-3000:]
        )
        for n in range(20):
            self.assertEqual(say(f"after {n}"), 200)
        self.assertEqual(server.get("/ready").json, {"status": "ready"})

        # And a crash on the full disk loses nothing either.
        self.fill(disk)
        for n in range(50):
            say(f"last {n} " + "x" * 900)
        server.kill()
        (disk / "filler").unlink()
        server.start()
        texts = stored()
        self.assertEqual([text for text in texts if text in set(acknowledged)], acknowledged)
        row = next(
            row
            for row in server.get("/api/message_groups", "bayko").json
            if row["handle"] == "andrewbrown"
        )
        self.assertEqual(row["message"], texts[-1])

    def test_a_start_on_a_full_disk_says_so(self):
        disk = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-disk-"))
        self.addCleanup(disk.rmdir)
        with mounted("size=64m", disk):
            data = demo_data(disk / "data")
            self.fill(disk)
            result = subprocess.run(
                [PROGRAM, "serve", "--data", str(data), "--port", "0", "--dynamodb-port", "0"],
                capture_output=True,
                text=True,
                timeout=20 * PATIENCE,
                env=environment(),
            )
            self.assertEqual(result.returncode, 1, result)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            (disk / "filler").unlink()
            server = Server(data)
            try:
                server.start()
                self.assertTrue(server.get("/api/message_groups", "bayko").json)
            finally:
                server.close()


if __name__ == "__main__":
    main()
