#!/usr/bin/env bash
# Baggage that opentelemetry writes in Python has a plus for each blank when opentelemetry reads it in Node.
#
# Python's propagator encodes a value as a form does (`quote_plus`), Node's decodes it as a URI (`decodeURIComponent`). Both
# are right with themselves, and Node's writer with Python's reader, so that tests of either side pass. W3C Baggage knows
# per cent alone. A `+` of the value itself arrives, as `%2B`: so in Node `Ada+King` is a name with a blank or a plus.
#
# Source: opentelemetry/baggage/propagation/__init__.py of https://pypi.org/project/opentelemetry-api/1.45.2/, and
# src/baggage/utils.ts of https://www.npmjs.com/package/@opentelemetry/core/v/2.12.1
# Seen: opentelemetry-api 1.45.2 for Python, @opentelemetry/core 2.12.1 for Node, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
{
    python3 -m venv venv &&
        venv/bin/pip install --quiet --disable-pip-version-check opentelemetry-api==1.45.2 typing_extensions==4.16.0 &&
        npm install --silent --no-audit --no-fund @opentelemetry/api@1.9.1 @opentelemetry/core@2.12.1
} >/dev/null || exit 2

cat >write.py <<'PYTHON'
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.context import Context

propagator = W3CBaggagePropagator()
for user in ["Ada King", "Ada+King", "Ada"]:
    headers = {}
    propagator.inject(headers, baggage.set_baggage("user", user, Context()))
    read = baggage.get_baggage("user", propagator.extract(headers, Context()))
    print(headers["baggage"])
    assert read == user
PYTHON
cat >read.mjs <<'NODE'
import { createInterface } from 'node:readline'
import { ROOT_CONTEXT, defaultTextMapGetter, propagation } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'

const propagator = new W3CBaggagePropagator()
for await (const baggage of createInterface({ input: process.stdin })) {
  const context = propagator.extract(ROOT_CONTEXT, { baggage }, defaultTextMapGetter)
  const user = propagation.getBaggage(context).getEntry('user').value
  console.log(`Python sends ${baggage}, Node reads ${JSON.stringify(user)}`)
}
NODE
venv/bin/pip list --disable-pip-version-check | grep opentelemetry
npm ls --depth 0 | tail -n +2
venv/bin/python write.py | node read.mjs | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
Python sends user=Ada+King, Node reads "Ada+King"
Python sends user=Ada%2BKing, Node reads "Ada+King"
Python sends user=Ada, Node reads "Ada"
SEEN
