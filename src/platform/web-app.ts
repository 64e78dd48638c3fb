import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

type Asset = {
  readonly type: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly brotli: Buffer
}

/** The built app, whole in memory: a megabyte or two. */
export type WebApp = { readonly page: string; readonly assets: ReadonlyMap<string, Asset> }

/** Reads the app from where bin/web-app.js has built it; undefined: it has not. */
export function readWebApp(folder: string): WebApp | undefined {
  const page = join(folder, 'index.html')
  if (!existsSync(page)) return undefined
  const names = readdirSync(join(folder, 'assets'))
  const assets = names.flatMap((name): [string, Asset][] => {
    const type = types.get(extname(name))
    return type === undefined ? [] : [[name, toAsset(type, readFileSync(join(folder, 'assets', name)))]]
  })
  return { page: readFileSync(page, 'utf8'), assets: new Map(assets) }
}

function toAsset(type: string, plain: Buffer): Asset {
  // A middle way: it is done once at each start, and the start is waited for.
  const brotli = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } })
  return { type, plain, gzip: gzipSync(plain), brotli }
}

const types: ReadonlyMap<string, string> = new Map([
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
])

/**
 * Serves the portal and the console: one page for every address below them, and its parts under names that change with what is in them. The page runs
 * our own scripts alone, loads nothing from elsewhere and can be framed by nobody.
 */
export function serveWebApp(app: FastifyInstance, webApp: WebApp | undefined): void {
  const page = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (webApp === undefined)
      return reply
        .code(503)
        .type('text/plain; charset=utf-8')
        .send('The web app is not built: start with "npm start".')
    const nonce = randomBytes(16).toString('base64')
    return reply.headers(pageHeaders(nonce)).send(webApp.page.replace('%NONCE%', nonce))
  }
  for (const side of ['/portal', '/console']) {
    app.get(side, page)
    app.get(`${side}/*`, page)
  }
  app.get('/', (_request, reply) => reply.redirect('/portal', 302))
  app.get<{ Params: { name: string } }>('/web/assets/:name', (request, reply) => {
    const asset = webApp?.assets.get(request.params.name)
    if (asset === undefined) return reply.callNotFound()
    const accepted = request.headers['accept-encoding'] ?? ''
    const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined
    const body = encoding === 'br' ? asset.brotli : encoding === 'gzip' ? asset.gzip : asset.plain
    if (encoding !== undefined) reply.header('content-encoding', encoding)
    return reply
      .headers({
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'accept-encoding',
        'cross-origin-resource-policy': 'same-origin',
      })
      .type(asset.type)
      .send(body)
  })
}

function pageHeaders(nonce: string): Readonly<Record<string, string>> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data: blob:",
      "font-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=()',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  }
}
