"""The messages' table as older code writes it: conversations, messages, and what the rows say."""
import uuid

TABLE = "cruddur-messages"


class MessageTable:
    """`client` is boto3's; every conversation is one of the two `members`."""

    def __init__(self, client):
        self.client = client
        self.members = (str(uuid.uuid4()), str(uuid.uuid4()))

    def put(self, **attributes):
        self.client.put_item(
            TableName=TABLE, Item={name: {"S": value} for name, value in attributes.items()}
        )

    def start_conversation(self):
        group = str(uuid.uuid4())
        for me, other in (self.members, self.members[::-1]):
            self.put(
                pk=f"GRP#{me}",
                sk=f"2023-03-24T09:00:00.{int(group[:5], 16) % 1000000:06}+00:00",
                message_group_uuid=group,
                message="first",
                user_uuid=other,
                user_display_name="Andrew",
                user_handle="andrew",
            )
        return group

    def message_key(self, group, minute=0):
        time = f"2023-03-24T10:{minute:02}:00.{int(group[:5], 16) % 1000000:06}+00:00"
        return {"pk": {"S": f"MSG#{group}"}, "sk": {"S": time}}

    def say(self, group, text, minute=0):
        key = self.message_key(group, minute)
        self.put(
            pk=key["pk"]["S"],
            sk=key["sk"]["S"],
            message_uuid=str(uuid.uuid4()),
            message=text,
            user_uuid=self.members[0],
            user_display_name="Andrew",
            user_handle="andrew",
        )

    def rows(self, group):
        """What the two members' rows of the conversation say."""
        return [
            item["message"]["S"]
            for me in self.members
            for page in self.client.get_paginator("query").paginate(
                TableName=TABLE,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": f"GRP#{me}"}},
                ConsistentRead=True,
            )
            for item in page["Items"]
            if item.get("message_group_uuid") == {"S": group}
        ]
