// A hop over HTTP, for any propagator: it reads `value` from the request's headers, and hands it on along the route.
import http from 'node:http'

const agent = new http.Agent({ keepAlive: true })

function post(url, headers, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent, headers }, async (response) => {
      try {
        resolve(JSON.parse(await text(response)))
      } catch (error) {
        reject(error)
      }
    })
    request.on('error', reject)
    request.end(JSON.stringify(body))
  })
}

async function text(stream) {
  const chunks = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

// `inject(value)` returns headers, `extract(headers)` a value or undefined.
export function serve({ inject, extract, ...name }) {
  async function hop(request) {
    const body = JSON.parse(await text(request))
    const first = 'value' in body
    const value = first ? body.value : extract(request.headers)
    const [next, ...route] = body.route
    const later = next === undefined
      ? []
      : (await post(next, { 'content-type': 'application/json', ...inject(value) }, { route })).read
    return { read: first ? later : [value ?? null, ...later] }
  }

  const server = http.createServer(async (request, response) => {
    let answer = name
    try {
      if (request.method === 'POST') answer = await hop(request)
    } catch (error) {
      response.statusCode = 500
      answer = { error: String(error) }
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(answer))
  })
  server.keepAliveTimeout = 60_000
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))
}
