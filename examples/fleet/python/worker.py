"""A worker in Python: the same stream, the same headers, with nats-py and the baggage of opentelemetry."""

import asyncio
import json
import random
import sys

import nats
from nats.errors import TimeoutError
from opentelemetry import baggage, context
from opentelemetry.baggage.propagation import W3CBaggagePropagator

PROPAGATOR = W3CBaggagePropagator()


def seen(hop, expected, delivery):
    user, tenant = baggage.get_baggage("user.id"), baggage.get_baggage("tenant")
    wrong = expected is not None and expected != {"user": user, "tenant": tenant}
    return {"hop": hop, "user": user, "tenant": tenant, "wrong": wrong, "delivery": delivery}


async def work(jetstream, message):
    # A task of asyncio has a context of its own, and nobody else sees what is attached here.
    context.attach(PROPAGATOR.extract(message.headers or {}))
    job = json.loads(message.data)
    await asyncio.sleep(random.uniform(0.001, 0.01))
    job["seen"].append(seen("python worker", job["expected"], message.metadata.num_delivered))
    next = job["route"].pop(0) if job["route"] else "done"
    headers = {"Nats-Msg-Id": f"{job['id']}.{next}"}
    PROPAGATOR.inject(headers)
    await jetstream.publish(f"jobs.{next}", json.dumps(job).encode(), headers=headers)
    await message.ack()


async def main(url):
    client = await nats.connect(url)
    jetstream = client.jetstream()
    consumer = await jetstream.pull_subscribe_bind(durable="python", stream="FLEET")
    print("ready", flush=True)
    # The loop itself holds tasks weakly.
    tasks = set()
    while True:
        try:
            messages = await consumer.fetch(32, timeout=5)
        except TimeoutError:
            continue
        for message in messages:
            task = asyncio.create_task(work(jetstream, message))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
