import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { fastify } from 'fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { escapeHtml } from './escape-html.ts'

/** An API to document. */
export type DocumentedApi = {
  readonly name: string
  readonly title: string
  /** Where it is mounted, as people write it. */
  readonly address: string
  /** Its OpenAPI document; asked for when somebody looks. */
  document(): object
}

/**
 * The pages under /docs: a list of the APIs, and for each its reference (Scalar) and its OpenAPI document. Everything comes from
 * this server: the policy of the pages lets nothing else be loaded or called.
 */
export function serveReferences(app: FastifyInstance, apis: readonly DocumentedApi[]): void {
  const script = once(readScalar)
  const starter = toAsset(startScript)
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('content-security-policy', policy).header('referrer-policy', 'no-referrer')
    done(null, payload)
  })
  app.get('/docs', (_request, reply) => sendPage(reply, listPage(apis)))
  app.get('/docs/assets/scalar.js', async (request, reply) => sendAsset(request, reply, await script()))
  app.get('/docs/assets/start.js', async (request, reply) => sendAsset(request, reply, await starter))
  for (const api of apis) {
    const documentText = once(() => Promise.resolve(JSON.stringify(api.document())))
    app.get(`/docs/${api.name}`, (_request, reply) => sendPage(reply, referencePage(api)))
    app.get(`/docs/${api.name}/openapi.json`, async (_request, reply) =>
      reply.type('application/json; charset=utf-8').send(await documentText()),
    )
  }
}

// Inline styles are the one thing that the reference cannot do without; nothing can be fetched with them under this policy.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(html)
}

function listPage(apis: readonly DocumentedApi[]): string {
  const rows = apis.map(
    (api) =>
      `<li><a href="/docs/${escapeHtml(api.name)}">${escapeHtml(api.title)}</a>, <code>${escapeHtml(api.address)}</code>, <a href="/docs/${escapeHtml(api.name)}/openapi.json">OpenAPI</a></li>`,
  )
  return page(
    'APIs',
    `<main style="max-width:48rem;margin:3rem auto;padding:0 1rem;font:1rem/1.8 system-ui,sans-serif"><h1>APIs</h1><ul>${rows.join('')}</ul></main>`,
  )
}

function referencePage(api: DocumentedApi): string {
  return page(
    api.title,
    `<div id="reference" data-document="/docs/${escapeHtml(api.name)}/openapi.json"></div>
    <script src="/docs/assets/scalar.js"></script><script src="/docs/assets/start.js"></script>`,
  )
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${escapeHtml(title)}</title>
    <link rel="icon" href="data:," />
  </head>
  <body>${body}</body>
</html>
`
}

/** Starts the reference without anything that would leave this server: fonts, telemetry, proxy, assistants, outside links. */
const startScript = `
const place = document.getElementById('reference')
Scalar.createApiReference(place, {
  url: place.dataset.document,
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  persistAuth: false,
  documentDownloadType: 'json',
})
`

/** A file in memory, as it is and compressed, with the hash that names its content. */
type Asset = { readonly plain: Buffer; readonly gzipped: Buffer; readonly etag: string }

async function toAsset(content: string | Buffer): Promise<Asset> {
  const plain = Buffer.from(content)
  return {
    plain,
    gzipped: await promisify(gzip)(plain),
    etag: `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`,
  }
}

/** The package holds the script inside its plugin, which hands it out as a route: it is asked once, on a server of its own that never listens. */
async function readScalar(): Promise<Asset> {
  const { default: scalar } = await import('@scalar/fastify-api-reference')
  const source = fastify()
  await source.register(scalar, { routePrefix: '/reference', configuration: { url: '/openapi.json' } })
  const reply = await source.inject('/reference/js/scalar.js')
  await source.close()
  if (reply.statusCode !== 200) throw new Error('The API reference has no script.')
  return toAsset(reply.rawPayload)
}

function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset): FastifyReply {
  reply
    .header('etag', asset.etag)
    .header('cache-control', 'public, max-age=3600')
    .header('vary', 'accept-encoding')
  if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send()
  reply.type('text/javascript; charset=utf-8')
  const acceptsGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
  return acceptsGzip ? reply.header('content-encoding', 'gzip').send(asset.gzipped) : reply.send(asset.plain)
}

/** Runs `make` at the first call; a failure is not kept. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}
