"""A real user pool by configuration alone: the built-in one of another server, page by page and throttled, and cognito-local."""
import contextlib
import json
import shutil
import sqlite3
import tempfile
import unittest

from cognito_local import CognitoLocal
from cruddur_process import Server, demo_data, main, must_run, run, send, users_file, wait_until

PASSWORD = "Correct-Horse7"


def listed(settings, data):
    """`cruddur cognito list-users`: the users, and handle -> sub."""
    output = must_run("cognito", "list-users", "--data", data, env=settings).stdout
    users, end = json.JSONDecoder().raw_decode(output)
    return users["Users"], json.loads(output[end:])


def subs(data):
    with contextlib.closing(sqlite3.connect(users_file(data), timeout=30)) as database:
        return dict(database.execute("select handle, cognito_user_id from users"))


class Case(unittest.TestCase):
    def prepared(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        return data

    def served(self, data, **options):
        server = Server(data, **options)
        self.addCleanup(server.close)
        return server.start()


class BuiltIn(Case):
    """More users than two pages hold, behind a limit of requests."""

    def test_commands_read_every_page_and_wait_when_throttled(self):
        pool = self.prepared()
        columns = "sub, username, preferred_username, email, status, created_at, updated_at"
        time = "2024-01-01T00:00:00.000000+00:00"
        with contextlib.closing(sqlite3.connect(users_file(pool))) as database, database:
            database.executemany(
                f"insert into pool_users ({columns}) values (?, ?, ?, ?, 'CONFIRMED', ?, ?)",
                [
                    (f"sub-{n}", f"user{n}", f"user{n}" if n else None, f"{n}@x.org", time, time)
                    for n in range(130)
                ],
            )
        server = self.served(pool, flags=["--sign-in-rate", "60"])
        settings = {
            "AWS_COGNITO_USER_POOL_ID": "local_cruddur",
            "AWS_COGNITO_USER_POOL_CLIENT_ID": "cruddurlocalclient",
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": f"http://127.0.0.1:{server.api}",
            "AWS_SHARED_CREDENTIALS_FILE": str(server.data / "keys/admin-credentials"),
        }
        target = {"X-Amz-Target": "AWSCognitoIdentityProviderService.GetUser"}
        throttled = lambda: "TooManyRequests" in send(
            server.api, "POST", "/", {}, headers=target
        ).body.decode()
        data = self.prepared()
        self.assertTrue(wait_until(throttled))
        users, handles = listed(settings, data)
        self.assertEqual(len(users), 133)
        self.assertEqual(len({user["Username"] for user in users}), 133)
        self.assertEqual(len(handles), 132)
        self.assertEqual(handles["user77"], "sub-77")

        self.assertTrue(wait_until(throttled))
        result = must_run("db", "update_cognito_user_ids", "--data", data, env=settings)
        self.assertEqual(subs(data), subs(pool))
        self.assertEqual(result.stdout.count("\n"), 3, "those who are users here")
        self.assertIn("skipped sub-0: no preferred_username", result.stderr)
        self.assertIn("skipped @user77: not in users", result.stderr)


class SomebodyElses(Case):
    @classmethod
    def setUpClass(cls):
        cls.cognito = CognitoLocal()
        cls.addClassCleanup(cls.cognito.close)
        cls.cognito.start()

    def setUp(self):
        self.client = self.cognito.client()
        self.pool = self.client.create_user_pool(PoolName="test")["UserPool"]["Id"]
        web = self.client.create_user_pool_client(UserPoolId=self.pool, ClientName="web")
        self.web = web["UserPoolClient"]["ClientId"]
        self.settings = {
            "AWS_COGNITO_USER_POOL_ID": self.pool,
            "AWS_COGNITO_USER_POOL_CLIENT_ID": self.web,
            "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": self.cognito.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        }

    def add(self, user, **attributes):
        """A user who has a password; the sub."""
        email = f"{user}@example.com"
        attributes = {"email": email, "email_verified": "true", **attributes}
        created = self.client.admin_create_user(
            UserPoolId=self.pool,
            Username=email,
            TemporaryPassword="Temporary-1",
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": n, "Value": v} for n, v in attributes.items()],
        )["User"]
        self.client.admin_set_user_password(
            UserPoolId=self.pool, Username=email, Password=PASSWORD, Permanent=True
        )
        return next(a["Value"] for a in created["Attributes"] if a["Name"] == "sub")

    def sign_in(self, user):
        return self.client.initiate_auth(
            ClientId=self.web,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": f"{user}@example.com", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]

    def test_commands_read_it(self):
        bayko = self.add("a", preferred_username="bayko")
        londo = self.add("b", preferred_username="LONDO")
        nameless = self.add("c")
        data = self.prepared()
        before = subs(data)
        users, handles = listed(self.settings, data)
        self.assertEqual(handles, {"bayko": bayko, "LONDO": londo})
        self.assertEqual(len(users), 3)
        result = must_run("db", "update_cognito_user_ids", "--data", data, env=self.settings)
        self.assertEqual(subs(data), {**before, "bayko": bayko, "londo": londo})
        self.assertIn(f"skipped {nameless}", result.stderr)

        # `setup` says where it stops: at its last step, when the pool is away.
        settings = {**self.settings, "AWS_COGNITO_USER_POOL_ID": "local_nothing"}
        stopped = run("db", "setup", "--data", data, env=settings)
        self.assertEqual(stopped.returncode, 1, stopped)
        self.assertRegex(stopped.stderr, r"^cruddur: update_cognito_user_ids: the user pool .*\n$")
        steps = ["drop", "create", "schema-load", "seed", "update_cognito_user_ids"]
        self.assertEqual(stopped.stdout.split(), [word for step in steps for word in ("==", step)])

    def test_a_first_sign_in_makes_the_row(self):
        sub = self.add("vir", preferred_username="vir", name="Vir Cotto")
        self.add("zathras")  # no handle: the pool's usernames are ids
        data = self.prepared()
        server = self.served(data, env=self.settings)
        tokens = self.sign_in("vir")
        asked = lambda token: send(server.api, "GET", "/api/me", token=token)

        def awaited(token):  # a pool that takes its time on a busy machine is a 503 for a while
            wait_until(lambda: asked(token).status != 503, timeout=60, interval=0.5)
            return asked(token)

        me = awaited(tokens["AccessToken"])
        self.assertEqual(me.status, 200, me)
        expected = {"handle": "vir", "display_name": "Vir Cotto", "email": "vir@example.com"}
        self.assertEqual({name: me.json[name] for name in expected}, expected)
        self.assertEqual(subs(data)["vir"], sub)
        self.assertEqual(asked(tokens["IdToken"]).status, 401)
        change = lambda body: send(
            server.api, "PATCH", "/api/me", body, token=tokens["AccessToken"]
        )
        self.assertEqual(change({"handle": "other"}).json, ["handle_belongs_to_user_pool"])
        self.assertEqual(change({"display_name": "Vir"}).json, {**me.json, "display_name": "Vir"})

        refused = awaited(self.sign_in("zathras")["AccessToken"])
        self.assertEqual(refused.status, 403, refused)
        self.assertIn("preferred_username", refused.json["message"])

    def test_a_pool_that_is_away_signs_nobody_out(self):
        self.add("vir", preferred_username="vir")
        token = self.sign_in("vir")["AccessToken"]
        data = tempfile.mkdtemp(prefix="cruddur-")
        self.addCleanup(shutil.rmtree, data, True)
        with contextlib.closing(CognitoLocal()) as gone:  # a port where nobody listens
            settings = {
                **self.settings,
                "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": gone.url,
                "CRUDDUR_COGNITO_ISSUER": f"{self.cognito.url}/{self.pool}",
            }
            server = self.served(data, env=settings)
            for _ in range(2):
                answer = send(server.api, "GET", "/api/me", token=token)
                self.assertEqual(answer.status, 503, answer)
                self.assertTrue(answer.headers["retry-after"].isdigit())
            self.assertEqual(send(server.api, "GET", "/api/me", token="x.y.z").status, 401)


if __name__ == "__main__":
    main()
