"""A thousand readers of a conversation that nobody has read yet make one query."""
import asyncio
import resource
import shutil
import unittest

from cruddur_process import PATIENCE, Server, demo_data, main, must_run

READERS = 1_000


async def read_all(port, path, token, readers):
    """The answers of `readers` connections that ask at the same time."""
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    peers = [await asyncio.open_connection("127.0.0.1", port) for _ in range(readers)]
    for _, writer in peers:  # all of them are connected
        writer.write(request.encode())
    answers = await asyncio.gather(*(reader.read() for reader, _ in peers))
    for _, writer in peers:
        writer.close()
    return answers


class ColdReaders(unittest.TestCase):
    def setUp(self):
        # For this process and the server that it starts.
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self.data = demo_data()
        self.addCleanup(shutil.rmtree, self.data, True)
        self.server = Server(self.data).start()
        self.addCleanup(self.server.close)

    def counts(self):
        lines = self.server.get("/metrics").body.decode().splitlines()
        values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        names = ('cruddur_cache_hits{adapter="memory"}', 'cruddur_cache_misses{adapter="memory"}',
                 "cruddur_page_loads_shared")
        return [float(values[name]) for name in names]

    def test_make_one_query(self):
        groups = self.server.get("/api/message_groups", "bayko").json  # knows the reader from now on
        path = f"/api/messages/{groups[0]['uuid']}"
        for _ in range(3):
            must_run("cache", "flush", "--port", self.server.api, "--data", self.data)
            before = self.counts()
            work = read_all(self.server.api, path, self.server.token("bayko"), READERS)
            answers = asyncio.run(asyncio.wait_for(work, 60 * PATIENCE))
            hits, misses, shared = (now - then for now, then in zip(self.counts(), before))
            self.assertEqual(len({answer.split(b"\r\n\r\n", 1)[1] for answer in answers}), 1)
            self.assertTrue(all(answer.startswith(b"HTTP/1.1 200") for answer in answers))
            self.assertEqual(hits + misses, READERS)
            # Who misses the page either asks the store or waits for one who does.
            self.assertEqual(misses - shared, 1)


if __name__ == "__main__":
    main()
