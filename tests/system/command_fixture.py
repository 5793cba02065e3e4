"""Commands through their bin/ wrappers."""
import unittest

from cruddur_process import PROGRAM, ROOT, run


def wrapper(name, *arguments, env=None, **options):
    """bin/NAME, running the program under test."""
    return run(
        *arguments,
        program=str(ROOT / "bin" / name),
        env={"CRUDDUR_PROGRAM": PROGRAM, **(env or {})},
        **options
    )


class CommandTest(unittest.TestCase):
    def succeeds(self, name, *arguments, **options):
        result = wrapper(name, *arguments, **options)
        self.assertEqual(result.returncode, 0, result)
        return result.stdout

    def fails(self, name, *arguments, status=1, **options):
        """With one line on stderr, which is returned, and nothing on stdout."""
        result = wrapper(name, *arguments, **options)
        self.assertEqual(result.returncode, status, result)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        return result.stderr
