"""`cruddur stream-worker`: the projection as a consumer of another process' stream."""
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import unittest

from cruddur_process import (
    PATIENCE,
    PROGRAM,
    Server,
    environment,
    main,
    must_run,
    run,
    wait_until,
)
from access_file import EVERYTHING, credentials, statements, write_access
from message_table import TABLE, MessageTable

LEASES = "cruddur-stream-leases"


class Worker:
    """A process; its name is what its leases say."""

    def __init__(self, test, port, **env):
        self.log_file = test.folder / f"worker-{len(test.workers)}.log"
        with open(self.log_file, "w") as log:
            self.process = subprocess.Popen(
                [PROGRAM, "stream-worker", "--lease-seconds", str(2 * PATIENCE)],
                env=environment({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}", **env}),
                stdin=subprocess.DEVNULL,
                stderr=log,
                cwd=test.folder,
            )
        test.workers.append(self)

    def log(self):
        return self.log_file.read_text()

    @property
    def name(self):
        found = re.search(r"stream worker starts worker=(\S+)", self.log())
        return found and found[1]

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30 * PATIENCE)


class StreamWorker(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.workers = []
        self.addCleanup(lambda: [worker.kill() for worker in self.workers])

    def serve(self, *flags):
        server = Server(self.folder / "data", command="dynamodb", flags=flags)
        self.addCleanup(server.close)
        server.start()
        must_run("ddb", "schema-load", "--endpoint-url", f"http://127.0.0.1:{server.dynamodb}")
        self.client = server.boto3()
        self.table = MessageTable(self.client)
        return server

    def owner(self):
        """Who has the stream's shard, or None."""
        try:
            leases = self.client.scan(TableName=LEASES, ConsistentRead=True)["Items"]
        except self.client.exceptions.ResourceNotFoundException:
            return None
        taken = (lease for lease in leases if {"shardId", "leaseOwner"} <= lease.keys())
        return next((lease["leaseOwner"]["S"] for lease in taken), None)

    def await_rows(self, groups, text):
        def behind():
            return [group for group in groups if self.table.rows(group) != [text] * 2]

        self.assertTrue(
            wait_until(lambda: not behind(), 60, 0.1),
            f"{behind()}\n" + "\n".join(worker.log() for worker in self.workers),
        )

    def test_another_worker_takes_over_from_one_that_was_killed(self):
        server = self.serve()
        groups = [self.table.start_conversation() for _ in range(20)]
        workers = [Worker(self, server.dynamodb) for _ in range(2)]
        for group in groups:
            self.table.say(group, "one", 1)
        self.await_rows(groups, "one")
        owner = self.owner()
        victim = next(worker for worker in workers if worker.name == owner)
        heir = next(worker for worker in workers if worker is not victim)
        for number, group in enumerate(groups):
            self.table.say(group, "two", 2)
            if number == len(groups) // 2:
                victim.kill()
        self.await_rows(groups, "two")
        self.assertEqual(self.owner(), heir.name)
        self.assertIn(f"from={victim.name}", heir.log())

        # And back, by a clean stop: nothing is left to wait for.
        third = Worker(self, server.dynamodb)
        self.assertTrue(wait_until(lambda: third.name, 30))
        self.assertEqual(heir.stop(), 0, heir.log())
        self.assertNotEqual(self.owner(), heir.name)
        self.assertIn("lease given up", heir.log())
        for group in groups:
            self.table.say(group, "three", 3)
        self.await_rows(groups, "three")
        self.assertEqual(third.stop(), 0, third.log())
        self.assertIsNone(self.owner())

    def test_what_the_stream_does_not_tell_is_found_in_the_table(self):
        server = self.serve()
        group = self.table.start_conversation()
        worker = Worker(self, server.dynamodb)
        self.table.say(group, "one", 1)
        self.await_rows([group], "one")
        self.assertEqual(worker.stop(), 0, worker.log())
        off = {"StreamEnabled": False}
        self.client.update_table(TableName=TABLE, StreamSpecification=off)
        self.table.say(group, "two", 2)
        on = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        self.client.update_table(TableName=TABLE, StreamSpecification=on)
        Worker(self, server.dynamodb)
        self.await_rows([group], "two")

    def test_a_store_that_comes_later_is_waited_for(self):
        server = self.serve()
        group = self.table.start_conversation()
        self.table.say(group, "one", 1)
        port = server.dynamodb
        self.assertEqual(server.stop(), 0)
        worker = Worker(self, port)
        self.assertTrue(wait_until(lambda: "the store is away" in worker.log(), 30), worker.log())
        again = Server(self.folder / "data", command="dynamodb", flags=["--port", str(port)])
        self.addCleanup(again.close)
        again.start()
        self.client = self.table.client = again.boto3()
        self.await_rows([group], "one")
        self.assertEqual(worker.stop(), 0, worker.log())

    def serve_guarded(self, users):
        access = self.folder / "access.json"
        write_access(access, users)
        flags = ["--credentials", str(access)]
        server = Server(self.folder / "data", command="dynamodb", flags=flags)
        self.addCleanup(server.close)
        return server.start()

    def test_the_policy_of_deploy_allows_what_it_needs(self):
        key, owner = "WORKERKEYEXAMPLE", "OWNERKEYEXAMPLE0"
        server = self.serve_guarded(
            {key: statements("stream-worker/policy.json"), owner: EVERYTHING}
        )
        url = f"http://127.0.0.1:{server.dynamodb}"
        must_run("ddb", "schema-load", "--endpoint-url", url, env=credentials(owner))
        self.client = server.boto3(key=owner)
        self.table = MessageTable(self.client)
        group = self.table.start_conversation()
        worker = Worker(self, server.dynamodb, **credentials(key))
        for minute, text in enumerate(("one", "two")):
            self.table.say(group, text, minute)
            self.await_rows([group], text)
        self.assertEqual(worker.stop(), 0, worker.log())
        # The next one goes over the table, which has a conversation now.
        self.client.update_item(
            TableName=LEASES,
            Key={"leaseKey": {"S": "table"}},
            UpdateExpression="SET checkpoint = :begin",
            ExpressionAttributeValues={":begin": {"S": "TRIM_HORIZON"}},
        )
        worker = Worker(self, server.dynamodb, **credentials(key))
        self.assertTrue(
            wait_until(lambda: "lease finished lease=table" in worker.log(), 30), worker.log()
        )
        self.assertEqual(worker.stop(), 0, worker.log())
        self.assertNotIn("not authorized", "".join(each.log() for each in self.workers))

    def test_what_only_the_operator_can_mend_ends_the_start(self):
        without = run("stream-worker", env={"AWS_SHARED_CREDENTIALS_FILE": "/nowhere", "HOME": "/"})
        self.assertEqual(without.returncode, 2, without)
        self.assertEqual(
            without.stderr, "cruddur: no AWS credentials for dynamodb.us-east-1.amazonaws.com\n"
        )
        server = self.serve_guarded({"SOMEBODYSKEY0000": EVERYTHING})
        url = f"http://127.0.0.1:{server.dynamodb}"
        refused = run("stream-worker", "--store-endpoint", url)
        self.assertEqual(refused.returncode, 1, refused)
        self.assertIn("cruddur: the store refuses to describe cruddur-messages: ", refused.stderr)
        self.assertEqual(refused.stderr.count("\n"), 1, refused.stderr)
        self.assertIn("--lease-seconds", must_run("stream-worker", "--help").stdout)


if __name__ == "__main__":
    main()
