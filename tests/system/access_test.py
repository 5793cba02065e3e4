"""`--credentials`: who may call the DynamoDB endpoint and do what, with boto3 and our own commands."""
import json
import pathlib
import shutil
import signal
import tempfile
import unittest

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cruddur_process import Server, demo_data, main, must_run, run, wait_until

SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/cruddur-messages"
# The policy of the journal in shared/seeds, for this region and account.
FIRST_SYSTEM = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "VisualEditor0",
            "Effect": "Allow",
            "Action": ["dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:Query"],
            "Resource": [f"{TABLE}/index/message-group-sk-index", TABLE],
        }
    ],
}
EVERYTHING = {"Statement": {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}}


def user(name, *policies):
    key = {"AccessKeyId": name.upper(), "SecretAccessKey": SECRET}
    return {"UserName": name, "AccessKeys": [key], "Policies": list(policies)}


def client(server, key, secret=SECRET, region="us-east-1"):
    return boto3.client(
        "dynamodb",
        endpoint_url=f"http://127.0.0.1:{server.dynamodb}",
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"max_attempts": 0}),
    )


class Access(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-"))
        self.addCleanup(shutil.rmtree, self.directory, True)
        self.file = self.directory / "credentials.json"
        self.write([user("admin", EVERYTHING), user("lambda", FIRST_SYSTEM)])

    def write(self, users):
        draft = self.directory / "draft"
        draft.write_text(json.dumps({"Users": users}))
        draft.chmod(0o600)
        draft.rename(self.file)

    def refused(self, call, code, text):
        with self.assertRaises(ClientError) as caught:
            call()
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        self.assertIn(text, caught.exception.response["Error"]["Message"])

    def environment(self, key):
        return {"AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": SECRET}

    def test_the_endpoint_alone(self):
        with Server(command="dynamodb", flags=["--in-memory", "--credentials", self.file]) as server:
            url = f"http://127.0.0.1:{server.dynamodb}"
            load = ("ddb", "schema-load", "--endpoint-url", url)
            self.assertIn("AccessDeniedException", run(*load, env=self.environment("LAMBDA")).stderr)
            must_run(*load, env=self.environment("ADMIN"))
            self.assertIn("UnrecognizedClientException", run(*load).stderr)

            policed = client(server, "LAMBDA")
            key = {"pk": {"S": "MSG#1"}, "sk": {"S": "2023"}}
            policed.put_item(TableName="cruddur-messages", Item=key)
            for more in (
                {"KeyConditionExpression": "pk = :v"},
                {
                    "KeyConditionExpression": "message_group_uuid = :v",
                    "IndexName": "message-group-sk-index",
                },
            ):
                policed.query(
                    TableName="cruddur-messages",
                    ExpressionAttributeValues={":v": {"S": "MSG#1"}},
                    **more,
                )
            policed.delete_item(TableName="cruddur-messages", Key=key)
            self.refused(
                lambda: policed.get_item(TableName="cruddur-messages", Key=key),
                "AccessDeniedException",
                "User: arn:aws:iam::000000000000:user/lambda is not authorized to perform: "
                f"dynamodb:GetItem on resource: {TABLE} because no identity-based policy allows "
                "the dynamodb:GetItem action",
            )
            self.refused(
                lambda: client(server, "ADMIN", secret="guessed").list_tables(),
                "InvalidSignatureException",
                "The request signature we calculated does not match",
            )
            self.refused(
                lambda: client(server, "ADMIN", region="eu-west-1").list_tables(),
                "InvalidSignatureException",
                "Credential should be scoped to a valid region. ",
            )
            self.refused(
                lambda: client(server, "NOBODY").list_tables(),
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            )
            self.assertNotIn(SECRET, server.log())

    def test_sighup_reads_the_file_again(self):
        with Server(command="dynamodb", flags=["--in-memory", "--credentials", self.file]) as server:

            def lists(key):
                try:
                    client(server, key).list_tables()
                    return True
                except ClientError:
                    return False

            self.assertTrue(lists("ADMIN"))
            self.write([user("second", EVERYTHING)])
            server.process.send_signal(signal.SIGHUP)
            self.assertTrue(wait_until(lambda: lists("SECOND")), server.log())
            self.assertFalse(lists("ADMIN"))
            # A file that can't be read changes nothing.
            self.file.write_text("{")
            server.process.send_signal(signal.SIGHUP)
            self.assertTrue(wait_until(lambda: "stay as they were" in server.log()), server.log())
            self.assertTrue(lists("SECOND"))
            self.assertEqual(server.stop(), 0)

    def test_the_api_goes_on_beside_a_guarded_endpoint(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        with Server(data=data, flags=["--credentials", self.file]) as server:
            groups = server.get("/api/message_groups", "bayko")
            self.assertEqual(groups.status, 200, groups)
            sent = server.post(
                "/api/messages",
                {"message": "hi", "message_group_uuid": groups.json[0]["uuid"]},
                "bayko",
            )
            self.assertEqual(sent.status, 200, sent)
            self.assertEqual(server.get("/api/message_groups", "bayko").json[0]["message"], "hi")
            self.assertEqual(client(server, "ADMIN").list_tables()["TableNames"], ["cruddur-messages"])
            self.refused(client(server, "LAMBDA").list_tables, "AccessDeniedException", "ListTables")

    def test_a_file_that_is_not_understood_stops_the_start(self):
        condition = {"StringEquals": {"aws:ResourceTag/team": "true"}}
        unsupported = {"Statement": {**EVERYTHING["Statement"], "Condition": condition}}
        for mode, users, why in (
            (0o600, [user("a", unsupported)], "'aws:ResourceTag/team' is not supported"),
            (0o600, [], "the file has no access key"),
            (0o644, [user("a", EVERYTHING)], "chmod 600"),
        ):
            self.write(users)
            self.file.chmod(mode)
            for command in ("dynamodb", "serve"):
                result = run(
                    command, "--port", "0", "--data", self.directory / "data", "--credentials", self.file, timeout=20
                )
                self.assertEqual(result.returncode, 1, result)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                self.assertIn(str(self.file), result.stderr)
                self.assertIn(why, result.stderr)
                self.assertNotIn(SECRET, result.stderr)


if __name__ == "__main__":
    main()
