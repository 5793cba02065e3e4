"""Kills `cruddur serve` again and again under load and holds what it kept against what it promised.

The seed is printed; CRUDDUR_SEED sets it. CRUDDUR_KILLS sets the number of kills (50 or more are
asked of the project; sanitizers, which are slow, get fewer by way of tests/CMakeLists.txt).
"""
import collections
import http.client
import os
import random
import shutil
import threading
import time
import unittest
import uuid

from cruddur_process import SANITIZED, Server, demo_data, main, send, wait_until

SEED = int(os.environ.get("CRUDDUR_SEED") or random.SystemRandom().randrange(1 << 32))
KILLS = int(os.environ.get("CRUDDUR_KILLS") or (10 if SANITIZED else 60))
TABLE = "cruddur-messages"


class Attempt:
    """A message that was sent: when, and (once acknowledged) when its answer had come."""
    __slots__ = ("text", "begun", "acknowledged", "created_at")

    def __init__(self, text):
        self.text, self.begun, self.acknowledged, self.created_at = text, time.monotonic(), None, None


class Writer(threading.Thread):
    """Sends messages to one other person, in turn by handle and by conversation, while it may."""

    def __init__(self, load, name, me, other):
        super().__init__(daemon=True)
        self.load, self.label, self.me, self.other = load, name, me, other
        self.token = load.server.token(me)
        self.attempts, self.conversation = [], None

    def run(self):
        connection, port = None, None
        while not self.load.ended.is_set():
            self.load.may_write.wait()
            if self.load.ended.is_set():
                break
            with self.load.lock:
                self.load.writing += 1
            try:
                if port != self.load.port or connection is None:
                    port = self.load.port
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                self.write_one(port, connection)
            except (OSError, http.client.HTTPException):
                connection.close()
                connection = None
                self.load.up.wait()
            finally:
                with self.load.lock:
                    self.load.writing -= 1

    def write_one(self, port, connection):
        number = len(self.attempts)
        attempt = Attempt(f"{self.label} {number}")
        self.attempts.append(attempt)
        body = {"message": attempt.text}
        if self.conversation is None or number % 3 == 0:
            body["handle"] = self.other
        else:
            body["message_group_uuid"] = self.conversation
        answer = send(port, "POST", "/api/messages", body, self.token, connection=connection)
        if answer.status != 200:
            # While it starts or stops it may refuse (503), but never confuse.
            if answer.status != 503:
                self.load.complaints.append(f"{self.label}: {body} answered {answer}")
            return
        sent = answer.json
        attempt.acknowledged = time.monotonic()
        attempt.created_at = sent.get("created_at")
        if self.conversation not in (None, sent["message_group_uuid"]):
            self.load.complaints.append(f"{self.label}: a second conversation {sent}")
        self.conversation = sent["message_group_uuid"]


class Watcher(threading.Thread):
    """Lists one person's conversations all the time: none vanishes, shows twice, or goes back."""

    def __init__(self, load, me):
        super().__init__(daemon=True)
        self.load, self.me, self.token, self.newest, self.reads = load, me, load.server.token(me), {}, 0

    def run(self):
        while not self.load.ended.is_set():
            try:
                answer = send(self.load.port, "GET", "/api/message_groups?limit=100", token=self.token)
            except (OSError, http.client.HTTPException):
                self.load.up.wait()
                continue
            if answer.status != 200:
                if answer.status != 503:
                    self.load.complaints.append(f"list of {self.me}: {answer}")
                continue
            self.reads += 1
            rows = collections.Counter(row["uuid"] for row in answer.json)
            if rows and max(rows.values()) > 1:
                self.load.complaints.append(f"{self.me} sees a conversation twice: {answer.json}")
            for missing in self.newest.keys() - rows.keys():
                self.load.complaints.append(f"{self.me} lost sight of {missing}")
            for row in answer.json:
                if row["created_at"] < self.newest.get(row["uuid"], ""):
                    self.load.complaints.append(f"{self.me}: {row} went back from {self.newest[row['uuid']]}")
                self.newest[row["uuid"]] = row["created_at"]
            time.sleep(0.002)


