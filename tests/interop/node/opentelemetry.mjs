import { createRequire } from 'node:module'

import { ROOT_CONTEXT, defaultTextMapGetter, defaultTextMapSetter, propagation } from '@opentelemetry/api'
import { W3CBaggagePropagator } from '@opentelemetry/core'

import { serve } from './hop.mjs'

const propagator = new W3CBaggagePropagator()

serve({
  name: '@opentelemetry/core',
  language: 'Node',
  version: createRequire(import.meta.url)('@opentelemetry/core/package.json').version,
  inject(value) {
    const headers = {}
    if (value !== undefined) {
      const baggage = propagation.createBaggage({ value: { value } })
      propagator.inject(propagation.setBaggage(ROOT_CONTEXT, baggage), headers, defaultTextMapSetter)
    }
    return headers
  },
  extract(headers) {
    const context = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter)
    return propagation.getBaggage(context)?.getEntry('value')?.value
  },
})
