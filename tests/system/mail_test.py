"""The built-in user pool's mail by SMTP: TLS and login, a server that is away, slow, or refuses."""
import re
import shutil
import tempfile
import unittest

from cruddur_process import Server, main, run, send, wait_until
from smtp_stand_in import SmtpStandIn

CLIENT, PASSWORD = "cruddurlocalclient", "Correct-Horse7"
FROM = "cruddur@example.org"


class MailCase(unittest.TestCase):
    def setUp(self):
        self.data = tempfile.mkdtemp(prefix="cruddur-")
        self.addCleanup(shutil.rmtree, self.data, True)

    def stand_in(self, **options):
        stand_in = SmtpStandIn(**options)
        self.addCleanup(stand_in.stop)
        return stand_in

    def serve(self, url, *flags, env=None):
        server = Server(
            self.data,
            flags=["--sign-in-rate", "0", "--outbox", "smtp", "--smtp-url", url]
            + ["--smtp-from", FROM, *flags],
            env=env or {},
        )
        self.addCleanup(server.close)
        server.start()
        return server

    def call(self, server, operation, **members):
        headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        body = {"ClientId": CLIENT, **members}
        return send(server.api, "POST", "/", body, headers=headers, timeout=60)

    def sign_up(self, server, handle):
        email = f"{handle}@example.com"
        attributes = [{"Name": "email", "Value": email}]
        answer = self.call(
            server, "SignUp", Username=handle, Password=PASSWORD, UserAttributes=attributes
        )
        self.assertEqual(answer.status, 200, answer)
        return email

    def code(self, stand_in, email):
        self.assertTrue(wait_until(lambda: stand_in.to(email), timeout=60))
        return re.match(r"(\d{6}) ", stand_in.to(email)[-1].text).group(1)


class Delivered(MailCase):
    def check(self, implicit_tls):
        stand_in = self.stand_in(
            folder=self.data, implicit_tls=implicit_tls, accounts={"cruddur": "mail-Secret-1"}
        ).start()
        scheme = "smtps" if implicit_tls else "smtp"
        server = self.serve(
            f"{scheme}://localhost:{stand_in.port}",
            *("--smtp-ca", str(stand_in.ca), "--smtp-user", "cruddur"),
            env={"CRUDDUR_SMTP_PASSWORD": "mail-Secret-1"},
        )
        email = self.sign_up(server, "delenn")
        code = self.code(stand_in, email)
        mail = stand_in.to(email)[0]
        self.assertTrue(mail.encrypted)
        self.assertEqual(mail.user, "cruddur")
        self.assertEqual(mail.sender, FROM)
        self.assertEqual(mail.message["To"], f"<{email}>")
        self.assertIn("@delenn", mail.text)
        confirmed = self.call(server, "ConfirmSignUp", Username="delenn", ConfirmationCode=code)
        self.assertEqual(confirmed.status, 200, confirmed)
        for secret in ("mail-Secret-1", code):
            self.assertNotIn(secret, server.log())
        self.assertFalse((server.data / "outbox.jsonl").exists())

    def test_by_starttls_with_a_login(self):
        self.check(implicit_tls=False)

    def test_by_tls_with_a_login(self):
        self.check(implicit_tls=True)


class Troubled(MailCase):
    def test_a_server_that_comes_back_gets_what_waited(self):
        stand_in = self.stand_in()
        server = self.serve(f"smtp://127.0.0.1:{stand_in.port}", "--smtp-starttls", "off")
        email = self.sign_up(server, "lennier")
        self.assertTrue(wait_until(lambda: "a mail was not sent yet" in server.log(), timeout=60))
        stand_in.start()
        code = self.code(stand_in, email)
        self.assertNotIn(code, server.log())

    def test_a_server_that_is_busy_is_asked_again_and_one_that_refuses_is_not(self):
        stand_in = self.stand_in().start()
        server = self.serve(f"smtp://127.0.0.1:{stand_in.port}", "--smtp-starttls", "off")
        stand_in.refusals.append("451 try again")
        self.code(stand_in, self.sign_up(server, "vir"))
        stand_in.refusals.append("550 no such mailbox")
        email = self.sign_up(server, "gkar")
        self.assertTrue(wait_until(lambda: "a mail is given up" in server.log(), timeout=60))
        line = [line for line in server.log().splitlines() if "given up" in line][-1]
        self.assertIn("550", line)
        self.assertIn("username=gkar", line)
        self.assertEqual(stand_in.to(email), [])

    def test_a_server_that_hangs_holds_up_no_answer_and_no_stop(self):
        stand_in = self.stand_in().start()
        stand_in.hangs = True
        server = self.serve(f"smtp://127.0.0.1:{stand_in.port}", "--smtp-starttls", "off")
        self.sign_up(server, "kosh")
        self.assertTrue(wait_until(lambda: stand_in.connections > 0, timeout=60))
        # The sender hangs with the first mail, for longer than any answer of the pool may take.
        for handle in ("lyta", "ulkesh"):
            self.sign_up(server, handle)
        self.assertEqual(server.stop(), 0)
        self.assertIn("mail was not sent before the stop", server.log())

    def test_tls_is_not_done_without(self):
        stand_in = self.stand_in().start()  # offers no STARTTLS
        server = self.serve(f"smtp://127.0.0.1:{stand_in.port}")
        self.sign_up(server, "marcus")
        self.assertTrue(wait_until(lambda: "a mail was not sent yet" in server.log(), timeout=60))
        self.assertEqual(stand_in.mails, [])

    def test_settings_that_cannot_be_meant_end_the_start(self):
        for flags, reason in (
            ([], "smtp-url"),
            (["--smtp-url", "http://localhost"], "smtp-url"),
            (["--smtp-url", "smtp://localhost", "--smtp-from", "nobody"], "smtp-from"),
            (
                ["--smtp-url", "smtp://localhost", "--smtp-from", FROM]
                + ["--smtp-starttls", "off", "--smtp-user", "cruddur"],
                "in the clear",
            ),
        ):
            with self.subTest(reason=reason):
                result = run(
                    "serve", "--data", self.data, "--port", "0", "--dynamodb-port", "0",
                    "--outbox", "smtp", *flags,
                )  # fmt: skip
                self.assertEqual(result.returncode, 1, result)
                self.assertIn(reason, result.stderr)


if __name__ == "__main__":
    main()
