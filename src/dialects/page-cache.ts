import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Catalogue } from '../core/catalogue/catalogue.ts'
import { sha256 } from '../platform/secrets.ts'

/** A reply made beforehand: its bytes and the strong ETag over them. */
export type BuiltPage = { readonly body: Buffer; readonly etag: string }

/** What a page is made of: one with stock counts ages with them, the others only with the catalogue. */
export type PageSource = { readonly catalogue: Catalogue; readonly showsStock: boolean }

/**
 * Replies of this process about the catalogue, kept as bytes, the least recently asked for dropped first. A page is built again
 * when the catalogue it was made of has moved on; a key must name everything else that the page depends on.
 */
export class PageCache {
  readonly #bytesMost: number
  readonly #pages = new Map<string, BuiltPage & { readonly madeOf: string }>()
  #bytes = 0

  constructor(bytesMost: number) {
    this.#bytesMost = bytesMost
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The page as it is now, built if it has to be. What `build` throws is not kept. */
  async page(
    key: string,
    { catalogue, showsStock }: PageSource,
    build: () => Promise<string> | string,
  ): Promise<BuiltPage> {
    const madeOf = showsStock ? `${catalogue.version}/${catalogue.stockVersion}` : String(catalogue.version)
    const known = this.#pages.get(key)
    const page = known?.madeOf === madeOf ? known : { ...toPage(await build()), madeOf }
    this.#keep(key, page)
    return page
  }

  /** The end of the map is what was asked for last. */
  #keep(key: string, page: BuiltPage & { readonly madeOf: string }): void {
    this.#drop(key)
    this.#pages.set(key, page)
    this.#bytes += sizeOf(key, page)
    for (const oldest of this.#pages.keys()) {
      if (this.#bytes <= this.#bytesMost) break
      this.#drop(oldest)
    }
  }

  #drop(key: string): void {
    const page = this.#pages.get(key)
    if (page === undefined) return
    this.#pages.delete(key)
    this.#bytes -= sizeOf(key, page)
  }
}

/** Sends a page, or 304 without a body to who has it already. Clients may keep it but ask each time; shared caches may not. */
export function sendPage(request: FastifyRequest, reply: FastifyReply, page: BuiltPage): FastifyReply {
  reply.header('ETag', page.etag).header('Cache-Control', 'private, no-cache')
  if (isKnown(request.headers['if-none-match'], page.etag)) return reply.code(304).send()
  return reply.type('application/json; charset=utf-8').send(page.body)
}

function toPage(text: string): BuiltPage {
  const body = Buffer.from(text)
  return { body, etag: `"${sha256(body).toString('base64url')}"` }
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2). */
function isKnown(header: string | undefined, etag: string): boolean {
  return (
    header !== undefined &&
    header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag)
  )
}

/** With what an entry costs beside its bytes. */
function sizeOf(key: string, page: BuiltPage): number {
  return page.body.length + key.length * 2 + 512
}
