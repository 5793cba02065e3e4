"""Kills `cruddur serve` again and again under load and holds what it kept against what it promised."""
import collections
import random
import shutil
import time
import unittest

from crash_load import KILLS, SEED, Load, read_stream
from cruddur_process import Server, demo_data, main, wait_until

TABLE = "cruddur-messages"


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
            time.sleep(
                self.random.choice(
                    (
                        self.random.uniform(0, 0.05),
                        self.random.uniform(0, 0.3),
                        self.random.uniform(0, 2),
                    )
                )
            )
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
        acknowledged = sum(
            1 for writer in load.writers for attempt in writer.attempts if attempt.acknowledged
        )
        attempts = sum(len(writer.attempts) for writer in load.writers)
        reads = sum(watcher.reads for watcher in load.watchers)
        print(
            f"{KILLS} kills, {acknowledged} acknowledged of {attempts} messages, {reads} lists read",
            flush=True,
        )
        self.assertGreater(acknowledged, KILLS * 5)
        self.assertGreater(reads, KILLS)

    def check_messages(self, load):
        by_conversation = collections.defaultdict(list)
        for writer in load.writers:
            if writer.conversation:
                by_conversation[writer.conversation].append(writer)
        for conversation, writers in by_conversation.items():
            people = {writers[0].me, writers[0].other}
            pages = {
                person: self.server.all_pages(f"/api/messages/{conversation}?limit=100", person)
                for person in people
            }
            seen = [
                [message for page in reversed(pages[person]) for message in page]
                for person in people
            ]
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
                self.assertEqual(
                    [(row["created_at"], row["message"]) for row in rows()],
                    [(newest["created_at"], newest["message"])],
                    person,
                )

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
                    self.assertLessEqual(
                        len(places), 1, f"{attempt.text}: not acknowledged, but there twice"
                    )
                else:
                    self.assertEqual(
                        len(places),
                        1,
                        f"{attempt.text}: acknowledged, and there {len(places)} times",
                    )
                    self.assertGreater(
                        places[0],
                        previous,
                        f"{attempt.text} stands before an earlier one of its writer",
                    )
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
                self.assertGreaterEqual(
                    attempt.acknowledged, latest_begin, f"{attempt.text} stands too late"
                )
            latest_begin = max(latest_begin, attempt.begun)

    def check_table(self):
        """Table, index and stream agree, seen through DynamoDB's own API."""
        dynamodb = self.server.boto3()
        scan = lambda **options: [
            item
            for page in dynamodb.get_paginator("scan").paginate(TableName=TABLE, **options)
            for item in page["Items"]
        ]
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
                told(row) == newest[row["message_group_uuid"]["S"]]["sk"] for row in rows.values()
            )

        wait_until(settled)
        items = {key(item): item for item in scan()}
        rows = rows_of(items.values())
        members = collections.defaultdict(list)
        for row in rows.values():
            group = row["message_group_uuid"]["S"]
            self.assertTrue(row["pk"]["S"].startswith("GRP#"), row)
            self.assertEqual(
                told(row), newest[group]["sk"], "a row that isn't the newest message's"
            )
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
            queried = dynamodb.query(
                TableName=TABLE,
                IndexName="message-group-sk-index",
                KeyConditionExpression="message_group_uuid = :group",
                ExpressionAttributeValues={":group": {"S": group}},
            )["Items"]
            self.assertEqual(
                {key(item) for item in queried},
                {pair for pair, row in rows.items() if row["message_group_uuid"]["S"] == group},
            )
        self.check_stream(
            dynamodb.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"], items, key
        )

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
                self.assertEqual(
                    record["eventName"], "MODIFY" if place in images else "INSERT", change
                )
                images[place] = change["NewImage"]
        self.assertEqual(images, items, "the stream replayed is the table")


if __name__ == "__main__":
    print(f"seed {SEED}: CRUDDUR_SEED={SEED} repeats the moments of the kills", flush=True)
    main()
