#!/usr/bin/env bash
# `Msg.respond` of nats-py sends the headers of the question back with the answer.
#
# A service that answers and says nothing of headers answers with those that it was asked with: the caller's baggage,
# trace and request id come back as if they were the service's. Node's client answers without headers. A caller that
# extracts a context from what it receives can't tell them apart, and a service can't answer without them but by
# `publish`.
#
# Source: nats/aio/msg.py, `respond`, of https://pypi.org/project/nats-py/2.16.0/
# Seen: nats-py 2.16.0, @nats-io/transport-node 3.4.0, nats-server 2.9.10 of Debian 12, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$dir"' EXIT
cd "$dir"
{
    python3 -m venv venv &&
        venv/bin/pip install --quiet --disable-pip-version-check nats-py==2.16.0 &&
        npm install --silent --no-audit --no-fund @nats-io/transport-node@3.4.0
} >/dev/null || exit 2
nats=${NATS_SERVER:-nats-server}
if ! command -v "$nats" >/dev/null; then
    { apt-get download nats-server && dpkg --extract nats-server_*.deb .; } >/dev/null 2>&1 || exit 2
    nats=$dir/usr/sbin/nats-server
fi

"$nats" --addr 127.0.0.1 --port -1 --ports_file_dir "$dir" >log 2>&1 &
server=$!
for _ in {1..100}; do
    url=$(grep -o 'nats://127.0.0.1:[0-9]*' ./*.ports 2>/dev/null) && break
    sleep 0.1
done

cat >service.py <<'PYTHON'
import asyncio
import sys

import nats


async def answer(message):
    await message.respond(b"42")


async def main():
    client = await nats.connect(sys.argv[1])
    await client.subscribe("python", cb=answer)
    await client.flush()
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
PYTHON
cat >ask.mjs <<'NODE'
import { connect, headers } from '@nats-io/transport-node'

const client = await connect({ servers: process.argv[2] })
client.subscribe('node', { callback: (_, message) => message.respond('42') })
const question = headers()
question.set('baggage', 'user=alice')
for (const service of ['node', 'python']) {
  const answer = await client.request(service, 'six times seven', { headers: question, timeout: 5000 })
  console.log(`${service} answers ${answer.string()} with baggage ${answer.headers?.get('baggage') || 'unset'}`)
}
await client.close()
NODE
"$nats" --version
venv/bin/pip list --disable-pip-version-check | grep nats-py
npm ls --depth 0 | tail -n +2
coproc venv/bin/python service.py "$url"
service=$COPROC_PID
read -r _ <&"${COPROC[0]}"
node ask.mjs "$url" | tee seen
kill "$service"
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
node answers 42 with baggage unset
python answers 42 with baggage user=alice
SEEN
