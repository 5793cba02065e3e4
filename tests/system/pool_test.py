"""The built-in user pool as other people's clients see it: boto3, amazon-cognito-identity-js, Amplify, plain HTTP."""
import base64
import contextlib
import json
import shutil
import sqlite3
import stat
import unittest

from cruddur_process import (
    PROGRAM,
    ROOT,
    Server,
    ask,
    demo_data,
    main,
    must_run,
    run,
    send,
    users_file,
    wait_until,
)
from pool_fixture import CLIENT, PASSWORD, POOL, PoolCase, claims_of
from srp_client import SrpClient


class Boto3(PoolCase):
    def test_a_user_signs_up_and_talks(self):
        client = self.client()
        answer = self.sign_up(client, "delenn", confirmed=False)
        self.assertFalse(answer["UserConfirmed"])
        self.assertEqual(answer["CodeDeliveryDetails"]["Destination"], "d***@e***")
        email = "delenn@example.com"
        self.assertEqual(
            self.refused(self.sign_in, client, email),
            ("UserNotConfirmedException", "User is not confirmed."),
        )
        client.resend_confirmation_code(ClientId=CLIENT, Username=email)
        mails = self.mails(email)
        self.assertEqual(len(mails), 2)
        client.confirm_sign_up(ClientId=CLIENT, Username=email, ConfirmationCode=mails[-1]["code"])
        tokens = self.sign_in(client, email)

        # Nobody knew her; her first request makes the row, whoever she writes to.
        self.assertEqual(self.server.get("/api/users/@delenn/short").status, 404)
        token = tokens["AccessToken"]
        body = {"message": "In Valen's name", "handle": "bayko"}
        posted = ask(self.server.api, "POST", "/api/messages", body, token=token)
        self.assertEqual(posted.status, 200, posted)
        self.assertEqual(posted.json["handle"], "delenn")
        self.assertEqual(posted.json["display_name"], "Delenn")
        self.assertTrue(
            wait_until(lambda: self.server.get("/api/users/@delenn/short").status == 200)
        )
        rows = self.server.get("/api/message_groups", "bayko").json
        self.assertIn("delenn", [row["handle"] for row in rows])

        user = client.get_user(AccessToken=token)
        attributes = {entry["Name"]: entry["Value"] for entry in user["UserAttributes"]}
        self.assertEqual(attributes["preferred_username"], "delenn")
        self.assertEqual(attributes["sub"], answer["UserSub"])
        self.assertEqual(claims_of(tokens["IdToken"])["email"], email)

    def test_tokens_are_refreshed_and_ended(self):
        client = self.client()
        self.sign_up(client, "gkar")
        tokens = self.sign_in(client, "gkar")
        newer = client.initiate_auth(
            ClientId=CLIENT,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )["AuthenticationResult"]
        self.assertNotIn("RefreshToken", newer)
        rotated = self.call(
            "GetTokensFromRefreshToken",
            {"ClientId": CLIENT, "RefreshToken": tokens["RefreshToken"]},
        ).json["AuthenticationResult"]
        self.assertNotEqual(rotated["RefreshToken"], tokens["RefreshToken"])
        lists = lambda token: ask(self.server.api, "GET", "/api/message_groups", token=token).status
        for issued in (tokens, newer, rotated):
            self.assertEqual(lists(issued["AccessToken"]), 200)
        self.assertEqual(lists(newer["IdToken"]), 401)

        client.revoke_token(ClientId=CLIENT, Token=rotated["RefreshToken"])
        for token in (tokens["AccessToken"], newer["AccessToken"]):
            self.assertEqual(lists(token), 401, "remembered, but the sign-in was ended")
        self.assertEqual(
            self.refused(client.get_user, AccessToken=newer["AccessToken"]),
            ("NotAuthorizedException", "Access Token has been revoked"),
        )
        again = self.sign_in(client, "gkar")
        self.assertEqual(lists(again["AccessToken"]), 200)
        client.global_sign_out(AccessToken=again["AccessToken"])
        self.assertEqual(lists(again["AccessToken"]), 401)

    def test_a_sign_out_is_known_after_a_restart(self):
        client = self.client()
        self.sign_up(client, "natoth")
        token = self.sign_in(client, "natoth")["AccessToken"]
        client.global_sign_out(AccessToken=token)
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        answer = ask(self.server.api, "GET", "/api/message_groups", token=token)
        self.assertEqual(answer.status, 401)

    def test_passwords_are_forgotten_and_changed(self):
        client = self.client()
        self.sign_up(client, "ivanova")
        email = "ivanova@example.com"
        client.forgot_password(ClientId=CLIENT, Username="ivanova")
        mail = self.mails(email)[-1]
        self.assertEqual(mail["kind"], "recovery")
        client.confirm_forgot_password(
            ClientId=CLIENT,
            Username="ivanova",
            ConfirmationCode=mail["code"],
            Password="Second-Horse8",
        )
        token = self.sign_in(client, "ivanova", "Second-Horse8")["AccessToken"]
        client.change_password(
            AccessToken=token, PreviousPassword="Second-Horse8", ProposedPassword="Third-Horse9"
        )
        self.sign_in(client, email, "Third-Horse9")
        for name in ("ivanova", "nobody-at-all"):
            self.assertEqual(
                self.refused(self.sign_in, client, name, "Second-Horse8"),
                ("NotAuthorizedException", "Incorrect username or password."),
            )

    def test_administrators_sign_their_requests(self):
        admin = self.administrator()
        admin.admin_create_user(
            UserPoolId=POOL,
            Username="lennier",
            TemporaryPassword="Temporary-1",
            UserAttributes=[
                {"Name": "email", "Value": "lennier@example.com"},
                {"Name": "email_verified", "Value": "true"},
            ],
            MessageAction="SUPPRESS",
        )
        challenge = self.client().initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "lennier", "PASSWORD": "Temporary-1"},
        )
        self.assertEqual(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED")
        admin.admin_set_user_password(
            UserPoolId=POOL, Username="lennier", Password=PASSWORD, Permanent=True
        )
        user = admin.admin_get_user(UserPoolId=POOL, Username="lennier")
        self.assertEqual(user["UserStatus"], "CONFIRMED")
        self.sign_in(self.client(), "lennier")

        listed = []
        pages = admin.get_paginator("list_users").paginate(
            UserPoolId=POOL, PaginationConfig={"PageSize": 2}
        )
        for page in pages:
            self.assertLessEqual(len(page["Users"]), 2)
            listed += [user["Username"] for user in page["Users"]]
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual({"andrewbrown", "bayko", "londo", "lennier"}, set(listed))
        found = admin.list_users(UserPoolId=POOL, Filter='preferred_username = "BAYKO"')["Users"]
        self.assertEqual([user["Username"] for user in found], ["bayko"])

        file = self.server.data / "keys/admin-credentials"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        anybody = {"UserPoolId": POOL}
        self.assertEqual(
            self.refused(self.client().list_users, **anybody),
            ("UnrecognizedClientException", "The security token included in the request is invalid."),
        )
        key = admin._request_signer._credentials.access_key
        self.assertEqual(
            self.refused(self.client(id=key, secret="guessed").list_users, **anybody)[0],
            "InvalidSignatureException",
        )
        target = "AWSCognitoIdentityProviderService.ListUsers"
        answer = send(self.server.api, "POST", "/", anybody, headers={"X-Amz-Target": target})
        self.assertEqual(answer.json["__type"], "MissingAuthenticationTokenException")


class Srp(PoolCase):
    def begin(self, client, name, srp):
        challenge = client.initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": name, "SRP_A": srp.srp_a},
        )
        self.assertEqual(challenge["ChallengeName"], "PASSWORD_VERIFIER")
        return challenge["ChallengeParameters"]

    def respond(self, client, responses):
        return client.respond_to_auth_challenge(
            ClientId=CLIENT, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
        )

    def test_proves_a_password_without_sending_it(self):
        client = self.client()
        self.sign_up(client, "sheridan")
        for name in ("sheridan", "Sheridan@example.com"):
            srp = SrpClient(POOL)
            challenge = self.begin(client, name, srp)
            responses = srp.responses(challenge, PASSWORD)
            tokens = self.respond(client, responses)["AuthenticationResult"]
            self.assertEqual(claims_of(tokens["AccessToken"])["token_use"], "access")
            self.assertEqual(
                self.refused(self.respond, client, responses),
                ("NotAuthorizedException", "Invalid session for the user."),
            )
        for name in ("sheridan", "nobody-at-all"):
            srp = SrpClient(POOL)
            wrong = srp.responses(self.begin(client, name, srp), "Wrong-Horse7")
            self.assertEqual(
                self.refused(self.respond, client, wrong),
                ("NotAuthorizedException", "Incorrect username or password."),
            )

    def test_amazon_cognito_identity_js_signs_in_both_ways(self):
        self.run_node("cognito_identity.mjs", "garibaldi")

    def test_amplify_signs_in_both_ways_and_refreshes(self):
        self.run_node("amplify.mjs", "franklin")


