"""Kills `cruddur dynamodb` under load: items, transactions and their tokens, index and stream."""
import random
import threading
import time
import unittest
import uuid

from crash_load import KILLS, SEED, read_stream
from cruddur_process import Server, main


class EngineKilledUnderLoad(unittest.TestCase):
    """`cruddur dynamodb`: items, transactions and their tokens, index and stream through kills."""

    TABLE, WRITERS = "kept", 6

    def setUp(self):
        self.random = random.Random(SEED + 1)
        self.server = Server(command="dynamodb")
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.boto3().create_table(
            TableName=self.TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "by")
            ],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-index",
                    "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        self.ended, self.up = threading.Event(), threading.Event()
        self.up.set()
        self.acknowledged, self.complaints = [0] * self.WRITERS, []

    def write(self, writer):
        """Moves its own pair of items from version to version in one transaction each."""
        chance = random.Random(SEED * 31 + writer)
        version = 0
        pending = None  # (version, token, request) of a transaction without an answer
        while not self.ended.is_set():
            self.up.wait()
            try:
                client = self.server.boto3()
                while not self.ended.is_set():
                    if pending is None:
                        version += 1
                        names = [
                            {
                                "pk": {"S": f"{writer}-{half}"},
                                "version": {"N": str(version)},
                                "by": {"S": f"group-{chance.randrange(3)}"},
                            }
                            for half in ("a", "b")
                        ]
                        puts = [{"Put": {"TableName": self.TABLE, "Item": name}} for name in names]
                        count = {
                            "Update": {
                                "TableName": self.TABLE,
                                "Key": {"pk": {"S": f"{writer}-count"}},
                                "UpdateExpression": "ADD n :one",
                                "ExpressionAttributeValues": {":one": {"N": "1"}},
                            }
                        }
                        pending = (version, str(uuid.uuid4()), puts + [count])
                    # The same token again after a crash: done once, whether or not it had been done.
                    client.transact_write_items(
                        TransactItems=pending[2], ClientRequestToken=pending[1]
                    )
                    self.acknowledged[writer] = pending[0]
                    pending = None
            except Exception as error:  # botocore's types of a lost connection are many
                if (
                    self.up.is_set()
                    and "Connect" not in type(error).__name__
                    and "Closed" not in type(error).__name__
                ):
                    self.complaints.append(f"{writer}: {type(error).__name__} {error}")

    def test_transactions_are_whole_and_done_once(self):
        threads = [
            threading.Thread(target=self.write, args=(writer,), daemon=True)
            for writer in range(self.WRITERS)
        ]
        for thread in threads:
            thread.start()
        for _ in range(max(5, KILLS // 4)):
            time.sleep(self.random.uniform(0.05, 1))
            before = list(self.acknowledged)
            self.up.clear()
            self.server.kill()
            self.server.start()
            self.up.set()
            self.check(before)
        self.ended.set()
        for thread in threads:
            thread.join(60)
        self.assertEqual(self.complaints, [])
        self.check(list(self.acknowledged), at_rest=True)
        self.assertTrue(all(self.acknowledged), self.acknowledged)
        print(f"{sum(self.acknowledged)} transactions acknowledged", flush=True)

    def check(self, floor, at_rest=False):
        client = self.server.boto3()
        for writer, least in enumerate(floor):
            keys = [
                {"Get": {"TableName": self.TABLE, "Key": {"pk": {"S": f"{writer}-{part}"}}}}
                for part in ("a", "b", "count")
            ]
            found = [
                answer.get("Item")
                for answer in client.transact_get_items(TransactItems=keys)["Responses"]
            ]
            versions = [
                int(item["version" if "version" in item else "n"]["N"]) if item else 0
                for item in found
            ]
            self.assertEqual(
                len(set(versions)),
                1,
                f"writer {writer}: half a transaction, or one done twice: {found}",
            )
            self.assertGreaterEqual(
                versions[0], least, f"writer {writer}: an acknowledged transaction is gone"
            )
        if at_rest:
            self.check_index_and_stream(client)

    def check_index_and_stream(self, client):
        items = {item["pk"]["S"]: item for item in client.scan(TableName=self.TABLE)["Items"]}
        index = {
            item["pk"]["S"]: item
            for item in client.scan(TableName=self.TABLE, IndexName="by-index")["Items"]
        }
        self.assertEqual(index, {name: item for name, item in items.items() if "by" in item})
        arn = client.describe_table(TableName=self.TABLE)["Table"]["LatestStreamArn"]
        images = {}
        for record in read_stream(self.server.boto3("dynamodbstreams"), arn):
            change, name = record["dynamodb"], record["dynamodb"]["Keys"]["pk"]["S"]
            self.assertEqual(
                change.get("OldImage"), images.get(name), "an old image that is not the one before"
            )
            images[name] = change["NewImage"]
        self.assertEqual(images, items)


if __name__ == "__main__":
    print(f"seed {SEED}: CRUDDUR_SEED={SEED} repeats the moments of the kills", flush=True)
    main()
