"""cognito-local: somebody else's Cognito, of npm (npm ci --prefix tests/node), on a loopback port."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from cruddur_process import PATIENCE, ROOT, environment, wait_until
from postgres_process import free_port

PROGRAM = ROOT / "tests/node/node_modules/cognito-local/lib/bin/start.js"


class CognitoLocal:
    """Keeps its users in a directory of its own; ended by its process id."""

    def __init__(self):
        if not PROGRAM.exists():
            raise unittest.SkipTest("cognito-local is not installed: npm ci --prefix tests/node")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="cruddur-cognito-"))
        self.process = None

    def start(self):
        with open(self.directory / "log", "a") as log:
            self.process = subprocess.Popen(
                ["node", str(PROGRAM)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment({"HOST": "127.0.0.1", "PORT": str(self.port), "CODE": "123456"}),
            )
        if not wait_until(self._answers, timeout=30 if PATIENCE > 1 else 60, interval=0.1):
            self.stop()
            raise AssertionError((self.directory / "log").read_text())
        return self

    def _answers(self):
        if self.process.poll() is not None:
            return False
        return "running on" in (self.directory / "log").read_text()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()

    def close(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def client(self):
        import boto3

        return boto3.client(
            "cognito-idp",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="local",
            aws_secret_access_key="local",
        )
