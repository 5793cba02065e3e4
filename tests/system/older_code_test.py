"""Items as the first system's code put them, straight into the table (spec section 12, 1, 5 and 8)."""
import datetime
import shutil
import threading
import uuid

from fault_fixture import FaultTest
from cruddur_process import Server, add_users, demo_data, main, send, wait_until

TABLE = "cruddur-messages"


class WrittenByOlderCode(FaultTest):
    """Items as the first system's code put them, straight into the table."""

    @classmethod
    def setUpClass(cls):
        cls.server = Server(demo_data())
        add_users(cls.server.data, ["ahead"])
        cls.addClassCleanup(shutil.rmtree, cls.server.data, True)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.dynamodb = cls.server.boto3()
        cls.people = {
            handle: cls.server.get(f"/api/users/@{handle}/short").json
            for handle in ("andrewbrown", "bayko", "londo")
        }

    def put(self, **attributes):
        self.dynamodb.put_item(
            TableName=TABLE, Item={name: {"S": value} for name, value in attributes.items()}
        )

    def message(self, group, at, sender, text):
        person = self.people[sender]
        return {
            "pk": {"S": f"MSG#{group}"},
            "sk": {"S": at},
            "message_uuid": {"S": str(uuid.uuid4())},
            "message": {"S": text},
            "user_uuid": {"S": person["uuid"]},
            "user_display_name": {"S": person["display_name"]},
            "user_handle": {"S": sender},
        }

    def conversation(
        self, at, one="andrewbrown", other="londo", message="this is a filler message"
    ):
        group = str(uuid.uuid4())
        for me, they in ((one, other), (other, one)):
            person = self.people[they]
            self.put(
                pk=f"GRP#{self.people[me]['uuid']}",
                sk=at,
                message_group_uuid=group,
                message=message,
                user_uuid=person["uuid"],
                user_display_name=person["display_name"],
                user_handle=they,
            )
        return group

    def row(self, group, handle="londo"):
        rows = [
            row
            for row in self.server.get("/api/message_groups?limit=100", handle).json
            if row["uuid"] == group
        ]
        self.assertLessEqual(len(rows), 1, "shown once")
        return rows[0] if rows else None

    def test_fault_01_conversations_of_other_years_are_there(self):
        group = self.conversation("2019-12-31T23:59:59.999999+00:00")
        for second in range(3):
            self.dynamodb.put_item(
                TableName=TABLE,
                Item=self.message(
                    group, f"2019-12-31T23:59:5{second}.000000+00:00", "londo", f"of old {second}"
                ),
            )
        self.assertEqual(self.row(group)["handle"], "andrewbrown")
        self.assertEqual(
            [
                message["message"]
                for message in self.server.get(f"/api/messages/{group}", "londo").json
            ],
            ["of old 0", "of old 1", "of old 2"],
        )
        answer = self.server.post(
            "/api/messages", {"message": "years later", "message_group_uuid": group}, "andrewbrown"
        )
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(
            self.server.get(f"/api/messages/{group}", "londo").json[-1]["message"], "years later"
        )

    def test_fault_05_other_offsets_and_whole_seconds_are_read(self):
        group = self.conversation("2023-03-24T10:45:01.561513+01:00")
        for at, text in (
            ("2023-03-24T10:45:01.561513+01:00", "an offset"),
            ("2023-03-24T11:45:01+01:00", "a whole second"),
        ):
            self.dynamodb.put_item(TableName=TABLE, Item=self.message(group, at, "londo", text))
        messages = self.server.get(f"/api/messages/{group}", "londo").json
        self.assertEqual(
            [message["message"] for message in messages], ["an offset", "a whole second"]
        )
        pages = self.server.all_pages(f"/api/messages/{group}?limit=1", "andrewbrown")
        self.assertEqual(
            [message["message"] for page in reversed(pages) for message in page],
            ["an offset", "a whole second"],
        )

    def test_fault_05_a_new_message_stands_after_one_from_the_future(self):
        answer = self.server.post(
            "/api/messages", {"message": "before", "handle": "ahead"}, "londo"
        )
        group = answer.json["message_group_uuid"]
        ahead = (
            datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=5)
        ).isoformat(timespec="microseconds")
        self.dynamodb.put_item(
            TableName=TABLE, Item=self.message(group, ahead, "bayko", "a clock that is ahead")
        )
        sent = self.server.post(
            "/api/messages", {"message": "after", "message_group_uuid": group}, "londo"
        ).json
        self.assertGreater(sent["created_at"], ahead)
        texts = [
            message["message"]
            for message in self.server.get(f"/api/messages/{group}", "londo").json
        ]
        self.assertEqual(texts[-3:], ["before", "a clock that is ahead", "after"])

    def test_fault_08_a_batch_that_begins_with_a_removal_moves_every_conversation(self):
        groups = [
            self.server.post("/api/messages", {"message": "start", "handle": handle}, "londo").json[
                "message_group_uuid"
            ]
            for handle in ("andrewbrown", "bayko")
        ]
        self.put(pk="X#gone", sk="x")
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        at = [
            (now + datetime.timedelta(microseconds=n)).isoformat(timespec="microseconds")
            for n in range(6)
        ]
        actions = [
            {"Delete": {"TableName": TABLE, "Key": {"pk": {"S": "X#gone"}, "sk": {"S": "x"}}}}
        ]
        for n in range(6):  # one transaction: its records stand together in the stream
            actions.append(
                {
                    "Put": {
                        "TableName": TABLE,
                        "Item": self.message(groups[n % 2], at[n], "londo", f"batch {n}"),
                    }
                }
            )
        self.dynamodb.transact_write_items(TransactItems=actions)
        for group, text in zip(groups, ("batch 4", "batch 5")):
            moved = wait_until(lambda: self.row(group)["message"] == text)
            self.assertTrue(moved, f"{group} still shows {self.row(group)}")

    def test_fault_08_an_old_message_moves_nothing_back(self):
        group = self.server.post(
            "/api/messages", {"message": "newest", "handle": "bayko"}, "andrewbrown"
        ).json["message_group_uuid"]
        other = self.server.post(
            "/api/messages", {"message": "marker", "handle": "londo"}, "andrewbrown"
        ).json["message_group_uuid"]
        self.dynamodb.put_item(
            TableName=TABLE,
            Item=self.message(group, "2020-01-01T00:00:00.000000+00:00", "bayko", "late"),
        )
        # The stream is handled in order: once the marker's next message shows, the old one was handled.
        ahead = (
            datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=1)
        ).isoformat(timespec="microseconds")
        self.dynamodb.put_item(TableName=TABLE, Item=self.message(other, ahead, "londo", "handled"))
        self.assertTrue(wait_until(lambda: self.row(other, "andrewbrown")["message"] == "handled"))
        self.assertEqual(self.row(group, "andrewbrown")["message"], "newest")

    def test_fault_08_one_row_remains_and_none_vanishes_meanwhile(self):
        group = self.server.post(
            "/api/messages", {"message": "0", "handle": "bayko"}, "andrewbrown"
        ).json["message_group_uuid"]
        missing, stop = [], threading.Event()
        token = self.server.token("bayko")

        def watch():
            while not stop.is_set():
                rows = send(
                    self.server.api, "GET", "/api/message_groups?limit=100", token=token
                ).json
                if [row["uuid"] for row in rows].count(group) != 1:
                    missing.append(rows)

        watching = threading.Thread(target=watch)
        watching.start()
        for n in range(1, 60):
            self.server.post(
                "/api/messages", {"message": str(n), "message_group_uuid": group}, "andrewbrown"
            )
        stop.set()
        watching.join()
        self.assertEqual(missing, [])

        def rows():
            return [
                item
                for page in self.dynamodb.get_paginator("query").paginate(
                    TableName=TABLE,
                    IndexName="message-group-sk-index",
                    KeyConditionExpression="message_group_uuid = :g",
                    ExpressionAttributeValues={":g": {"S": group}},
                )
                for item in page["Items"]
            ]

        wait_until(lambda: {row["message"]["S"] for row in rows()} == {"59"} and len(rows()) == 2)
        self.assertEqual([row["message"]["S"] for row in rows()], ["59", "59"])


if __name__ == "__main__":
    main()
