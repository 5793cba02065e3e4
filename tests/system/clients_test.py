"""DynamoDB clients that nobody here wrote, against `cruddur dynamodb` and against `serve`'s port.

The scripts are those of tests/conformance: each takes the endpoint from CRUDDUR_TEST_ENDPOINT and
fails with a status other than 0.
"""
import shutil
import subprocess
import tempfile
import threading
import unittest

from cruddur_process import PATIENCE, ROOT, Server, demo_data, environment, main

SCRIPTS = ROOT / "tests/conformance"


def command_of(script):
    return {".py": ["/usr/bin/python3"], ".sh": ["bash"], ".mjs": ["node"]}[script.suffix] + [
        str(script)
    ]


class Clients(unittest.TestCase):
    def run_all(self, port):
        scripts = sorted(
            path for path in SCRIPTS.iterdir() if path.suffix in (".py", ".sh", ".mjs")
        )
        self.assertTrue(scripts)
        for script in scripts:
            with self.subTest(script=script.name):
                env = environment({"CRUDDUR_TEST_ENDPOINT": f"http://127.0.0.1:{port}"})
                result = subprocess.run(
                    command_of(script),
                    env=env,
                    capture_output=True,
                    text=True,
                    timeout=120 * PATIENCE,
                    cwd=tempfile.gettempdir(),
                )
                self.assertEqual(
                    result.returncode,
                    0,
                    f"{script.name}:\n{result.stdout[-6000:]}\n{result.stderr[-6000:]}",
                )
                print(
                    f"{script.name}: {result.stdout.strip().splitlines()[-1] if result.stdout.strip() else 'ok'}",
                    flush=True,
                )

    def test_on_the_endpoint_alone(self):
        with Server(command="dynamodb") as server:
            self.run_all(server.dynamodb)

    def test_on_the_endpoint_of_a_server_at_work(self):
        data = demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        with Server(data) as server:
            stop, failures = threading.Event(), []

            def talk():
                number = 0
                while not stop.is_set():
                    number += 1
                    answer = server.post(
                        "/api/messages",
                        {"message": f"meanwhile {number}", "handle": "bayko"},
                        "andrewbrown",
                    )
                    if answer.status != 200:
                        failures.append(answer)

            server.token("andrewbrown")
            talking = threading.Thread(target=talk)
            talking.start()
            try:
                self.run_all(server.dynamodb)
            finally:
                stop.set()
                talking.join()
            self.assertEqual(failures, [])


if __name__ == "__main__":
    main()
