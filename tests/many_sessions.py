"""What the scripts with thousands of sessions share: a store that costs next to nothing, a proxy node in front of it, sessions up to their login."""

import os
import resource
import selectors
import socket
import subprocess
import sys
import time

from loopback import ROOT


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def listen_nonblocking():
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(4096)
    listening.setblocking(False)
    return listening


def store_answers(data):
    """One answer for each line: enough of IMAP for a login and for NOOP."""
    answers = []
    for line in data.split(b"\r\n")[:-1]:
        tag, _, rest = line.partition(b" ")
        if rest.startswith((b"AUTHENTICATE", b"LOGIN")):
            answers.append(tag + b" OK [CAPABILITY IMAP4rev1] in\r\n")
        else:
            answers.append(tag + b" OK\r\n")
    return b"".join(answers)


def serve_store(listening):
    raise_descriptor_limit()
    poll = selectors.EpollSelector()
    poll.register(listening, selectors.EVENT_READ)
    while True:
        for key, _ in poll.select():
            if key.fileobj is listening:
                try:
                    while True:
                        peer, _ = listening.accept()
                        peer.setblocking(False)
                        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                        peer.send(b"* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] store\r\n")
                        poll.register(peer, selectors.EVENT_READ)
                except BlockingIOError:
                    continue
            else:
                try:
                    data = key.fileobj.recv(65536)
                    if data:
                        key.fileobj.send(store_answers(data))
                        continue
                except BlockingIOError:
                    continue
                except ConnectionError:
                    pass
                poll.unregister(key.fileobj)
                key.fileobj.close()


def log_in(port, number):
    """A session up to the store's OK, one after the other: no concurrency to get wrong."""
    client = socket.create_connection(("127.0.0.1", port))
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    expect(client, b"* OK")
    client.sendall(b"a LOGIN user%d@example.org secret\r\n" % number)
    expect(client, b"a OK")
    return client


def expect(client, start):
    data = b""
    while not data.endswith(b"\r\n"):
        piece = client.recv(4096)
        if not piece:
            raise SystemExit("the proxy closed a session: %r" % data)
        data += piece
    if not data.startswith(start):
        raise SystemExit("unexpected: %r" % data)


def share(values, part):
    return values[min(len(values) - 1, int(len(values) * part))]


def fork(run, *arguments):
    child = os.fork()
    if child == 0:
        try:
            run(*arguments)
            os._exit(0)
        except BaseException as problem:
            print(problem, file=sys.stderr)
            os._exit(1)
    return child


def start_proxy(folder, port, store_port, transport):
    certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    command = ["dotnet", os.path.join(str(ROOT), "src/MailProxy/bin/Release/net10.0/mailproxy.dll"), "proxy",
               "--config", os.path.join(str(ROOT), "config/bench.json"), "--set", "Transport=" + transport,
               "--set", "Listeners:0:Port=%d" % port, "--set", "Routing:Stores:0:Ports:imap=%d" % store_port]
    for other in range(1, 6):
        command += ["--set", "Listeners:%d:Port=0" % other]
    proxy = subprocess.Popen(command, env=dict(os.environ, YARDSTICK_CERT=certificate, YARDSTICK_KEY=key))
    until = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return proxy
        except ConnectionError:
            if proxy.poll() is not None or time.monotonic() > until:
                raise SystemExit("the proxy does not start")
            time.sleep(0.1)
