// A worker in Node: the same stream, the same headers, with NATS's own client and the baggage of opentelemetry.
import { setTimeout as sleep } from 'node:timers/promises'

import { jetstream } from '@nats-io/jetstream'
import { connect, headers } from '@nats-io/transport-node'
import { ROOT_CONTEXT, context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CBaggagePropagator } from '@opentelemetry/core'

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const propagator = new W3CBaggagePropagator()
const getter = { keys: (carrier) => carrier.keys(), get: (carrier, name) => carrier.values(name) }
const setter = { set: (carrier, name, value) => carrier.set(name, value) }

function seen(hop, expected, delivery) {
  const baggage = propagation.getActiveBaggage()
  const user = baggage?.getEntry('user.id')?.value ?? null
  const tenant = baggage?.getEntry('tenant')?.value ?? null
  const wrong = expected !== null && (expected.user !== user || expected.tenant !== tenant)
  return { hop, user, tenant, wrong, delivery }
}

async function work(stream, message) {
  const job = message.json()
  await sleep(1 + Math.random() * 9)
  job.seen.push(seen('node worker', job.expected, message.info.deliveryCount))
  const next = job.route.shift() ?? 'done'
  const carrier = headers()
  propagator.inject(context.active(), carrier, setter)
  await stream.publish(`jobs.${next}`, JSON.stringify(job), { msgID: `${job.id}.${next}`, headers: carrier })
  message.ack()
}

const connection = await connect({ servers: process.argv[2] })
const stream = jetstream(connection)
const consumer = await stream.consumers.get('FLEET', 'node')
const messages = await consumer.consume({ max_messages: 32 })
console.log('ready')
for await (const message of messages) {
  const received = propagator.extract(ROOT_CONTEXT, message.headers ?? headers(), getter)
  context.with(received, work, undefined, stream, message).catch((error) => console.error(`a job: ${error}`))
}
