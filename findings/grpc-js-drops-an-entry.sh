#!/usr/bin/env bash
# Metadata whose value begins or ends with a blank does not leave grpc-js: the entry is dropped, and nobody is told.
#
# `Metadata.set` takes it and `get` shows it. The client filters what it sends, and there is no error and no log. A name
# that somebody has typed with a blank after it is as if it had not been sent, while an empty one arrives. Whoever puts
# users' text into metadata must encode the blanks.
#
# Source: src/metadata.ts, `toHttp2Headers` and those below it, of https://www.npmjs.com/package/@grpc/grpc-js/v/1.14.7
# Seen: @grpc/grpc-js 1.14.7, 2026-12-01.
set -euo pipefail

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund @grpc/grpc-js@1.14.7 >/dev/null || exit 2

cat >call.mjs <<'NODE'
import grpc from '@grpc/grpc-js'

const method = {
  path: '/test.Test/Call',
  requestStream: false,
  responseStream: false,
  requestSerialize: Buffer.from,
  requestDeserialize: String,
  responseSerialize: Buffer.from,
  responseDeserialize: String,
}
const server = new grpc.Server()
// Answers with what the metadata say of the user and of the tenant.
server.addService({ call: method }, {
  call: ({ metadata }, answer) => answer(null, JSON.stringify([metadata.get('x-user'), metadata.get('x-tenant')])),
})
const insecure = grpc.ServerCredentials.createInsecure()
const port = await new Promise((done, fail) =>
  server.bindAsync('127.0.0.1:0', insecure, (error, port) => (error ? fail(error) : done(port))))
const Client = grpc.makeGenericClientConstructor({ call: method }, 'test.Test')
const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure())

for (const user of ['alice', 'Ada King', 'alice ', ' alice', '']) {
  const metadata = new grpc.Metadata()
  metadata.set('x-user', user)
  metadata.set('x-tenant', 'acme')
  const seen = await new Promise((done, fail) =>
    client.call('who am I?', metadata, (error, answer) => (error ? fail(error) : done(answer))))
  console.log(`the client has ${JSON.stringify([metadata.get('x-user'), metadata.get('x-tenant')])}, the server ${seen}`)
}
client.close()
server.forceShutdown()
NODE
npm ls --depth 0 | tail -n +2
node call.mjs | tee seen
diff - seen <<'SEEN' || { echo 'it is no longer so' >&2; exit 1; }
the client has [["alice"],["acme"]], the server [["alice"],["acme"]]
the client has [["Ada King"],["acme"]], the server [["Ada King"],["acme"]]
the client has [["alice "],["acme"]], the server [[],["acme"]]
the client has [[" alice"],["acme"]], the server [[],["acme"]]
the client has [[""],["acme"]], the server [[""],["acme"]]
SEEN
