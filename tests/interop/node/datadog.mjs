import { createRequire } from 'node:module'

import { serve } from './hop.mjs'

// No agent listens here, and nothing else of the tracer's is looked at.
process.env.DD_INSTRUMENTATION_TELEMETRY_ENABLED = 'false'
process.env.DD_REMOTE_CONFIGURATION_ENABLED = 'false'
process.env.DD_TRACE_STARTUP_LOGS = 'false'
process.env.DD_TRACE_PROPAGATION_STYLE = 'tracecontext,baggage'
const { default: tracer } = await import('dd-trace')
tracer.init({ plugins: false, flushInterval: 1e9 })

// One is enough: nothing is sent of it but its identifiers.
const span = tracer.startSpan('hop')

serve({
  name: 'dd-trace',
  language: 'Node',
  version: createRequire(import.meta.url)('dd-trace/package.json').version,
  inject(value) {
    const headers = {}
    tracer.removeAllBaggageItems()
    if (value !== undefined) tracer.setBaggageItem('value', value)
    tracer.inject(span, 'http_headers', headers)
    return headers
  },
  extract(headers) {
    tracer.extract('http_headers', headers)
    return tracer.getBaggageItem('value')
  },
})
