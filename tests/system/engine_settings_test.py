"""Settings that change what the DynamoDB endpoint answers: `--throttle`, `--ttl-interval`,
`--control-plane-delay`."""
import time
import unittest
import uuid

import boto3
from botocore.config import Config

from cruddur_process import Server, main, wait_until


def connect(server):
    return boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{server.dynamodb}",
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"max_attempts": 0}),
    )


def make_table(client, units):
    name = f"table-{uuid.uuid4()}"
    client.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        ProvisionedThroughput={"ReadCapacityUnits": units, "WriteCapacityUnits": units},
    )
    return name


class EngineSettings(unittest.TestCase):
    def test_throughput_is_enforced_where_asked_for(self):
        with Server(command="dynamodb", flags=["--in-memory", "--throttle"]) as server:
            client = connect(server)
            table = make_table(client, 1)
            refused = client.exceptions.ProvisionedThroughputExceededException
            with self.assertRaises(refused) as caught:
                # Three times the burst: no machine is slow enough to earn that meanwhile.
                for _ in range(900):
                    client.put_item(TableName=table, Item={"pk": {"S": "a"}})
            self.assertIn("configured provisioned throughput", str(caught.exception))
            client.get_item(TableName=table, Key={"pk": {"S": "a"}})

    def test_expired_items_go_while_nobody_writes(self):
        with Server(command="dynamodb", flags=["--in-memory", "--ttl-interval", "1"]) as server:
            client = connect(server)
            table = make_table(client, 5)
            client.update_time_to_live(
                TableName=table,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"},
            )
            expires = {"N": str(int(time.time()) + 1)}
            client.put_item(TableName=table, Item={"pk": {"S": "a"}, "expires": expires})
            gone = lambda: "Item" not in client.get_item(TableName=table, Key={"pk": {"S": "a"}})
            self.assertTrue(wait_until(gone, 30))

    def test_tables_take_their_time_where_asked_for(self):
        status = lambda: client.describe_table(TableName=table)["Table"]["TableStatus"]
        with Server(command="dynamodb", flags=self.flags_for_delay(600_000)) as server:
            client = connect(server)
            table = make_table(client, 5)
            self.assertEqual(status(), "CREATING")
        with Server(command="dynamodb", flags=self.flags_for_delay(200)) as server:
            client = connect(server)
            table = make_table(client, 5)
            self.assertTrue(wait_until(lambda: status() == "ACTIVE", 30))
            client.put_item(TableName=table, Item={"pk": {"S": "a"}})
            client.delete_table(TableName=table)
            gone = lambda: table not in client.list_tables()["TableNames"]
            self.assertTrue(wait_until(gone, 30))

    @staticmethod
    def flags_for_delay(milliseconds):
        return ["--in-memory", "--control-plane-delay", str(milliseconds)]


if __name__ == "__main__":
    main()