class Wire(PoolCase):
    def test_errors_have_cognitos_form(self):
        for operation, body, kind in (
            ("Nonsense", {}, "UnknownOperationException"),
            ("SignUp", b"{", "SerializationException"),
            ("SignUp", b"[]", "SerializationException"),
            ("SignUp", {}, "InvalidParameterException"),
            ("SignUp", b'{"ClientId":"\xff"}', "SerializationException"),
            ("GetUser", {"AccessToken": "x"}, "NotAuthorizedException"),
            ("SignUp", b'{"a":"' + b"a" * 70_000 + b'"}', "SerializationException"),
        ):
            with self.subTest(operation=operation, kind=kind):
                answer = self.call(operation, body)
                self.assertEqual(answer.status, 400, answer)
                self.assertEqual(answer.json["__type"], kind)
                self.assertEqual(answer.headers["x-amzn-errortype"], kind + ":")
                self.assertEqual(answer.headers["content-type"], "application/x-amz-json-1.1")
                self.assertTrue(answer.headers["x-amzn-requestid"])
                self.assertEqual(answer.headers["cache-control"], "no-store")

    def test_its_documents_are_there(self):
        keys = self.server.get(f"/{POOL}/.well-known/jwks.json").json["keys"]
        self.assertGreaterEqual(len({key["kid"] for key in keys}), 2)
        config = self.server.get(f"/{POOL}/.well-known/openid-configuration").json
        issuer = claims_of(self.server.token("bayko"))["iss"]
        self.assertEqual(config["issuer"], issuer)
        self.assertEqual(config["jwks_uri"], issuer + "/.well-known/jwks.json")
        self.assertEqual(self.server.get("/us-east-1_other/.well-known/jwks.json").status, 404)

    def test_keys_rotate_while_it_runs(self):
        self.sign_up(self.client(), "drazi")
        kids = lambda: {
            key["kid"] for key in self.server.get(f"/{POOL}/.well-known/jwks.json").json["keys"]
        }
        kid_of = lambda token: json.loads(
            base64.urlsafe_b64decode(token.split(".")[0] + "=" * (-len(token.split(".")[0]) % 4))
        )["kid"]
        before, old = kids(), self.sign_in(self.client(), "drazi")
        wrapper = {"program": str(ROOT / "bin/cognito/rotate-keys"), "env": {"CRUDDUR_PROGRAM": PROGRAM}}
        printed = must_run("--data", str(self.server.data), **wrapper).stdout
        self.assertTrue(wait_until(lambda: len(kids()) == len(before) + 2))
        self.assertLess(before, kids())
        new = self.sign_in(self.client(), "drazi")
        for kind in ("AccessToken", "IdToken"):
            self.assertIn(kid_of(old[kind]), before)
            self.assertNotIn(kid_of(new[kind]), before)
            self.assertIn(kid_of(new[kind]), printed)
        for tokens in (old, new):
            answer = send(
                self.server.api, "GET", "/api/message_groups", token=tokens["AccessToken"]
            )
            self.assertEqual(answer.status, 200)
        for path in (self.server.data / "keys").glob("*.pem"):
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)

    def test_who_is_signed_out_by_a_command_is_out_soon(self):
        self.sign_up(self.client(), "pakmara")
        data = ["--data", str(self.server.data)]
        printed = must_run("token", "pakmara", "--expires-in", "100000", *data).stdout.strip()
        signed_in = self.sign_in(self.client(), "pakmara")["AccessToken"]
        status = lambda token: ask(
            self.server.api, "GET", "/api/message_groups", token=token
        ).status
        for token in (printed, signed_in):
            self.assertEqual(status(token), 200)
        must_run("cognito", "set-password", "pakmara", *data, stdin="Second-Horse8\n")
        for token in (printed, signed_in):
            self.assertTrue(wait_until(lambda: status(token) == 401))

    def test_the_demo_users_sign_in(self):
        file = self.server.data / "demo-password"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        password = file.read_text().strip()
        for handle in ("andrewbrown", "bayko"):  # another test gives londo a password
            token = self.sign_in(self.client(), handle, password)["AccessToken"]
            answer = ask(self.server.api, "GET", "/api/message_groups", token=token)
            self.assertEqual(answer.status, 200, answer)

    def test_an_operator_sets_a_password(self):
        data = ["--data", str(self.server.data)]
        wrapper = {"program": str(ROOT / "bin/cognito/set-password"), "env": {"CRUDDUR_PROGRAM": PROGRAM}}
        must_run("londo", *data, stdin=PASSWORD + "\n", **wrapper)
        self.sign_in(self.client(), "londo")
        weak = run("cognito", "set-password", "londo", *data, stdin="weak\n")
        self.assertEqual(weak.returncode, 1)
        self.assertIn("Password not long enough", weak.stderr)
        nobody = run("cognito", "set-password", "nobody", *data, stdin=PASSWORD + "\n")
        self.assertEqual(nobody.returncode, 1)


