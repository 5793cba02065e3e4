"""Transactions over HTTP where they meet: conflicts with other writes, and tokens over a stop and a
crash."""
import threading
import unittest
import uuid

import botocore.exceptions

from cruddur_process import Server, boto3_client, main

TABLE, ROUNDS, AT_ONCE = "accounts", 60, 12


def code_of(error):
    return error.response["Error"]["Code"]


def make_table(client):
    client.create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def add_one(pk):
    return {
        "TableName": TABLE,
        "Key": {"pk": {"S": pk}},
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }


def count_of(client, pk):
    item = client.get_item(TableName=TABLE, Key={"pk": {"S": pk}}, ConsistentRead=True).get("Item")
    return int(item["n"]["N"]) if item else 0


class Conflicts(unittest.TestCase):
    def test_single_writes_and_transactions_race(self):
        """Whoever meets a transaction that is under way is told so, and what was done adds up."""
        with Server(command="dynamodb") as server:
            clients = [boto3_client(server.dynamodb) for _ in range(AT_ONCE)]
            make_table(clients[0])
            lock = threading.Lock()
            done = {"single": 0, "transaction": 0}
            conflicts = {"single": 0, "transaction": 0}
            others = []

            def single(client):
                client.update_item(**add_one("shared"))

            def transaction(client):
                own = {"Update": add_one(str(uuid.uuid4()))}
                client.transact_write_items(TransactItems=[own, {"Update": add_one("shared")}])

            def run(client, kind, write, barrier):
                for _ in range(ROUNDS):
                    barrier.wait(60)
                    try:
                        write(client)
                        with lock:
                            done[kind] += 1
                    except botocore.exceptions.ClientError as error:
                        answer = error.response
                        reasons = [each["Code"] for each in answer.get("CancellationReasons", [])]
                        texts = [each.get("Message") for each in answer.get("CancellationReasons", [])]
                        single_conflict = (
                            kind == "single"
                            and code_of(error) == "TransactionConflictException"
                            and answer["Error"]["Message"] == "Transaction is ongoing for the item"
                        )
                        canceled = (
                            kind == "transaction"
                            and reasons == ["None", "TransactionConflict"]
                            and texts[1] == "Transaction is ongoing for the item"
                        )
                        with lock:
                            if single_conflict or canceled:
                                conflicts[kind] += 1
                            else:
                                others.append(answer)

            # Until both kinds were seen: whether two requests meet is chance, in each round anew.
            for _ in range(20):
                barrier = threading.Barrier(AT_ONCE)
                threads = [
                    threading.Thread(
                        target=run,
                        args=(client, *(("single", single) if i % 2 else ("transaction", transaction)), barrier),
                    )
                    for i, client in enumerate(clients)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
                if all(conflicts.values()):
                    break
            self.assertEqual(others, [])
            self.assertEqual(count_of(clients[0], "shared"), sum(done.values()))
            self.assertTrue(all(done.values()), done)
            self.assertTrue(all(conflicts.values()), conflicts)
            print(f"done {done}, conflicts {conflicts}", flush=True)

    def test_one_after_the_other_never_conflict(self):
        with Server(command="dynamodb", flags=["--in-memory"]) as server:
            client = server.boto3()
            make_table(client)
            for _ in range(200):
                client.transact_write_items(TransactItems=[{"Update": add_one("a")}])
                client.update_item(**add_one("a"))
            self.assertEqual(count_of(client, "a"), 400)


class Tokens(unittest.TestCase):
    def test_outlive_a_stop_and_a_crash(self):
        with Server(command="dynamodb") as server:
            make_table(server.boto3())
            request = {
                "TransactItems": [{"Update": add_one("a")}, {"Update": add_one("b")}],
                "ClientRequestToken": str(uuid.uuid4()),
                "ReturnConsumedCapacity": "TOTAL",
            }
            other = {**request, "TransactItems": [{"Update": add_one("a")}]}
            first = server.boto3().transact_write_items(**request)
            self.assertEqual(first["ConsumedCapacity"][0]["WriteCapacityUnits"], 4)
            for end in (server.stop, server.kill):
                end()
                server.start()
                client = server.boto3()
                again = client.transact_write_items(**request)
                self.assertEqual(again["ConsumedCapacity"][0]["ReadCapacityUnits"], 4)
                self.assertEqual((count_of(client, "a"), count_of(client, "b")), (1, 1))
                with self.assertRaises(
                    client.exceptions.IdempotentParameterMismatchException
                ) as caught:
                    client.transact_write_items(**other)
                self.assertIn("within the idempotency window", str(caught.exception))
                self.assertEqual(count_of(client, "a"), 1)


if __name__ == "__main__":
    main()
