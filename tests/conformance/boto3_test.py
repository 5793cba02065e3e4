#!/usr/bin/python3
"""boto3, client and resource, against a DynamoDB endpoint.

  tests/conformance/boto3_test.py http://localhost:8000

Makes tables of its own and drops them. Closes with "N passed, N failed".
"""
import os
import sys
import time
import unittest
import uuid
from decimal import Decimal

import boto3
import botocore.config
import botocore.exceptions
from boto3.dynamodb.conditions import Attr, Key

ENDPOINT = os.environ.get("CRUDDUR_TEST_ENDPOINT", "http://localhost:8000")
# Seconds that expired items may stay: on AWS it can be days.
PATIENCE = 60
OPTIONS = {
    "region_name": "us-east-1",
    "aws_access_key_id": "local",
    "aws_secret_access_key": "local",
    "config": botocore.config.Config(retries={"max_attempts": 1}, connect_timeout=5),
}


def connect(service="dynamodb"):
    return boto3.client(service, endpoint_url=ENDPOINT, **OPTIONS)


class WithTable(unittest.TestCase):
    """A table pk (S), sk (N) with an index on group and sk, and a stream."""

    @classmethod
    def setUpClass(cls):
        cls.client = connect()
        cls.resource = boto3.resource("dynamodb", endpoint_url=ENDPOINT, **OPTIONS)
        cls.name = f"boto3-{uuid.uuid4()}"
        cls.table = cls.resource.create_table(
            TableName=cls.name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"},
                       {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                                  {"AttributeName": "sk", "AttributeType": "N"},
                                  {"AttributeName": "group", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[{
                "IndexName": "by-group",
                "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"},
                              {"AttributeName": "sk", "KeyType": "RANGE"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}}],
            ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
        cls.table.wait_until_exists()

    @classmethod
    def tearDownClass(cls):
        cls.table.delete()
        cls.table.wait_until_not_exists()

    def error(self, code, call, *args, **kwargs):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response


class Tables(WithTable):
    def test_describe(self):
        table = self.client.describe_table(TableName=self.name)["Table"]
        self.assertEqual(table["TableStatus"], "ACTIVE")
        self.assertEqual(table["KeySchema"][1], {"AttributeName": "sk", "KeyType": "RANGE"})
        self.assertEqual(table["GlobalSecondaryIndexes"][0]["IndexName"], "by-group")
        self.assertTrue(table["LatestStreamArn"].endswith(table["LatestStreamLabel"]))
        self.assertEqual(len(table["TableId"]), 36)

    def test_list(self):
        names = [name for page in self.client.get_paginator("list_tables").paginate(
            PaginationConfig={"PageSize": 1}) for name in page["TableNames"]]
        self.assertIn(self.name, names)
        self.assertEqual(names, sorted(set(names)))

    def test_update(self):
        units = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 8}
        answer = self.client.update_table(TableName=self.name, ProvisionedThroughput=units)
        self.assertEqual(answer["TableDescription"]["TableName"], self.name)
        self.client.get_waiter("table_exists").wait(TableName=self.name)
        self.table.reload()
        self.assertEqual(self.table.provisioned_throughput["WriteCapacityUnits"], 8)

    def test_errors(self):
        self.error("ResourceNotFoundException", self.client.describe_table, TableName="none-such")
        self.error("ResourceInUseException", self.client.create_table, TableName=self.name,
                   KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                   AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                   BillingMode="PAY_PER_REQUEST")

    def test_errors_are_the_clients_own_classes(self):
        with self.assertRaises(self.client.exceptions.ResourceNotFoundException):
            self.client.get_item(TableName="none-such", Key={"pk": {"S": "a"}})


class Items(WithTable):
    def test_every_type_comes_back(self):
        item = {"pk": "types", "sk": Decimal("1.5"), "s": "é ", "n": Decimal("-12.50"),
                "b": b"\x00\xff", "t": True, "z": None, "l": ["a", Decimal(1), []],
                "m": {"a": {"b": False}}, "ss": {"a", "b"}, "ns": {Decimal(1), Decimal("2.5")},
                "bs": {b"a", b"b"}, "empty": ""}
        self.table.put_item(Item=item)
        got = self.table.get_item(Key={"pk": "types", "sk": Decimal("1.5")}, ConsistentRead=True)
        got["Item"]["b"] = got["Item"]["b"].value
        got["Item"]["bs"] = {each.value for each in got["Item"]["bs"]}
        self.assertEqual(got["Item"], item)

    def test_a_missing_item(self):
        self.assertNotIn("Item", self.table.get_item(Key={"pk": "none", "sk": 1}))

    def test_conditions(self):
        item = {"pk": "conditions", "sk": 1}
        absent = Attr("pk").not_exists()
        self.table.put_item(Item=item, ConditionExpression=absent)
        response = self.error("ConditionalCheckFailedException", self.table.put_item, Item=item,
                              ConditionExpression=absent)
        self.assertEqual(response["Error"]["Message"], "The conditional request failed")

    def test_update(self):
        key = {"pk": "update", "sk": 1}
        for _ in range(2):
            answer = self.table.update_item(
                Key=key, UpdateExpression="ADD #c :one SET #l = list_append(if_not_exists(#l, "
                ":none), :some)", ExpressionAttributeNames={"#c": "count", "#l": "list"},
                ExpressionAttributeValues={":one": 1, ":none": [], ":some": ["x"]},
                ReturnValues="ALL_NEW")
        self.assertEqual(answer["Attributes"], {**key, "count": 2, "list": ["x", "x"]})

    def test_delete(self):
        self.table.put_item(Item={"pk": "delete", "sk": 1, "a": "b"})
        answer = self.table.delete_item(Key={"pk": "delete", "sk": 1}, ReturnValues="ALL_OLD")
        self.assertEqual(answer["Attributes"]["a"], "b")

    def test_capacity(self):
        answer = self.client.put_item(
            TableName=self.name, Item={"pk": {"S": "c"}, "sk": {"N": "1"}, "group": {"S": "g"}},
            ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
        self.assertEqual(answer["CapacityUnits"], 2.0)
        self.assertEqual(answer["Table"], {"CapacityUnits": 1.0})
        self.assertEqual(answer["GlobalSecondaryIndexes"], {"by-group": {"CapacityUnits": 1.0}})

    def test_refusals(self):
        self.error("ValidationException", self.table.put_item, Item={"pk": "a"})
        self.error("ValidationException", self.table.put_item, Item={"pk": 1, "sk": 1})
        self.error("ValidationException", self.table.get_item, Key={"pk": "a"})
        self.error("ValidationException", self.table.update_item, Key={"pk": "a", "sk": 1},
                   UpdateExpression="SET pk = :a", ExpressionAttributeValues={":a": "b"})


class Pages(WithTable):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.table.batch_writer() as batch:
            for i in range(60):
                batch.put_item(Item={"pk": f"p{i % 2}", "sk": i, "group": "g", "text": "x" * 100})

    def test_query(self):
        answer = self.table.query(
            KeyConditionExpression=Key("pk").eq("p1") & Key("sk").between(10, 20),
            ScanIndexForward=False)
        self.assertEqual([item["sk"] for item in answer["Items"]], [19, 17, 15, 13, 11])

    def test_paginator(self):
        pages = list(self.client.get_paginator("query").paginate(
            TableName=self.name, KeyConditionExpression="pk = :p",
            ExpressionAttributeValues={":p": {"S": "p0"}}, PaginationConfig={"PageSize": 7}))
        self.assertEqual(sum(page["Count"] for page in pages), 30)
        self.assertGreaterEqual(len(pages), 5)

    def test_filter_and_projection(self):
        answer = self.table.query(
            KeyConditionExpression=Key("pk").eq("p0"), FilterExpression=Attr("sk2").not_exists(),
            ProjectionExpression="sk, #t", ExpressionAttributeNames={"#t": "text"}, Limit=5)
        self.assertEqual(answer["Count"], 5)
        self.assertEqual(set(answer["Items"][0]), {"sk", "text"})

    def test_index(self):
        seen, start = [], {}
        while True:
            page = self.table.query(IndexName="by-group", Limit=25, **start,
                                    KeyConditionExpression=Key("group").eq("g"))
            seen += [int(item["sk"]) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.assertEqual(seen, list(range(60)))

    def test_count(self):
        answer = self.table.query(KeyConditionExpression=Key("pk").eq("p0"), Select="COUNT")
        self.assertEqual((answer["Count"], "Items" in answer), (30, False))

    def test_parallel_scan(self):
        seen = []
        for segment in range(4):
            for page in self.client.get_paginator("scan").paginate(
                    TableName=self.name, Segment=segment, TotalSegments=4):
                seen += [int(item["sk"]["N"]) for item in page["Items"]]
        self.assertEqual(sorted(seen), list(range(60)))


class Legacy(WithTable):
    """What expressions replaced."""

    def test_a_life(self):
        key = {"pk": "legacy", "sk": 1}
        self.table.put_item(Item={**key, "n": 1, "tags": {"x", "y"}, "old": True},
                            Expected={"pk": {"Exists": False}})
        self.error("ConditionalCheckFailedException", self.table.put_item, Item=key,
                   Expected={"pk": {"Exists": False}})
        updated = self.table.update_item(
            Key=key, ReturnValues="ALL_NEW", ConditionalOperator="OR",
            Expected={"n": {"ComparisonOperator": "GE", "AttributeValueList": [1]},
                      "none": {"ComparisonOperator": "NOT_NULL"}},
            AttributeUpdates={"n": {"Action": "ADD", "Value": 41}, "old": {"Action": "DELETE"},
                              "tags": {"Action": "DELETE", "Value": {"x"}},
                              "text": {"Value": "hello"}})["Attributes"]
        self.assertEqual(updated, {**key, "n": 42, "tags": {"y"}, "text": "hello"})
        self.assertEqual(self.table.get_item(Key=key, AttributesToGet=["n"])["Item"], {"n": 42})
        conditions = {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": ["legacy"]},
                      "sk": {"ComparisonOperator": "LE", "AttributeValueList": [1]}}
        for text, found in (("ell", 1), ("other", 0)):
            contains = {"text": {"ComparisonOperator": "CONTAINS", "AttributeValueList": [text]}}
            queried = self.table.query(KeyConditions=conditions, QueryFilter=contains)
            self.assertEqual((queried["Count"], queried["ScannedCount"]), (found, 1))
            scanned = self.table.scan(ScanFilter=contains, AttributesToGet=["sk"])
            self.assertEqual(scanned["Items"], [{"sk": 1}] * found)
        self.table.delete_item(Key=key, Expected={"n": {"Value": 42}})
        self.assertNotIn("Item", self.table.get_item(Key=key))


class Batches(WithTable):
    def test_write_and_read(self):
        with self.table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for i in range(40):
                batch.put_item(Item={"pk": "batch", "sk": i % 30})
            batch.delete_item(Key={"pk": "batch", "sk": 0})
        keys = [{"pk": "batch", "sk": i} for i in range(30)]
        answer = self.resource.batch_get_item(RequestItems={self.name: {"Keys": keys}})
        self.assertEqual(len(answer["Responses"][self.name]), 29)
        self.assertEqual(answer["UnprocessedKeys"], {})

    def test_refusals(self):
        put = {"PutRequest": {"Item": {"pk": "a", "sk": 1}}}
        self.error("ValidationException", self.resource.batch_write_item,
                   RequestItems={self.name: [put, put]})
        self.error("ResourceNotFoundException", self.resource.batch_write_item,
                   RequestItems={"none-such": [put]})


class Transactions(WithTable):
    def put(self, key, **more):
        return {"Put": {"TableName": self.name, "Item": {"pk": {"S": key}, "sk": {"N": "1"}},
                        **more}}

    def test_all(self):
        self.client.transact_write_items(TransactItems=[self.put("t1"), self.put("t2")])
        answer = self.client.transact_get_items(TransactItems=[
            {"Get": {"TableName": self.name, "Key": {"pk": {"S": key}, "sk": {"N": "1"}}}}
            for key in ("t1", "none")])
        self.assertEqual(["Item" in each for each in answer["Responses"]], [True, False])

    def test_or_nothing(self):
        self.client.put_item(TableName=self.name, **{
            "Item": {"pk": {"S": "there"}, "sk": {"N": "1"}}})
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.transact_write_items(TransactItems=[
                self.put("new"),
                self.put("there", ConditionExpression="attribute_not_exists(pk)",
                         ReturnValuesOnConditionCheckFailure="ALL_OLD")])
        reasons = caught.exception.response["CancellationReasons"]
        self.assertEqual([each["Code"] for each in reasons], ["None", "ConditionalCheckFailed"])
        self.assertEqual(reasons[1]["Item"]["pk"], {"S": "there"})
        self.assertNotIn("Item", self.table.get_item(Key={"pk": "new", "sk": 1}))

    def test_a_token_works_once(self):
        token = str(uuid.uuid4())
        add = {"Update": {"TableName": self.name, "Key": {"pk": {"S": "once"}, "sk": {"N": "1"}},
                          "UpdateExpression": "ADD n :one",
                          "ExpressionAttributeValues": {":one": {"N": "1"}}}}
        for _ in range(2):
            self.client.transact_write_items(TransactItems=[add], ClientRequestToken=token)
        self.assertEqual(self.table.get_item(Key={"pk": "once", "sk": 1})["Item"]["n"], 1)
        with self.assertRaises(self.client.exceptions.IdempotentParameterMismatchException):
            self.client.transact_write_items(TransactItems=[self.put("x")],
                                             ClientRequestToken=token)


class PartiQL(WithTable):
    def run_statement(self, statement, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return self.client.execute_statement(Statement=statement % self.name, **more)

    def refused(self, code, statement, *parameters, **more):
        with self.assertRaises(botocore.exceptions.ClientError) as raised:
            self.run_statement(statement, *parameters, **more)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        return raised.exception.response["Error"]["Message"]

    def test_a_life(self):
        self.run_statement('INSERT INTO "%s" VALUE {\'pk\': \'life\', \'sk\': 1, \'m\': {\'l\': [1]}}')
        self.refused("DuplicateItemException", 'INSERT INTO "%s" VALUE {\'pk\': \'life\', \'sk\': 1}')
        key = [{"S": "life"}, {"N": "1"}]
        changed = self.run_statement(
            'UPDATE "%s" SET m.l = list_append(m.l, ?) SET n = ? WHERE pk = ? AND sk = ? '
            'RETURNING MODIFIED NEW *', {"L": [{"N": "2"}]}, {"N": "7"}, *key)
        self.assertEqual(changed["Items"],
                         [{"m": {"M": {"l": {"L": [{"N": "1"}, {"N": "2"}]}}}, "n": {"N": "7"}}])
        read = self.run_statement('SELECT m.l[1], n FROM "%s" WHERE pk = ? AND sk = ?', *key,
                                  ConsistentRead=True)
        self.assertEqual(read["Items"], [{"l[1]": {"N": "2"}, "n": {"N": "7"}}])
        self.refused("ConditionalCheckFailedException",
                     'DELETE FROM "%s" WHERE pk = ? AND sk = ? AND n = 8', *key)
        gone = self.run_statement('DELETE FROM "%s" WHERE pk = ? AND sk = ? RETURNING ALL OLD *',
                                  *key)
        self.assertEqual(gone["Items"][0]["n"], {"N": "7"})
        self.refused("ConditionalCheckFailedException",
                     'UPDATE "%s" SET n = 1 WHERE pk = ? AND sk = ?', *key)

    def test_pages_in_order(self):
        for sk in range(5):
            self.run_statement('INSERT INTO "%s" VALUE {\'pk\': \'pages\', \'sk\': ?, \'group\': \'g\'}',
                               {"N": str(sk)})
        for statement in ('SELECT sk FROM "%s" WHERE pk = \'pages\' ORDER BY sk DESC',
                          'SELECT sk FROM "%s"."by-group" WHERE "group" = \'g\' ORDER BY sk DESC'):
            keys, token = [], {}
            while True:
                page = self.run_statement(statement, Limit=2, **token)
                keys += [item["sk"]["N"] for item in page["Items"]]
                if "NextToken" not in page:
                    break
                token = {"NextToken": page["NextToken"]}
            self.assertEqual(keys, ["4", "3", "2", "1", "0"])
        self.refused("ValidationException", 'SELECT * FROM "%s"', NextToken="made up")

    def test_the_resource_speaks_python(self):
        client = self.resource.meta.client
        client.execute_statement(
            Statement=f'INSERT INTO "{self.name}" VALUE {{\'pk\': ?, \'sk\': ?, \'s\': ?}}',
            Parameters=["python", 1, {"a", "b"}])
        read = client.execute_statement(
            Statement=f'SELECT s FROM "{self.name}" WHERE pk = ? AND contains(s, ?)',
            Parameters=["python", "b"])
        self.assertEqual(read["Items"], [{"s": {"a", "b"}}])

    def test_batches_answer_each_statement(self):
        answers = self.client.batch_execute_statement(Statements=[
            {"Statement": f'INSERT INTO "{self.name}" VALUE {{\'pk\': \'batch\', \'sk\': 1}}'},
            {"Statement": "nonsense"},
            {"Statement": f'UPDATE "{self.name}" SET n = 1 WHERE pk = \'batch\' AND sk = 2'},
        ])["Responses"]
        self.assertEqual(answers[0], {"TableName": self.name})
        self.assertEqual(answers[1]["Error"]["Code"], "ValidationError")
        self.assertEqual(answers[2]["Error"]["Code"], "ConditionalCheckFailed")

    def test_transactions_are_all_or_nothing(self):
        insert = f'INSERT INTO "{self.name}" VALUE {{\'pk\': \'all\', \'sk\': ?}}'
        exists = (f'EXISTS(SELECT * FROM "{self.name}" WHERE pk = \'all\' AND sk = 9 '
                  'AND n IS MISSING)')
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as raised:
            self.client.execute_transaction(TransactStatements=[
                {"Statement": insert, "Parameters": [{"N": "1"}]}, {"Statement": exists}])
        reasons = raised.exception.response["CancellationReasons"]
        self.assertEqual([reason["Code"] for reason in reasons], ["None", "ConditionalCheckFailed"])
        self.client.execute_transaction(TransactStatements=[
            {"Statement": insert, "Parameters": [{"N": str(sk)}]} for sk in range(100)])
        read = self.client.execute_transaction(TransactStatements=[
            {"Statement": f'SELECT sk FROM "{self.name}" WHERE pk = \'all\' AND sk = {sk}'}
            for sk in (0, 99, 100)])
        self.assertEqual(read["Responses"], [{"Item": {"sk": {"N": "0"}}},
                                             {"Item": {"sk": {"N": "99"}}}, {}])

    def test_limits(self):
        self.refused("ValidationException", 'SELECT * FROM "%s" WHERE a = \'' + "x" * 8192 + "'")
        statement = {"Statement": f'DELETE FROM "{self.name}" WHERE pk = \'a\' AND sk = 1'}
        with self.assertRaises(botocore.exceptions.ClientError):
            self.client.batch_execute_statement(Statements=[statement] * 26)
        with self.assertRaises(botocore.exceptions.ClientError):
            self.client.execute_transaction(TransactStatements=[statement] * 101)


class Streams(WithTable):
    def test_records(self):
        self.table.put_item(Item={"pk": "s", "sk": 1})
        self.table.delete_item(Key={"pk": "s", "sk": 1})
        streams = connect("dynamodbstreams")
        arn = streams.list_streams(TableName=self.name)["Streams"][0]["StreamArn"]
        description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
        self.assertEqual(description["StreamStatus"], "ENABLED")
        events = []
        for shard in description["Shards"]:
            iterator = streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"],
                ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
            events += [(each["eventName"], "NewImage" in each["dynamodb"])
                       for each in streams.get_records(ShardIterator=iterator)["Records"]]
        self.assertEqual(events, [("INSERT", True), ("REMOVE", False)])


class TimeToLive(WithTable):
    def test_expired_items_go(self):
        now = int(time.time())
        for key, expires in ((1, now - 60), (2, now + 3600), (3, str(now - 60))):
            self.table.put_item(Item={"pk": "t", "sk": key, "expires": expires})
        on = {"Enabled": True, "AttributeName": "expires"}
        self.assertEqual(self.client.update_time_to_live(
            TableName=self.name, TimeToLiveSpecification=on)["TimeToLiveSpecification"], on)
        described = self.client.describe_time_to_live(TableName=self.name)
        self.assertEqual(described["TimeToLiveDescription"]["AttributeName"], "expires")
        deadline = time.monotonic() + PATIENCE
        while self.keys() != [2, 3]:
            self.assertLess(time.monotonic(), deadline, "the expired item is still there")
            time.sleep(0.1)
        self.assertEqual(self.removal(), {"Type": "Service",
                                          "PrincipalId": "dynamodb.amazonaws.com"})

    def keys(self):
        return [int(item["sk"]) for item in self.table.query(
            KeyConditionExpression=Key("pk").eq("t"), ConsistentRead=True)["Items"]]

    def removal(self):
        streams = connect("dynamodbstreams")
        arn = streams.list_streams(TableName=self.name)["Streams"][0]["StreamArn"]
        shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"],
                                              ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        last = streams.get_records(ShardIterator=iterator)["Records"][-1]
        self.assertEqual(last["eventName"], "REMOVE")
        return last["userIdentity"]


class Protocol(unittest.TestCase):
    def test_what_is_not_there_is_said(self):
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            connect().create_backup(TableName="none-such", BackupName="backup")
        self.assertEqual(caught.exception.response["Error"]["Code"], "UnknownOperationException")

    def test_request_ids(self):
        answer = connect().list_tables(Limit=1)["ResponseMetadata"]
        self.assertRegex(answer["RequestId"], "^[A-Z0-9]{52}$")
        self.assertIn("x-amz-crc32", answer["HTTPHeaders"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        ENDPOINT = sys.argv[1]
    result = unittest.TextTestRunner(stream=sys.stderr).run(
        unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"]))
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(bool(failed))
