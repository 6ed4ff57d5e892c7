#!/usr/bin/env bash
# Four queues of npm run a job that had to wait as the user whose job ran before it.
#
# A queue that is full keeps the function, and calls it when a job ends: inside what that job awaits. So the store of an
# `AsyncLocalStorage` is that of the job before, and the first user's store is handed on for as long as the queue is
# never empty. A test that adds one job at a time does not see it. `p-limit` awaits a promise of the caller's instead, and
# keeps the caller's store; so do generic-pool and tarn, whose takers wait themselves. With `AsyncLocalStorage.bind(job)`
# each of the four does too.
#
# Source: https://github.com/sindresorhus/p-queue/issues/200, https://github.com/SGrondin/bottleneck/issues/211,
# https://github.com/langchain-ai/langchainjs/issues/11657 (what came of it), `release` in queue.js of fastq, `_createCallback`
# in internal/queue.js of async
# Seen: async 3.2.6, bottleneck 2.19.5, fastq 1.20.3, p-limit 7.3.3, p-queue 9.3.5, with Node 20.20.2 and 24.19.0,
# 2026-12-01.
set -euo pipefail

if ! command -v npm >/dev/null; then
    echo 'this needs Node and npm' >&2
    exit 2
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >package.json <<'JSON'
{
  "private": true,
  "type": "module",
  "dependencies": {
    "async": "3.2.6",
    "bottleneck": "2.19.5",
    "fastq": "1.20.3",
    "p-limit": "7.3.3",
    "p-queue": "9.3.5"
  }
}
JSON
cat >main.js <<'JS'
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout } from 'node:timers/promises';
import async from 'async';
import Bottleneck from 'bottleneck';
import fastq from 'fastq';
import pLimit from 'p-limit';
import PQueue from 'p-queue';

const user = new AsyncLocalStorage();

const asyncQueue = async.queue(async (job) => job(), 1);
const bottleneck = new Bottleneck({ maxConcurrent: 1 });
const fast = fastq.promise(async (job) => job(), 1);
const limit = pLimit(1);
const pQueue = new PQueue({ concurrency: 1 });

const queues = {
  'async.queue': (job) => asyncQueue.pushAsync(job),
  bottleneck: (job) => bottleneck.schedule(job),
  fastq: (job) => fast.push(job),
  'p-limit': (job) => limit(job),
  'p-queue': (job) => pQueue.add(job),
};

const users = ['alice', 'bob', 'carol'];

for (const [name, add] of Object.entries(queues)) {
  for (const how of ['plain', 'bound']) {
    const job = (owner) => async () => {
      const seen = user.getStore();
      await setTimeout(1);
      return `${owner} as ${seen}`;
    };
    const added = (owner) => add(how === 'bound' ? AsyncLocalStorage.bind(job(owner)) : job(owner));
    const ran = await Promise.all(users.map((owner) => user.run(owner, () => added(owner))));
    console.log(`${name}, ${how}: ${ran.join(', ')}`);
  }
}
JS
npm install --silent --no-audit --no-fund --no-package-lock --cache "$dir/cache" || {
    echo 'the packages could not be installed' >&2
    exit 2
}
echo "node $(node --version)"
npm ls --depth 0 --parseable --long | sed -n 's|^.*/node_modules/[^:]*:\([^:]*\).*|\1|p'
node main.js | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
async.queue, plain: alice as alice, bob as alice, carol as alice
async.queue, bound: alice as alice, bob as bob, carol as carol
bottleneck, plain: alice as alice, bob as alice, carol as alice
bottleneck, bound: alice as alice, bob as bob, carol as carol
fastq, plain: alice as alice, bob as alice, carol as alice
fastq, bound: alice as alice, bob as bob, carol as carol
p-limit, plain: alice as alice, bob as bob, carol as carol
p-limit, bound: alice as alice, bob as bob, carol as carol
p-queue, plain: alice as alice, bob as alice, carol as alice
p-queue, bound: alice as alice, bob as bob, carol as carol
SEEN
