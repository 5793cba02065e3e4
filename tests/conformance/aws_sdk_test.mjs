#!/usr/bin/env node
// The AWS SDK for JavaScript v3, client and document client, against a DynamoDB endpoint.
//   node tests/conformance/aws_sdk_test.mjs http://localhost:8000
// The SDK is what `npm ci --prefix tests/node` installs. Makes a table of its own and drops it.
// Closes with "N passed, N failed".
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(new URL("../node/package.json", import.meta.url));
const dynamodb = require("@aws-sdk/client-dynamodb");
const lib = require("@aws-sdk/lib-dynamodb");

const endpoint = process.argv[2] ?? process.env.CRUDDUR_TEST_ENDPOINT ?? "http://localhost:8000";
const client = new dynamodb.DynamoDBClient({
  endpoint,
  region: "us-east-1",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  maxAttempts: 1,
});
const documents = lib.DynamoDBDocumentClient.from(client, {
  marshallOptions: { removeUndefinedValues: true },
});
const TableName = `sdk-${randomUUID()}`;
const key = { pk: "a", sk: 1 };

async function refused(name, promise) {
  const error = await promise.then(() => assert.fail(`${name} expected`), (e) => e);
  assert.equal(error.name, name, error.message);
  return error;
}

const tests = {
  async "creates a table and waits for it"() {
    await client.send(new dynamodb.CreateTableCommand({
      TableName,
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "N" },
        { AttributeName: "group", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [{
        IndexName: "by-group",
        KeySchema: [{ AttributeName: "group", KeyType: "HASH" }],
        Projection: { ProjectionType: "KEYS_ONLY" },
      }],
      BillingMode: "PAY_PER_REQUEST",
    }));
    const waited = await dynamodb.waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName });
    assert.equal(waited.state, "SUCCESS");
  },
  async "describes and lists it"() {
    const { Table } = await client.send(new dynamodb.DescribeTableCommand({ TableName }));
    assert.equal(Table.TableStatus, "ACTIVE");
    assert.ok(Table.CreationDateTime instanceof Date);
    assert.equal(Table.BillingModeSummary.BillingMode, "PAY_PER_REQUEST");
    const names = [];
    for await (const page of dynamodb.paginateListTables({ client }, {})) {
      names.push(...page.TableNames);
    }
    assert.ok(names.includes(TableName));
  },
  async "puts and gets every type"() {
    const Item = {
      ...key, s: "é", n: -1.5, t: true, z: null, list: ["a", 1, []], map: { a: { b: false } },
      strings: new Set(["a", "b"]), numbers: new Set([1, 2]), bytes: new Uint8Array([0, 255]),
      group: "g",
    };
    await documents.send(new lib.PutCommand({ TableName, Item }));
    const got = await documents.send(new lib.GetCommand({ TableName, Key: key }));
    got.Item.bytes = new Uint8Array(got.Item.bytes);
    assert.deepEqual(got.Item, Item);
  },
  async "fails a condition"() {
    const error = await refused("ConditionalCheckFailedException", documents.send(
      new lib.PutCommand({
        TableName, Item: key, ConditionExpression: "attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      })));
    assert.deepEqual(error.Item.pk, { S: "a" });
    assert.equal(error.message, "The conditional request failed");
    assert.match(error.$metadata.requestId, /^[A-Z0-9]{52}$/);
  },
  async "updates"() {
    const { Attributes } = await documents.send(new lib.UpdateCommand({
      TableName, Key: key, UpdateExpression: "SET #n = #n + :one REMOVE #m",
      ExpressionAttributeNames: { "#n": "n", "#m": "map" },
      ExpressionAttributeValues: { ":one": 1 }, ReturnValues: "ALL_NEW",
    }));
    assert.equal(Attributes.n, -0.5);
    assert.ok(!("map" in Attributes));
  },
  async "writes and reads batches"() {
    const puts = Array.from({ length: 20 }, (_, i) => ({
      PutRequest: { Item: { pk: "batch", sk: i, group: "g" } },
    }));
    const written = await documents.send(new lib.BatchWriteCommand({
      RequestItems: { [TableName]: puts },
    }));
    assert.deepEqual(written.UnprocessedItems, {});
    const read = await documents.send(new lib.BatchGetCommand({
      RequestItems: { [TableName]: { Keys: puts.map((p) => ({ pk: "batch", sk: p.PutRequest.Item.sk })) } },
    }));
    assert.equal(read.Responses[TableName].length, 20);
  },
  async "queries page by page"() {
    const seen = [];
    for await (const page of lib.paginateQuery({ client: documents, pageSize: 6 }, {
      TableName, KeyConditionExpression: "pk = :p", ExpressionAttributeValues: { ":p": "batch" },
      ScanIndexForward: false,
    })) seen.push(...page.Items.map((item) => item.sk));
    assert.deepEqual(seen, Array.from({ length: 20 }, (_, i) => 19 - i));
  },
  async "queries an index"() {
    const { Count } = await documents.send(new lib.QueryCommand({
      TableName, IndexName: "by-group", Select: "COUNT",
      KeyConditionExpression: "#g = :g", ExpressionAttributeNames: { "#g": "group" },
      ExpressionAttributeValues: { ":g": "g" },
    }));
    assert.equal(Count, 21);
  },
  async "scans in segments"() {
    let count = 0;
    for (let Segment = 0; Segment < 3; ++Segment) {
      for await (const page of lib.paginateScan({ client: documents, pageSize: 4 }, {
        TableName, Segment, TotalSegments: 3,
      })) count += page.Count;
    }
    assert.equal(count, 21);
  },
  async "transacts"() {
    await documents.send(new lib.TransactWriteCommand({
      TransactItems: [
        { Put: { TableName, Item: { pk: "t", sk: 1 } } },
        { Delete: { TableName, Key: { pk: "batch", sk: 0 } } },
      ],
    }));
    const error = await refused("TransactionCanceledException", documents.send(
      new lib.TransactWriteCommand({
        TransactItems: [
          { Put: { TableName, Item: { pk: "u", sk: 1 } } },
          { ConditionCheck: { TableName, Key: { pk: "batch", sk: 0 }, ConditionExpression: "attribute_exists(pk)" } },
        ],
      })));
    assert.deepEqual(error.CancellationReasons.map((r) => r.Code), ["None", "ConditionalCheckFailed"]);
    const { Responses } = await documents.send(new lib.TransactGetCommand({
      TransactItems: ["t", "u"].map((pk) => ({ Get: { TableName, Key: { pk, sk: 1 } } })),
    }));
    assert.deepEqual(Responses.map((r) => r.Item), [{ pk: "t", sk: 1 }, undefined]);
  },
  async "deletes"() {
    const { Attributes } = await documents.send(new lib.DeleteCommand({
      TableName, Key: key, ReturnValues: "ALL_OLD",
    }));
    assert.equal(Attributes.s, "é");
  },
  async "names its errors"() {
    await refused("ResourceNotFoundException", documents.send(
      new lib.GetCommand({ TableName: "none-such", Key: key })));
    await refused("ValidationException", documents.send(
      new lib.GetCommand({ TableName, Key: { pk: "a" } })));
    await refused("ResourceNotFoundException", documents.send(
      new lib.ExecuteStatementCommand({ Statement: 'SELECT * FROM "none-such"' })));
    await refused("UnknownOperationException", client.send(
      new dynamodb.CreateBackupCommand({ TableName, BackupName: "backup" })));
  },
  async "drops the table"() {
    await client.send(new dynamodb.DeleteTableCommand({ TableName }));
    const waited = await dynamodb.waitUntilTableNotExists({ client, maxWaitTime: 60 }, { TableName });
    assert.equal(waited.state, "SUCCESS");
  },
};

let passed = 0, failed = 0;
for (const [name, test] of Object.entries(tests)) {
  try {
    await test();
    ++passed;
  } catch (error) {
    ++failed;
    console.error(`${name}: ${error.stack ?? error}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
