"""The DynamoDB endpoint as a black box: one set of cases, over boto3 and over HTTP as it is.

Each operation that there is has to appear in it, with an answer and, where it can be refused, with an
error: the last case checks that.
"""
import itertools
import time
import unittest

import botocore.session

from cruddur_process import PATIENCE, Server, main
from dynamodb_transports import TRANSPORTS, Refused

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
# They take nothing that could be wrong.
NEVER_REFUSED = {"DescribeLimits", "DescribeEndpoints"}


def text(value):
    return {"S": value}


def number(value):
    return {"N": str(value)}


class Suite:
    """The cases; a class for each transport below."""

    transport = ""
    names = itertools.count()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(command="dynamodb", flags=["--in-memory", "--ttl-interval", "1"])
        cls.server.start()
        cls.client = TRANSPORTS[cls.transport](cls.server.dynamodb)
        cls.answered, cls.refused_ones = set(), set()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.table = f"table-{next(self.names)}"

    def call(self, operation, **request):
        answer = self.client.call(operation, request)
        self.answered.add(operation)
        return answer

    def refused(self, code, operation, **request):
        """The error's text; its other members are in self.error."""
        with self.assertRaises(Refused) as caught:
            self.client.call(operation, request)
        self.assertEqual(caught.exception.code, code, caught.exception)
        self.refused_ones.add(operation)
        self.error = caught.exception.members
        return caught.exception.message

    def make_table(self, **more):
        """pk (S), sk (N); an index on group and sk."""
        self.call(
            "CreateTable",
            TableName=self.table,
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": kind}
                for name, kind in (("pk", "S"), ("sk", "N"), ("group", "S"))
            ],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-group",
                    "KeySchema": [
                        {"AttributeName": "group", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            BillingMode="PAY_PER_REQUEST",
            **more,
        )

    def key(self, pk, sk=1):
        return {"pk": text(pk), "sk": number(sk)}

    def put(self, pk, sk=1, **attributes):
        self.call("PutItem", TableName=self.table, Item={**self.key(pk, sk), **attributes})

    def get(self, pk, sk=1):
        request = {"TableName": self.table, "Key": self.key(pk, sk), "ConsistentRead": True}
        return self.call("GetItem", **request).get("Item")

    # -- tables

    def test_tables_come_change_and_go(self):
        self.make_table()
        table = self.call("DescribeTable", TableName=self.table)["Table"]
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertEqual(table["TableArn"], ARN + self.table)
        self.assertIn(self.table, self.call("ListTables")["TableNames"])
        stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        changed = self.call("UpdateTable", TableName=self.table, StreamSpecification=stream)
        self.assertEqual(changed["TableDescription"]["TableStatus"], "UPDATING")
        self.assertEqual(changed["TableDescription"]["StreamSpecification"], stream)
        gone = self.call("DeleteTable", TableName=self.table)["TableDescription"]
        self.assertEqual(gone["TableStatus"], "DELETING")
        self.assertEqual(
            self.refused("ResourceNotFoundException", "DescribeTable", TableName=self.table),
            f"Requested resource not found: Table: {self.table} not found",
        )
        self.refused("ResourceNotFoundException", "DeleteTable", TableName=self.table)

    def test_tables_are_protected(self):
        self.make_table()
        changed = self.call("UpdateTable", TableName=self.table, DeletionProtectionEnabled=True)
        self.assertTrue(changed["TableDescription"]["DeletionProtectionEnabled"])
        self.assertEqual(changed["TableDescription"]["TableStatus"], "ACTIVE")
        self.assertIn(
            "protected against deletion",
            self.refused("ValidationException", "DeleteTable", TableName=self.table),
        )

    def test_tables_that_cannot_be(self):
        self.make_table()
        self.refused(
            "ResourceInUseException",
            "CreateTable",
            TableName=self.table,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        self.refused("ValidationException", "UpdateTable", TableName=self.table)
        self.refused("ValidationException", "ListTables", Limit=0)

    def test_throughput_tells_its_changes(self):
        self.make_table()
        both = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        answer = self.call(
            "UpdateTable",
            TableName=self.table,
            BillingMode="PROVISIONED",
            ProvisionedThroughput=both,
            GlobalSecondaryIndexUpdates=[
                {"Update": {"IndexName": "by-group", "ProvisionedThroughput": both}}
            ],
        )["TableDescription"]
        self.assertEqual(answer["TableStatus"], "UPDATING")
        self.assertEqual(answer["ProvisionedThroughput"]["ReadCapacityUnits"], 5)
        answer = self.call(
            "UpdateTable",
            TableName=self.table,
            ProvisionedThroughput={"ReadCapacityUnits": 4, "WriteCapacityUnits": 6},
        )["TableDescription"]
        self.assertEqual(answer["ProvisionedThroughput"]["ReadCapacityUnits"], 5)
        told = self.call("DescribeTable", TableName=self.table)["Table"]["ProvisionedThroughput"]
        self.assertEqual((told["ReadCapacityUnits"], told["WriteCapacityUnits"]), (4, 6))
        self.assertEqual(told["NumberOfDecreasesToday"], 1)
        self.assertIn("LastIncreaseDateTime", told)
        self.assertIn("LastDecreaseDateTime", told)

    def test_account(self):
        self.assertGreater(self.call("DescribeLimits")["AccountMaxReadCapacityUnits"], 0)
        self.assertTrue(self.call("DescribeEndpoints")["Endpoints"])
        self.make_table()
        backups = self.call("DescribeContinuousBackups", TableName=self.table)
        self.assertEqual(
            backups["ContinuousBackupsDescription"]["ContinuousBackupsStatus"], "ENABLED"
        )
        self.refused("TableNotFoundException", "DescribeContinuousBackups", TableName="not-there")

    # -- items

    def test_items_of_every_type(self):
        self.make_table()
        item = {
            "s": text("ü"),
            "n": number("12345678901234567890.5"),
            "b": {"B": b"\x00\xff"},
            "yes": {"BOOL": True},
            "null": {"NULL": True},
            "list": {"L": [text("a"), {"M": {"deep": {"L": []}}}]},
            "ss": {"SS": ["a", "b"]},
            "bs": {"BS": [b"\x01"]},
        }
        self.put("all", **item)
        self.assertEqual(self.get("all"), {**self.key("all"), **item})
        self.assertIsNone(self.get("none"))
        self.assertEqual(
            self.refused(
                "ValidationException", "GetItem", TableName=self.table, Key={"pk": text("a")}
            ),
            "The provided key element does not match the schema",
        )
        self.assertIn(
            "Missing the key sk",
            self.refused("ValidationException", "PutItem", TableName=self.table, Item={"pk": text("a")}),
        )

    def test_updates_and_conditions(self):
        self.make_table()
        add = {
            "TableName": self.table,
            "Key": self.key("a"),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": number(1)},
            "ReturnValues": "UPDATED_NEW",
        }
        self.assertEqual(self.call("UpdateItem", **add)["Attributes"], {"n": number(1)})
        self.assertEqual(self.call("UpdateItem", **add)["Attributes"], {"n": number(2)})
        condition = {**add, "ConditionExpression": "n > :many"}
        condition["ExpressionAttributeValues"] = {":one": number(1), ":many": number(9)}
        self.assertEqual(
            self.refused("ConditionalCheckFailedException", "UpdateItem", **condition),
            "The conditional request failed",
        )
        deleted = self.call(
            "DeleteItem", TableName=self.table, Key=self.key("a"), ReturnValues="ALL_OLD"
        )
        self.assertEqual(deleted["Attributes"]["n"], number(2))
        self.refused(
            "ConditionalCheckFailedException",
            "DeleteItem",
            TableName=self.table,
            Key=self.key("a"),
            ConditionExpression="attribute_exists(pk)",
        )

    def test_pages(self):
        self.make_table()
        for sk in range(7):
            self.put("many", sk, group=text("odd" if sk % 2 else "even"))
        query = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": text("many")},
            "Limit": 3,
        }
        found = []
        while True:
            page = self.call("Query", **query)
            found += [item["sk"]["N"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        self.assertEqual(found, [str(sk) for sk in range(7)])
        odd = self.call(
            "Query",
            TableName=self.table,
            IndexName="by-group",
            KeyConditionExpression="#g = :g",
            ExpressionAttributeNames={"#g": "group"},
            ExpressionAttributeValues={":g": text("odd")},
            ScanIndexForward=False,
        )
        self.assertEqual([item["sk"]["N"] for item in odd["Items"]], ["5", "3", "1"])
        count = self.call("Scan", TableName=self.table, Select="COUNT", ReturnConsumedCapacity="TOTAL")
        self.assertEqual((count["Count"], count["ScannedCount"]), (7, 7))
        self.assertEqual(count["ConsumedCapacity"]["TableName"], self.table)
        self.assertIn(
            "Query condition missed key schema element: pk",
            self.refused(
                "ValidationException",
                "Query",
                TableName=self.table,
                KeyConditionExpression="sk = :s",
                ExpressionAttributeValues={":s": number(1)},
            ),
        )
        self.refused("ValidationException", "Scan", TableName=self.table, Segment=1)

    # -- batches and transactions

    def test_batches(self):
        self.make_table()
        puts = [{"PutRequest": {"Item": self.key("b", sk)}} for sk in range(3)]
        self.assertEqual(
            self.call("BatchWriteItem", RequestItems={self.table: puts})["UnprocessedItems"], {}
        )
        keys = [self.key("b", sk) for sk in range(4)]
        got = self.call("BatchGetItem", RequestItems={self.table: {"Keys": keys}})
        self.assertEqual(len(got["Responses"][self.table]), 3)
        self.assertEqual(
            self.refused("ValidationException", "BatchWriteItem", RequestItems={self.table: puts + puts}),
            "Provided list of item keys contains duplicates",
        )
        self.refused(
            "ValidationException", "BatchGetItem", RequestItems={self.table: {"Keys": keys + keys}}
        )

    def test_transactions(self):
        self.make_table()
        self.put("there")

        def put(pk, **more):
            return {"Put": {"TableName": self.table, "Item": self.key(pk), **more}}

        self.call("TransactWriteItems", TransactItems=[put("new")], ClientRequestToken="a-token")
        self.call("TransactWriteItems", TransactItems=[put("new")], ClientRequestToken="a-token")
        self.refused(
            "IdempotentParameterMismatchException",
            "TransactWriteItems",
            TransactItems=[put("other")],
            ClientRequestToken="a-token",
        )
        guarded = put(
            "there",
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
        message = self.refused(
            "TransactionCanceledException", "TransactWriteItems", TransactItems=[put("x"), guarded]
        )
        self.assertIn("[None, ConditionalCheckFailed]", message)
        reasons = self.error["CancellationReasons"]
        self.assertEqual([each["Code"] for each in reasons], ["None", "ConditionalCheckFailed"])
        self.assertEqual(reasons[1]["Item"], self.key("there"))
        self.assertIsNone(self.get("x"))
        gets = [
            {"Get": {"TableName": self.table, "Key": self.key(pk)}} for pk in ("there", "x", "new")
        ]
        answers = self.call("TransactGetItems", TransactItems=gets)["Responses"]
        self.assertEqual([bool(each) for each in answers], [True, False, True])
        self.assertIn(
            "multiple operations on one item",
            self.refused("ValidationException", "TransactGetItems", TransactItems=gets + gets),
        )

    def test_statements(self):
        self.make_table()
        where = "WHERE pk = 'a' AND sk = 1"
        insert = f"INSERT INTO \"{self.table}\" VALUE {{'pk': 'a', 'sk': 1, 'n': ?}}"
        self.call("ExecuteStatement", Statement=insert, Parameters=[number(5)])
        self.assertEqual(
            self.refused(
                "DuplicateItemException", "ExecuteStatement", Statement=insert, Parameters=[number(5)]
            ),
            "Duplicate primary key exists in table",
        )
        select = f'SELECT n FROM "{self.table}" {where}'
        self.assertEqual(
            self.call("ExecuteStatement", Statement=select)["Items"], [{"n": number(5)}]
        )
        batch = self.call("BatchExecuteStatement", Statements=[{"Statement": select}])["Responses"]
        self.assertEqual(batch, [{"TableName": self.table, "Item": {"n": number(5)}}])
        self.refused("ValidationException", "BatchExecuteStatement", Statements=[])
        update = {"Statement": f'UPDATE "{self.table}" SET n = 6 {where}'}
        self.call("ExecuteTransaction", TransactStatements=[update])
        self.assertEqual(self.get("a")["n"], number(6))
        exists = {"Statement": f"EXISTS (SELECT * FROM \"{self.table}\" {where} AND n = 7)"}
        self.refused(
            "TransactionCanceledException",
            "ExecuteTransaction",
            TransactStatements=[
                exists,
                {"Statement": f"DELETE FROM \"{self.table}\" WHERE pk = 'b' AND sk = 1"},
            ],
        )

    # -- streams, time to live, and what a table has beside

    def test_streams(self):
        self.make_table(
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        )
        arn = self.call("DescribeTable", TableName=self.table)["Table"]["LatestStreamArn"]
        self.put("a", v=text("1"))
        self.put("a", v=text("2"))
        self.call("DeleteItem", TableName=self.table, Key=self.key("a"))
        listed = self.call("ListStreams", TableName=self.table)["Streams"]
        self.assertEqual([each["StreamArn"] for each in listed], [arn])
        shards = self.call("DescribeStream", StreamArn=arn)["StreamDescription"]["Shards"]
        self.assertEqual(len(shards), 1)
        shard = {"StreamArn": arn, "ShardId": shards[0]["ShardId"]}
        iterator = self.call("GetShardIterator", ShardIteratorType="TRIM_HORIZON", **shard)
        got = self.call("GetRecords", ShardIterator=iterator["ShardIterator"])
        self.assertIn("NextShardIterator", got)
        self.assertEqual(
            [each["eventName"] for each in got["Records"]], ["INSERT", "MODIFY", "REMOVE"]
        )
        self.assertEqual(got["Records"][1]["dynamodb"]["OldImage"]["v"], text("1"))
        self.assertEqual(got["Records"][1]["dynamodb"]["NewImage"]["v"], text("2"))
        self.refused("ResourceNotFoundException", "DescribeStream", StreamArn=arn + "0")
        self.refused("ValidationException", "ListStreams", Limit=0)
        self.refused("ValidationException", "GetShardIterator", ShardIteratorType="NEVER", **shard)
        self.refused("ValidationException", "GetRecords", ShardIterator="x", Limit=0)

    def test_expired_items_go(self):
        self.make_table()
        on = {"Enabled": True, "AttributeName": "expires"}
        self.call("UpdateTimeToLive", TableName=self.table, TimeToLiveSpecification=on)
        told = self.call("DescribeTimeToLive", TableName=self.table)["TimeToLiveDescription"]
        self.assertEqual(told, {"AttributeName": "expires", "TimeToLiveStatus": "ENABLED"})
        self.assertEqual(
            self.refused(
                "ValidationException",
                "UpdateTimeToLive",
                TableName=self.table,
                TimeToLiveSpecification=on,
            ),
            "TimeToLive is already enabled",
        )
        self.refused("ResourceNotFoundException", "DescribeTimeToLive", TableName="not-there")
        self.put("old", expires=number(int(time.time()) - 60))
        self.put("new", expires=number(int(time.time()) + 3600))
        for _ in range(300 * PATIENCE):
            if self.get("old") is None:
                break
            time.sleep(0.1)
        self.assertIsNone(self.get("old"))
        self.assertIsNotNone(self.get("new"))

    def test_tags(self):
        self.make_table()
        arn = ARN + self.table
        self.call("TagResource", ResourceArn=arn, Tags=[{"Key": "k", "Value": "v"}])
        tags = self.call("ListTagsOfResource", ResourceArn=arn)["Tags"]
        self.assertEqual(tags, [{"Key": "k", "Value": "v"}])
        self.call("UntagResource", ResourceArn=arn, TagKeys=["k"])
        self.assertEqual(self.call("ListTagsOfResource", ResourceArn=arn)["Tags"], [])
        self.refused("ValidationException", "TagResource", ResourceArn=arn, Tags=[])
        self.refused("ValidationException", "UntagResource", ResourceArn=arn, TagKeys=[])
        self.refused("ValidationException", "ListTagsOfResource", ResourceArn="nothing")

    def test_resource_policies(self):
        self.make_table()
        arn = ARN + self.table
        policy = (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"000000000000"},'
            f'"Action":"dynamodb:GetItem","Resource":"{arn}"}}]}}'
        )
        revision = self.call("PutResourcePolicy", ResourceArn=arn, Policy=policy)["RevisionId"]
        self.assertEqual(self.call("GetResourcePolicy", ResourceArn=arn)["RevisionId"], revision)
        self.refused(
            "PolicyNotFoundException",
            "DeleteResourcePolicy",
            ResourceArn=arn,
            ExpectedRevisionId="another",
        )
        self.call("DeleteResourcePolicy", ResourceArn=arn)
        self.refused("PolicyNotFoundException", "GetResourcePolicy", ResourceArn=arn)
        self.refused("ValidationException", "PutResourcePolicy", ResourceArn=arn, Policy="{}")

    def test_contributor_insights(self):
        self.make_table()
        table = {"TableName": self.table}
        self.call("UpdateContributorInsights", ContributorInsightsAction="ENABLE", **table)
        told = self.call("DescribeContributorInsights", **table)
        self.assertIn(told["ContributorInsightsStatus"], ("ENABLING", "ENABLED"))
        listed = self.call("ListContributorInsights", **table)["ContributorInsightsSummaries"]
        self.assertEqual([each["TableName"] for each in listed], [self.table])
        self.refused("ValidationException", "UpdateContributorInsights", **table)
        missing = {"TableName": "not-there"}
        self.refused("ResourceNotFoundException", "DescribeContributorInsights", **missing)
        self.refused("ValidationException", "ListContributorInsights", TableName="a b")

    # -- last, by its name

    def test_zz_each_operation_was_called(self):
        session, there = botocore.session.get_session(), set()
        for service in ("dynamodb", "dynamodbstreams"):
            for operation in session.get_service_model(service).operation_names:
                try:
                    self.client.call(operation, {})
                except Refused as refusal:
                    if refusal.code == "UnknownOperationException":
                        continue
                there.add(operation)
        self.assertGreater(len(there), 30)
        self.assertEqual(there - self.answered, set())
        self.assertEqual(there - self.refused_ones - NEVER_REFUSED, set())


class OverBoto3(Suite, unittest.TestCase):
    transport = "boto3"


class OverHttp(Suite, unittest.TestCase):
    transport = "http"


if __name__ == "__main__":
    main()