class Load:
    """The writers and watchers, and the port of whichever process serves them now."""

    def __init__(self, server):
        self.server, self.port = server, server.api
        self.ended, self.may_write, self.up = threading.Event(), threading.Event(), threading.Event()
        self.lock = threading.Lock()
        self.writing, self.complaints = 0, []
        self.may_write.set()
        self.up.set()
        people = ("andrewbrown", "bayko", "londo")
        pairs = [(a, b) for a in people for b in people if a != b]
        self.writers = [Writer(self, f"w{n}", *pairs[n % len(pairs)]) for n in range(12)]
        self.watchers = [Watcher(self, person) for person in people]
        for thread in self.writers + self.watchers:
            thread.start()

    def crash(self):
        """Kills the process at whatever it is doing, and starts it again on what is left."""
        self.up.clear()
        self.server.kill()
        self.server.start()
        self.port = self.server.api
        self.up.set()

    def pause(self):
        self.may_write.clear()
        wait_until(lambda: self.writing == 0, timeout=60)

    def resume(self):
        self.may_write.set()

    def end(self):
        self.ended.set()
        self.may_write.set()
        for thread in self.writers + self.watchers:
            thread.join(60)


class KilledUnderLoad(unittest.TestCase):
    def setUp(self):
        self.random = random.Random(SEED)
        self.server = Server(demo_data())
        self.addCleanup(shutil.rmtree, self.server.data, True)
        self.addCleanup(self.server.close)

    def test_every_acknowledged_message_is_kept_once_and_in_order(self):
        self.server.start()
        load = Load(self.server)
        self.addCleanup(load.end)
        for kill in range(KILLS):
            # Often at once after a start, when logs are being replayed; sometimes after long work.
            time.sleep(self.random.choice((self.random.uniform(0, 0.05), self.random.uniform(0, 0.3), self.random.uniform(0, 2))))
            load.crash()
            if kill % 10 == 9 or kill == KILLS - 1:
                load.pause()
                self.check_messages(load)
                self.assertEqual(load.complaints, [])
                load.resume()
        load.end()
        self.check_messages(load)
        self.assertEqual(load.complaints, [])
        self.check_table()
        acknowledged = sum(1 for writer in load.writers for attempt in writer.attempts if attempt.acknowledged)
        attempts = sum(len(writer.attempts) for writer in load.writers)
        reads = sum(watcher.reads for watcher in load.watchers)
        print(f"{KILLS} kills, {acknowledged} acknowledged of {attempts} messages, {reads} lists read", flush=True)
        self.assertGreater(acknowledged, KILLS * 5)
        self.assertGreater(reads, KILLS)

    def check_messages(self, load):
        by_conversation = collections.defaultdict(list)
        for writer in load.writers:
            if writer.conversation:
                by_conversation[writer.conversation].append(writer)
        for conversation, writers in by_conversation.items():
            people = {writers[0].me, writers[0].other}
            pages = {person: self.server.all_pages(f"/api/messages/{conversation}?limit=100", person) for person in people}
            seen = [[message for page in reversed(pages[person]) for message in page] for person in people]
            self.assertEqual(seen[0], seen[1], "both people see the same")
            messages = seen[0]
            times = [message["created_at"] for message in messages]
            self.assertEqual(times, sorted(set(times)))
            self.check_order(messages, writers)
            newest = messages[-1]
            for person in people:
                def rows():
                    listed = self.server.get("/api/message_groups", person).json
                    return [row for row in listed if row["uuid"] == conversation]
                wait_until(lambda: rows()[0]["created_at"] == newest["created_at"])
                self.assertEqual([(row["created_at"], row["message"]) for row in rows()],
                                 [(newest["created_at"], newest["message"])], person)

    def check_order(self, messages, writers):
        position = collections.defaultdict(list)
        for index, message in enumerate(messages):
            position[message["message"]].append(index)
        attempts = {}
        for writer in writers:
            previous = -1
            for attempt in writer.attempts:
                places = position[attempt.text]
                if attempt.acknowledged is None:
                    self.assertLessEqual(len(places), 1, f"{attempt.text}: not acknowledged, but there twice")
                else:
                    self.assertEqual(len(places), 1, f"{attempt.text}: acknowledged, and there {len(places)} times")
                    self.assertGreater(places[0], previous, f"{attempt.text} stands before an earlier one of its writer")
                    previous = places[0]
                    if attempt.created_at:
                        self.assertEqual(messages[places[0]]["created_at"], attempt.created_at)
                attempts[attempt.text] = attempt
        # Between writers: what was acknowledged before another was begun stands before it.
        latest_begin = 0
        for message in messages:
            attempt = attempts.get(message["message"])
            if attempt is None:
                continue  # of the demo
            if attempt.acknowledged is not None:
                self.assertGreaterEqual(attempt.acknowledged, latest_begin, f"{attempt.text} stands too late")
            latest_begin = max(latest_begin, attempt.begun)

    def check_table(self):
        """Table, index and stream agree, seen through DynamoDB's own API."""
        dynamodb = self.server.boto3()
        scan = lambda **options: [item for page in dynamodb.get_paginator("scan").paginate(TableName=TABLE, **options)
                                  for item in page["Items"]]
        key = lambda item: (item["pk"]["S"], item["sk"]["S"])
        # Where two conversations of a person moved at the same microsecond, one row stands a bit later.
        told = lambda row: row.get("message_created_at", row["sk"])
        rows_of = lambda items: {key(item): item for item in items if "message_group_uuid" in item}
        newest = {}
        items = scan()
        for item in items:
            if item["pk"]["S"].startswith("MSG#"):
                group = item["pk"]["S"].removeprefix("MSG#")
                if item["sk"]["S"] > newest.get(group, {"sk": {"S": ""}})["sk"]["S"]:
                    newest[group] = item

        def settled():  # the projection may still be on its way
            rows = rows_of(scan())
            groups = collections.Counter(row["message_group_uuid"]["S"] for row in rows.values())
            return set(groups.values()) == {2} and all(
                told(row) == newest[row["message_group_uuid"]["S"]]["sk"] for row in rows.values())
        wait_until(settled)
        items = {key(item): item for item in scan()}
        rows = rows_of(items.values())
        members = collections.defaultdict(list)
        for row in rows.values():
            group = row["message_group_uuid"]["S"]
            self.assertTrue(row["pk"]["S"].startswith("GRP#"), row)
            self.assertEqual(told(row), newest[group]["sk"], "a row that isn't the newest message's")
            self.assertEqual(row["message"], newest[group]["message"])
            members[group].append(row["pk"]["S"])
        self.assertEqual(members.keys(), newest.keys())
        for group, keys in members.items():
            self.assertEqual(len(keys), 2, group)
            self.assertEqual(len(set(keys)), 2, group)
        index = scan(IndexName="message-group-sk-index")
        self.assertEqual({key(item): item for item in index}, rows)
        self.assertEqual(len(index), len(rows))
        for group in members:
            queried = dynamodb.query(TableName=TABLE, IndexName="message-group-sk-index",
                                     KeyConditionExpression="message_group_uuid = :group",
                                     ExpressionAttributeValues={":group": {"S": group}})["Items"]
            self.assertEqual({key(item) for item in queried}, {pair for pair, row in rows.items()
                                                               if row["message_group_uuid"]["S"] == group})
        self.check_stream(dynamodb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"], items, key)

    def check_stream(self, arn, items, key):
        streams = self.server.boto3("dynamodbstreams")
        images = {}
        last = 0
        for record in read_stream(streams, arn):
            change = record["dynamodb"]
            self.assertGreater(int(change["SequenceNumber"]), last)
            last = int(change["SequenceNumber"])
            place = key(change["Keys"])
            if record["eventName"] == "REMOVE":
                self.assertIn(place, images, "removed before it was there")
                del images[place]
            else:
                self.assertEqual(record["eventName"], "MODIFY" if place in images else "INSERT", change)
                images[place] = change["NewImage"]
        self.assertEqual(images, items, "the stream replayed is the table")


def read_stream(streams, arn):
    description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
    for shard in description["Shards"]:
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"],
                                              ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        empty = 0
        while iterator and empty < 3:
            answer = streams.get_records(ShardIterator=iterator)
            yield from answer["Records"]
            empty = 0 if answer["Records"] else empty + 1
            iterator = answer.get("NextShardIterator")


class EngineKilledUnderLoad(unittest.TestCase):
    """`cruddur dynamodb`: items, transactions and their tokens, index and stream through kills."""
    TABLE, WRITERS = "kept", 6

    def setUp(self):
        self.random = random.Random(SEED + 1)
        self.server = Server(command="dynamodb")
        self.addCleanup(self.server.close)
        self.server.start()
        self.server.boto3().create_table(
            TableName=self.TABLE, BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "by")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            GlobalSecondaryIndexes=[{"IndexName": "by-index", "KeySchema": [{"AttributeName": "by", "KeyType": "HASH"}],
                                     "Projection": {"ProjectionType": "ALL"}}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
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
                        names = [{"pk": {"S": f"{writer}-{half}"}, "version": {"N": str(version)},
                                  "by": {"S": f"group-{chance.randrange(3)}"}} for half in ("a", "b")]
                        puts = [{"Put": {"TableName": self.TABLE, "Item": name}} for name in names]
                        count = {"Update": {"TableName": self.TABLE, "Key": {"pk": {"S": f"{writer}-count"}},
                                            "UpdateExpression": "ADD n :one",
                                            "ExpressionAttributeValues": {":one": {"N": "1"}}}}
                        pending = (version, str(uuid.uuid4()), puts + [count])
                    # The same token again after a crash: done once, whether or not it had been done.
                    client.transact_write_items(TransactItems=pending[2], ClientRequestToken=pending[1])
                    self.acknowledged[writer] = pending[0]
                    pending = None
            except Exception as error:  # botocore's types of a lost connection are many
                if self.up.is_set() and "Connect" not in type(error).__name__ and "Closed" not in type(error).__name__:
                    self.complaints.append(f"{writer}: {type(error).__name__} {error}")

    def test_transactions_are_whole_and_done_once(self):
        threads = [threading.Thread(target=self.write, args=(writer,), daemon=True) for writer in range(self.WRITERS)]
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
            keys = [{"Get": {"TableName": self.TABLE, "Key": {"pk": {"S": f"{writer}-{part}"}}}} for part in ("a", "b", "count")]
            found = [answer.get("Item") for answer in client.transact_get_items(TransactItems=keys)["Responses"]]
            versions = [int(item["version" if "version" in item else "n"]["N"]) if item else 0 for item in found]
            self.assertEqual(len(set(versions)), 1, f"writer {writer}: half a transaction, or one done twice: {found}")
            self.assertGreaterEqual(versions[0], least, f"writer {writer}: an acknowledged transaction is gone")
        if at_rest:
            self.check_index_and_stream(client)

    def check_index_and_stream(self, client):
        items = {item["pk"]["S"]: item for item in client.scan(TableName=self.TABLE)["Items"]}
        index = {item["pk"]["S"]: item for item in client.scan(TableName=self.TABLE, IndexName="by-index")["Items"]}
        self.assertEqual(index, {name: item for name, item in items.items() if "by" in item})
        arn = client.describe_table(TableName=self.TABLE)["Table"]["LatestStreamArn"]
        images = {}
        for record in read_stream(self.server.boto3("dynamodbstreams"), arn):
            change, name = record["dynamodb"], record["dynamodb"]["Keys"]["pk"]["S"]
            self.assertEqual(change.get("OldImage"), images.get(name), "an old image that is not the one before")
            images[name] = change["NewImage"]
        self.assertEqual(images, items)


if __name__ == "__main__":
    print(f"seed {SEED}: CRUDDUR_SEED={SEED} repeats the moments of the kills", flush=True)
    main()
