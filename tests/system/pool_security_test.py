"""What the built-in user pool owes its users: no answer tells who they are, no guess is free, no secret gets out."""
import re
import stat
import time

from cruddur_process import main, must_run, wait_until
from pool_fixture import CLIENT, PASSWORD, POOL, PoolCase
from srp_client import SrpClient

WRONG = "Wrong-Horse7"


class Enumeration(PoolCase):
    """Somebody and nobody get the same answers, and wait for them as long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sign_up(cls(), cls.client(), "delenn")

    def alike(self, operation, slow=True, **members):
        """The answer, which must be one for the user, for nobody, and for an address of theirs. In
        `members` NAME is the name. `slow`: it must take what hashing a password may take."""
        answers = []
        for names in (("delenn", "nobody"), ("delenn@example.com", "nobody@example.com")):
            seen = []
            for name in names:
                body = {
                    key: {k: v.replace("NAME", name) for k, v in value.items()}
                    if isinstance(value, dict)
                    else value.replace("NAME", name)
                    for key, value in members.items()
                }
                begin = time.monotonic()
                answer = self.call(operation, {"ClientId": CLIENT, **body})
                if slow:
                    # A floor, so that it holds on any machine.
                    self.assertGreaterEqual(time.monotonic() - begin, 0.25)
                headers = {
                    key: value
                    for key, value in answer.headers.items()
                    if key not in ("x-amzn-requestid", "x-request-id", "date", "content-length")
                }
                seen.append((answer.status, headers, answer.json))
            self.assertEqual(seen[0][:2], seen[1][:2])
            answers.append(seen)
        return answers

    def equal(self, operation, **members):
        for somebody, nobody in self.alike(operation, **members):
            self.assertEqual(somebody, nobody)

    def test_signing_in(self):
        self.equal(
            "InitiateAuth",
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "NAME", "PASSWORD": WRONG},
        )

    def test_signing_in_by_srp(self):
        srp = SrpClient(POOL)
        parameters = {"USERNAME": "NAME", "SRP_A": srp.srp_a}
        forms = set()
        for pair in self.alike(
            "InitiateAuth", slow=False, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters
        ):
            for _, _, body in pair:
                challenge = body["ChallengeParameters"]
                forms.add((body["ChallengeName"], *sorted(challenge)))
                self.assertEqual(challenge["USERNAME"], challenge["USER_ID_FOR_SRP"])
                self.assertRegex(challenge["USER_ID_FOR_SRP"], r"^[0-9a-f-]{36}$")
                refused = self.call(
                    "RespondToAuthChallenge",
                    {
                        "ClientId": CLIENT,
                        "ChallengeName": "PASSWORD_VERIFIER",
                        "ChallengeResponses": srp.responses(challenge, WRONG),
                    },
                )
                self.assertEqual(refused.json["message"], "Incorrect username or password.")
        self.assertEqual(len(forms), 1)

    def test_codes(self):
        self.equal("ConfirmSignUp", Username="NAME", ConfirmationCode="12345")
        self.equal(
            "ConfirmForgotPassword", Username="NAME", ConfirmationCode="12345", Password=PASSWORD
        )

    def test_mail(self):
        for operation in ("ForgotPassword", "ResendConfirmationCode"):
            for pair in self.alike(operation, Username="NAME"):
                for _, _, body in pair:
                    details = body["CodeDeliveryDetails"]
                    self.assertRegex(details.pop("Destination"), r"^[a-z]\*\*\*@[a-z]\*\*\*$")
                    self.assertEqual(
                        details, {"AttributeName": "email", "DeliveryMedium": "EMAIL"}
                    )

    def test_signing_up_with_an_address(self):
        seen = []
        for handle, email in (("vir", "delenn@example.com"), ("lyta", "dodger@example.com")):
            answer = self.call(
                "SignUp",
                {
                    "ClientId": CLIENT,
                    "Username": handle,
                    "Password": PASSWORD,
                    "UserAttributes": [{"Name": "email", "Value": email}],
                },
            )
            body = {k: v for k, v in answer.json.items() if k != "UserSub"}
            seen.append((answer.status, body))
        self.assertEqual(seen[0], seen[1])


class Limits(PoolCase):
    flags = ["--sign-in-rate", "40"]  # a burst of ten

    def test_an_address_is_told_to_wait(self):
        for _ in range(30):
            answer = self.call("GetUser", {"AccessToken": "x"})
            if answer.json["__type"] == "TooManyRequestsException":
                break
        self.assertEqual(answer.json["__type"], "TooManyRequestsException")
        self.assertRegex(answer.headers["retry-after"], re.compile(r"^[1-9]$"))


class Guesses(PoolCase):
    def guess(self, name):
        parameters = {"USERNAME": name, "PASSWORD": WRONG}
        body = {"ClientId": CLIENT, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": parameters}
        return self.call("InitiateAuth", body)

    def test_an_account_is_locked_under_all_its_public_names(self):
        sub = self.sign_up(self.client(), "ivanova")["UserSub"]
        names = ["ivanova", sub, "IVANOVA", sub, "Ivanova"]
        for name in names:
            self.assertEqual(self.guess(name).json["message"], "Incorrect username or password.")
        # The lock is short at first: on a slow machine it may have to be met again.
        locked = lambda: next(
            (
                answer
                for answer in map(self.guess, names)
                if answer.json["message"] == "Password attempts exceeded"
            ),
            None,
        )
        answer = wait_until(locked, timeout=60)
        self.assertEqual(answer.json["__type"], "NotAuthorizedException")
        self.assertRegex(answer.headers["retry-after"], r"^[1-9]\d*$")

    def test_codes_are_limited_too(self):
        self.sign_up(self.client(), "talia", confirmed=False)
        body = {"ClientId": CLIENT, "Username": "talia", "ConfirmationCode": "12345"}
        limited = lambda: (
            answer := self.call("ConfirmSignUp", body)
        ).json["__type"] == "LimitExceededException" and answer
        answer = wait_until(limited, timeout=60)
        self.assertRegex(answer.headers["retry-after"], r"^[1-9]\d*$")


class Secrets(PoolCase):
    flags = PoolCase.flags + ["--log-level", "debug"]

    def secrets(self):
        """Everything secret that somebody or something said while a user was served in all ways."""
        client, admin = self.client(), self.administrator()
        first, second, third = "Zathras-Knows-1", "Zathras-Chose-2", "Zathras-Again-3"
        email = "zathras@example.com"
        said = [first, second, third, "Zathras-Guesses-1"]
        self.sign_up(client, "zathras", first)
        self.refused(self.sign_in, client, "zathras", "Zathras-Guesses-1")
        tokens = self.sign_in(client, "zathras", first)
        rotated = self.call(
            "GetTokensFromRefreshToken",
            {"ClientId": CLIENT, "RefreshToken": tokens["RefreshToken"]},
        ).json["AuthenticationResult"]
        client.change_password(
            AccessToken=rotated["AccessToken"], PreviousPassword=first, ProposedPassword=second
        )
        client.forgot_password(ClientId=CLIENT, Username=email)
        client.confirm_forgot_password(
            ClientId=CLIENT,
            Username=email,
            ConfirmationCode=self.mails(email)[-1]["code"],
            Password=third,
        )
        srp = SrpClient(POOL)
        challenge = client.initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": "zathras", "SRP_A": srp.srp_a},
        )["ChallengeParameters"]
        admin.admin_create_user(
            UserPoolId=POOL,
            Username="draal",
            UserAttributes=[{"Name": "email", "Value": "draal@example.com"}],
        )
        temporary = self.mails("draal@example.com")[-1]["code"]
        waiting = client.initiate_auth(
            ClientId=CLIENT,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "draal", "PASSWORD": temporary},
        )
        for issued in (tokens, rotated):
            said += [issued[kind] for kind in ("AccessToken", "IdToken", "RefreshToken")]
        said += [temporary, waiting["Session"], challenge["SECRET_BLOCK"]]
        said.append(admin._request_signer._credentials.secret_key)
        return said, [f'"{mail["code"]}"' for mail in self.mails(email)]

    def test_nothing_secret_is_in_the_log_or_the_database(self):
        said, codes = self.secrets()
        served = lambda: self.server.log().count('"path":"/"') >= 10
        self.assertTrue(wait_until(served, timeout=60))
        log = self.server.log()
        for secret in said + codes:
            self.assertNotIn(secret, log)
        # A challenge that waits is in the database under its name, which is good once in three minutes.
        database = b"".join(
            path.read_bytes() for path in self.server.data.glob("users.sqlite*") if path.is_file()
        )
        for secret in said[:-3] + said[-1:]:
            self.assertNotIn(secret.encode(), database)

    def test_only_the_owner_reads_its_files(self):
        self.sign_up(self.client(), "epsilon")
        must_run("cognito", "rotate-keys", "--data", str(self.server.data))
        folder = self.server.data / "keys"
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        files = [*folder.iterdir(), *self.server.data.glob("users.sqlite*")]
        files += [self.server.data / name for name in ("outbox.jsonl", "demo-password")]
        self.assertGreaterEqual(len(files), 9)
        for path in files:
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600, path)


if __name__ == "__main__":
    main()
