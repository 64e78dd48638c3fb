import type { CallTerms, SupplierProduct } from '../../core/fulfilment/supplier.ts'
import { HttpTrouble } from '../../platform/http.ts'
import { Failure } from '../../values/failure.ts'
import type { MerchantClient, Reply } from './client.ts'
import { toProduct } from './mapping.ts'
import { wire } from './wire.ts'

/** Their lists one after the other: gift cards, digital products, airtime. A cursor is a list and its page, "digital:2". */
export async function listProducts(
  client: Pick<MerchantClient, 'get'>,
  cursor: string | undefined,
  terms: CallTerms,
): Promise<{ readonly products: readonly SupplierProduct[]; readonly nextCursor: string | undefined }> {
  const [, list = 'giftcard', number = '1'] =
    /^(giftcard|digital|airtime):(\d{1,6})$/.exec(cursor ?? '') ?? []
  if (list === 'airtime') {
    const { data } = await readReply(() => client.get('/airtime/operators', terms), wire.operators)
    return { products: data.flatMap((row) => toProduct('airtime', row)), nextCursor: undefined }
  }
  const query = `?limit=100&page=${number}`
  const { kind, reply, next } =
    list === 'giftcard'
      ? {
          kind: 'giftcard' as const,
          reply: await readReply(() => client.get(`/giftcard/products${query}`, terms), wire.giftCards),
          next: 'digital:1',
        }
      : {
          kind: 'digital' as const,
          reply: await readReply(() => client.get(`/digital/products${query}`, terms), wire.digital),
          next: 'airtime:1',
        }
  const { page, total_pages: pages } = reply.pagination
  const nextCursor = page < Math.min(pages, pagesMost) ? `${kind}:${page + 1}` : next
  return { products: reply.data.flatMap((row) => toProduct(kind, row)), nextCursor }
}

/** The body of a good answer to a call that moves nothing. Throws Failure unavailable for any other. */
export async function readReply<Body>(
  call: () => Promise<Reply>,
  schema: { Check(value: unknown): value is Body },
): Promise<Body> {
  const { status, body } = await call().catch((cause: unknown) => {
    if (!(cause instanceof HttpTrouble)) throw cause
    throw new Failure('unavailable', { internal: cause.message, cause })
  })
  if (status === 200 && schema.Check(body)) return body
  throw new Failure('unavailable', { internal: `the supplier answers HTTP ${status} in a way we cannot use` })
}

/** Beyond this many pages nobody's list goes on; a server that repeats itself does. */
const pagesMost = 10_000
