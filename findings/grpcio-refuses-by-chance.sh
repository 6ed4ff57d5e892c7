#!/usr/bin/env bash
# Between two sizes of metadata, a server of grpcio refuses some calls and serves others that are the same.
#
# Metadata above the soft limit (8 KiB unless set) are refused with a probability that grows with their size, until the
# hard limit (16 KiB) refuses all. So a header that grows by a member or two passes every test, and costs some calls in
# a hundred in production. Names, values and 32 bytes an entry count, those of all headers together. The limits are of the
# receiving side, also for what a server answers.
#
# Source: `GRPC_ARG_MAX_METADATA_SIZE` in include/grpc/impl/channel_arg_names.h of https://github.com/grpc/grpc says so;
# the documentation of Python's package does not.
# Seen: grpcio 1.85.3, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
    python3 -m venv venv &&
        venv/bin/pip install --quiet --disable-pip-version-check --only-binary :all: grpcio==1.85.3 typing_extensions==4.16.0
} >/dev/null || exit 2

cat >call.py <<'PYTHON'
from concurrent.futures import ThreadPoolExecutor

import grpc

CALLS = 200


class Server(grpc.GenericRpcHandler):
    def service(self, details):
        return grpc.unary_unary_rpc_method_handler(lambda request, context: b"served")


server = grpc.server(ThreadPoolExecutor())
server.add_generic_rpc_handlers([Server()])
port = server.add_insecure_port("127.0.0.1:0")
server.start()
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    call = channel.unary_unary("/test.Test/Call")
    for size in [4_000, 12_000, 17_000]:
        served, codes = 0, set()
        for _ in range(CALLS):
            try:
                call(b"", metadata=[("x-note", "a" * size)])
                served += 1
            except grpc.RpcError as error:
                codes.add(error.code().name)
        share = {0: "none", CALLS: "all"}.get(served, "some")
        print(f"{size} bytes: {share} of {CALLS} calls served, the others refused with {codes or '-'}")
server.stop(None)
PYTHON
venv/bin/pip list --disable-pip-version-check | grep grpcio
venv/bin/python call.py | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
4000 bytes: all of 200 calls served, the others refused with -
12000 bytes: some of 200 calls served, the others refused with {'RESOURCE_EXHAUSTED'}
17000 bytes: none of 200 calls served, the others refused with {'RESOURCE_EXHAUSTED'}
SEEN
