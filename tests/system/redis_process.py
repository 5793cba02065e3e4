"""A Redis server of the tests' own: on a free loopback port, keeping nothing, ended by its process id."""
import contextlib
import signal
import socket
import subprocess
import tempfile
import time


class Redis:
    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = None
        self.start()

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
             "--dbfilename", f"nobody-has-written-{self.port}.rdb"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tempfile.gettempdir(),
        )
        for _ in range(500):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.01)
        raise AssertionError("redis-server did not start")

    def hang(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def stop(self):
        self.process.kill()
        self.process.wait()

    def command(self, *words):
        """The raw answer to a command."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as peer:
            request = b"*%d\r\n" % len(words)
            for word in words:
                request += b"$%d\r\n%s\r\n" % (len(word), word.encode())
            peer.sendall(request + b"*1\r\n$4\r\nQUIT\r\n")
            answer = b""
            while chunk := peer.recv(65536):
                answer += chunk
            return answer