class SomebodyElses(PoolCase):
    """The same pool as a real one: another server has it by configuration alone."""

    def setUp(self):
        self.settings = {
            "AWS_COGNITO_USER_POOL_ID": POOL,
            "AWS_COGNITO_USER_POOL_CLIENT_ID": CLIENT,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": f"http://127.0.0.1:{self.server.api}",
            "CRUDDUR_COGNITO_ISSUER": f"http://localhost:4567/{POOL}",
            "AWS_SHARED_CREDENTIALS_FILE": str(self.server.data / "keys/admin-credentials"),
        }
        self.data = demo_data()
        self.addCleanup(shutil.rmtree, self.data, True)

    def subs(self, data):
        with contextlib.closing(sqlite3.connect(users_file(data))) as database:
            return dict(database.execute("select handle, cognito_user_id from users"))

    def test_its_users_sign_in(self):
        client = self.client()
        self.sign_up(client, "kosh")
        token = self.sign_in(client, "kosh")["AccessToken"]
        with Server(self.data, env=self.settings) as other:
            answer = ask(other.api, "GET", "/api/message_groups", token=token)
            self.assertEqual(answer.status, 200, answer)
            self.assertEqual(other.get("/api/users/@kosh/short").json["display_name"], "Kosh")
            # What the other server issues itself is nothing here.
            own = must_run("token", "bayko", "--data", self.data).stdout.strip()
            self.assertEqual(ask(other.api, "GET", "/api/message_groups", token=own).status, 401)
            self.assertEqual(other.post("/", {}).status, 404, "there is no pool of its own")

    def test_commands_read_it(self):
        listed = must_run("cognito", "list-users", "--data", self.data, env=self.settings).stdout
        users, end = json.JSONDecoder().raw_decode(listed)
        handles = json.loads(listed[end:])
        self.assertEqual(handles["bayko"], self.subs(self.server.data)["bayko"])
        self.assertEqual(len(users["Users"]), len(handles))
        self.assertNotEqual(self.subs(self.data)["bayko"], handles["bayko"])
        copied = must_run(
            "db", "update_cognito_user_ids", "--data", self.data, env=self.settings
        ).stdout
        self.assertIn(f"@bayko {handles['bayko']}", copied)
        self.assertEqual(self.subs(self.data)["bayko"], handles["bayko"])

    def test_commands_say_why_they_cannot(self):
        for changed, reason in (
            ({"AWS_SHARED_CREDENTIALS_FILE": "/nowhere"}, "needs AWS credentials"),
            (
                {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"},
                "UnrecognizedClientException",
            ),
            ({"AWS_COGNITO_USER_POOL_ID": "us-east-1_Other"}, "does not exist"),
            ({"AWS_COGNITO_USER_POOL_ID": "nonsense"}, "no user pool's id"),
        ):
            with self.subTest(reason=reason):
                env = {**self.settings, **changed}
                result = run("cognito", "list-users", "--data", self.data, env=env)
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(reason, result.stderr)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)


if __name__ == "__main__":
    main()
