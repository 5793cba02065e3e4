"""A server of its own for each test of a fault."""
import shutil
import unittest

from cruddur_process import Server, add_users, demo_data


class FaultTest(unittest.TestCase):
    def serve(self, data=None, flags=(), env=None, handles=()):
        data = data or demo_data()
        self.addCleanup(shutil.rmtree, data, True)
        if handles:
            add_users(data, handles)
        server = Server(data, flags=flags, env=env)
        self.addCleanup(server.close)
        return server.start()
