"""What the tests of the built-in user pool share: a server, its clients, its users."""
import base64
import configparser
import json
import shutil
import subprocess
import tempfile
import unittest

from cruddur_process import PATIENCE, ROOT, Server, demo_data, environment, send

POOL, CLIENT = "local_cruddur", "cruddurlocalclient"
PASSWORD = "Correct-Horse7"


def claims_of(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class PoolCase(unittest.TestCase):
    """One server for all tests of a class; users have names of their own."""

    flags = ["--log-format", "json", "--sign-in-rate", "0"]

    @classmethod
    def setUpClass(cls):
        cls.server = Server(demo_data(), flags=cls.flags)
        cls.addClassCleanup(shutil.rmtree, cls.server.data, True)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()

    @classmethod
    def client(cls, port=None, **keys):
        import boto3
        from botocore.config import Config

        return boto3.client(
            "cognito-idp",
            endpoint_url=f"http://127.0.0.1:{port or cls.server.api}",
            region_name="us-east-1",
            aws_access_key_id=keys.get("id", "somebody"),
            aws_secret_access_key=keys.get("secret", "something"),
            config=Config(retries={"max_attempts": 0}),
        )

    @classmethod
    def administrator(cls):
        file = configparser.ConfigParser()
        file.read(cls.server.data / "keys/admin-credentials")
        return cls.client(
            id=file["default"]["aws_access_key_id"], secret=file["default"]["aws_secret_access_key"]
        )

    def mails(self, to):
        path = self.server.data / "outbox.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [mail for mail in map(json.loads, lines) if mail["to"] == to]

    def call(self, operation, body, **options):
        target = f"AWSCognitoIdentityProviderService.{operation}"
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return send(self.server.api, "POST", "/", data, headers=headers, **options)

    def run_node(self, script, handle):
        """A script of tests/system that signs this user in and up and out with somebody else's library."""
        self.sign_up(self.client(), handle)
        result = subprocess.run(
            ["node", str(ROOT / "tests/system" / script)],
            env=environment(
                {
                    "CRUDDUR_TEST_POOL": f"http://127.0.0.1:{self.server.api}/",
                    "CRUDDUR_TEST_OUTBOX": str(self.server.data / "outbox.jsonl"),
                    "CRUDDUR_TEST_USER": handle,
                    "CRUDDUR_TEST_PASSWORD": PASSWORD,
                }
            ),
            capture_output=True,
            text=True,
            timeout=60 * PATIENCE,
            cwd=tempfile.gettempdir(),
        )
        self.assertEqual(result.returncode, 0, f"{result.stdout[-4000:]}\n{result.stderr[-4000:]}")

    def sign_up(self, client, handle, password=PASSWORD, confirmed=True):
        email = f"{handle}@example.com"
        answer = client.sign_up(
            ClientId=CLIENT,
            Username=email,
            Password=password,
            UserAttributes=[
                {"Name": "email", "Value": email},
                {"Name": "preferred_username", "Value": handle},
                {"Name": "name", "Value": handle.title()},
            ],
        )
        if confirmed:
            code = self.mails(email)[-1]["code"]
            client.confirm_sign_up(ClientId=CLIENT, Username=email, ConfirmationCode=code)
        return answer

    def sign_in(self, client, name, password=PASSWORD):
        return client.initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password},
        )["AuthenticationResult"]

    def refused(self, call, *arguments, **parameters):
        """(error's name, its message)"""
        from botocore.exceptions import ClientError

        with self.assertRaises(ClientError) as caught:
            call(*arguments, **parameters)
        error = caught.exception.response["Error"]
        return error["Code"], error["Message"]
