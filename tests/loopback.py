"""What the measuring scripts beside it share: a certificate, a fake IMAP store, a proxy node on ports of its own, its CPU time."""

import asyncio
import contextlib
import multiprocessing
import os
import pathlib
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLAIN, IMPLICIT_TLS = 0, 1  # Listeners of config/bench.json.
LISTENERS = 6
TICKS = os.sysconf("SC_CLK_TCK")


def certificate(folder: pathlib.Path, algorithm: str) -> dict[str, str]:
    """Makes a self-signed certificate (rsa or ec); returns the environment that config/bench.json takes it from."""
    key = {"rsa": ["rsa:2048"], "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]}[algorithm]
    files = {"YARDSTICK_CERT": str(folder / "cert.pem"), "YARDSTICK_KEY": str(folder / "key.pem")}
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=mail.example.org", "-newkey", *key]
    subprocess.run([*command, "-out", files["YARDSTICK_CERT"], "-keyout", files["YARDSTICK_KEY"]], check=True, capture_output=True)
    return files


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def cpu_of(process: int) -> float:
    """Seconds of CPU that a process has used so far, user and system."""
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class _Store(asyncio.Protocol):
    """Says yes to everybody; one command per segment, as the proxy sends them."""

    def connection_made(self, transport):
        self._transport = transport
        transport.write(b"* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN] store\r\n")

    def data_received(self, data):
        tag = data.split(b" ", 1)[0]
        if b"LOGOUT" in data:
            self._transport.write(b"* BYE\r\n" + tag + b" OK LOGOUT\r\n")
            self._transport.close()
        else:
            self._transport.write(tag + b" OK [CAPABILITY IMAP4rev1 IDLE] Logged in\r\n")


def _serve(listener):
    async def run():
        server = await asyncio.get_running_loop().create_server(_Store, sock=listener, backlog=1024)
        await server.serve_forever()

    asyncio.run(run())


@contextlib.contextmanager
def store():
    """A fake IMAP store in a process of its own; gives its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        process = multiprocessing.Process(target=_serve, args=(listener,), daemon=True)
        process.start()
        try:
            yield listener.getsockname()[1]
        finally:
            process.kill()
            process.join()


class Node:
    """`COMMAND proxy --config config/bench.json`, from exec on; ends with the block."""

    def __init__(self, command, environment, store_port, listener, settings=()):
        self.port = free_port()
        overrides = [f"Listeners:{number}:Port={self.port if number == listener else 0}" for number in range(LISTENERS)]
        overrides += [f"Routing:Stores:0:Ports:imap={store_port}", *settings]
        arguments = [part for override in overrides for part in ("--set", override)]
        self._words = tempfile.TemporaryFile(mode="w+")
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [*command, "proxy", "--config", str(ROOT / "config/bench.json"), *arguments],
            env=os.environ | environment, stdout=self._words, stderr=subprocess.STDOUT)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._words.close()

    @property
    def pid(self) -> int:
        """The node's process."""
        return self._process.pid

    def cpu(self) -> float:
        """Seconds of CPU so far, user and system."""
        return cpu_of(self.pid)

    def ended(self) -> str | None:
        """What the node said if it ended already, which it should not; otherwise None."""
        if self._process.poll() is None:
            return None
        self._words.seek(0)
        return self._words.read().strip()

    def wait(self, patience=30.0):
        """Returns once the listener takes connections."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if (words := self.ended()) is not None:
                raise SystemExit(f"the node did not start: {words}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            time.sleep(0.02)
        raise SystemExit("the node does not listen")


def receive_line(connection) -> bytes:
    """What came, once it ends in a line end; nothing when the peer ended."""
    received = b""
    while not received.endswith(b"\n"):
        piece = connection.recv(4096)
        if not piece:
            return b""
        received += piece
    return received


def log_in(connection, user: str):
    """Greeting and LOGIN; raises when the proxy does not say yes."""
    if not receive_line(connection).startswith(b"* OK"):
        raise ConnectionError("no greeting")
    connection.sendall(f"a LOGIN {user} secret\r\n".encode())
    answer = receive_line(connection)
    if not answer.startswith(b"a OK"):
        raise ConnectionError(f"refused: {answer!r}")


def log_out(connection):
    """LOGOUT and everything up to the end."""
    connection.sendall(b"b LOGOUT\r\n")
    while connection.recv(4096):
        pass
