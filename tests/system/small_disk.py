"""A file system of the test's own, where the machine allows it."""
import contextlib
import subprocess
import unittest


@contextlib.contextmanager
def mounted(options, path):
    """A tmpfs on `path`, where the machine allows it."""
    result = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "cruddur-test", str(path)],
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise unittest.SkipTest(f"no mount: {result.stderr.strip()}")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)
