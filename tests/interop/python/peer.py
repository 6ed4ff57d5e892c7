"""A hop over HTTP with opentelemetry's propagator: reads `value` from the request's headers, and hands it on along the route."""

import http.client
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from urllib.parse import urlsplit

from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context

PROPAGATOR = W3CBaggagePropagator()
CONNECTIONS = threading.local()


def inject(value):
    headers = {}
    if value is not None:
        PROPAGATOR.inject(headers, baggage.set_baggage("value", value, Context()))
    return headers


def extract(headers):
    return baggage.get_baggage("value", PROPAGATOR.extract(headers, Context()))


def post(url, headers, body):
    """Over a connection that this thread keeps."""
    parts = urlsplit(url)
    connections = CONNECTIONS.__dict__
    if parts.netloc not in connections:
        connections[parts.netloc] = http.client.HTTPConnection(parts.hostname, parts.port)
    connection = connections[parts.netloc]
    connection.request("POST", parts.path, json.dumps(body).encode(), {"content-type": "application/json", **headers})
    with connection.getresponse() as response:
        return json.load(response)


class Hop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one packet, at once.
    wbufsize = -1
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def answer(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, {"name": "opentelemetry-api", "version": version("opentelemetry-api"), "language": "Python"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        try:
            self.answer(200, {"read": self.hop(body)})
        except Exception as error:
            CONNECTIONS.__dict__.clear()
            self.answer(500, {"error": repr(error)})

    def hop(self, body):
        first = "value" in body
        value = body["value"] if first else extract({name.lower(): text for name, text in self.headers.items()})
        later = []
        if body["route"]:
            next, *route = body["route"]
            later = post(next, inject(value), {"route": route})["read"]
        return later if first else [value, *later]


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    # The propagator warns of each value that it drops; the table tells.
    logging.disable(logging.WARNING)
    server = Server(("127.0.0.1", 0), Hop)
    print(server.server_port, flush=True)
    server.serve_forever()
