#!/usr/bin/env bash
# One empty value, and dd-trace's reader drops the whole baggage header, which dd-trace has written.
#
# `setBaggageItem('note', '')` is sent as `note=`. The reader takes a member without a value for malformed, and a malformed
# member for a reason to read none: the tenant and the user beside it are gone, in the same process and with the same
# version. W3C Baggage allows an empty value (`value = *baggage-octet`). Opentelemetry's reader for Node skips such a
# member alone.
#
# Source: packages/dd-trace/src/opentracing/propagation/text_map.js, `#extractBaggageItems`, of
# https://www.npmjs.com/package/dd-trace/v/5.132.0
# Seen: dd-trace 5.132.0, @opentelemetry/core 2.12.1, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --omit=optional \
    dd-trace@5.132.0 @opentelemetry/api@1.9.1 @opentelemetry/core@2.12.1 >/dev/null || exit 2

cat >hop.mjs <<'NODE'
import { ROOT_CONTEXT, defaultTextMapGetter, propagation } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'

// No agent, no telemetry.
process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = 'false'
process.env.DD_REMOTE_CONFIGURATION_ENABLED = 'false'
process.env.DD_TRACE_STARTUP_LOGS = 'false'
const { default: tracer } = await import('dd-trace')
tracer.init({ plugins: false, flushInterval: 1e9 })
const span = tracer.startSpan('hop')

for (const note of ['fragile', '']) {
  tracer.removeAllBaggageItems()
  tracer.setBaggageItem('tenant', 'acme')
  tracer.setBaggageItem('note', note)
  tracer.setBaggageItem('user', 'alice')
  const headers = {}
  tracer.inject(span, 'http_headers', headers)
  tracer.removeAllBaggageItems()
  tracer.extract('http_headers', headers)
  console.log(`dd-trace sends ${headers.baggage}`)
  console.log(`  dd-trace reads ${JSON.stringify(tracer.getAllBaggageItems())}`)
  const context = new W3CBaggagePropagator().extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
  const entries = propagation.getBaggage(context)?.getAllEntries() ?? []
  const read = Object.fromEntries(entries.map(([name, { value }]) => [name, value]))
  console.log(`  @opentelemetry/core reads ${JSON.stringify(read)}`)
}
NODE
npm ls --depth 0 | tail -n +2
node hop.mjs | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
dd-trace sends tenant=acme,note=fragile,user=alice
  dd-trace reads {"tenant":"acme","note":"fragile","user":"alice"}
  @opentelemetry/core reads {"tenant":"acme","note":"fragile","user":"alice"}
dd-trace sends tenant=acme,note=,user=alice
  dd-trace reads {}
  @opentelemetry/core reads {"tenant":"acme","user":"alice"}
SEEN
