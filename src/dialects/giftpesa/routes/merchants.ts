import { Type } from 'typebox'
import type { Merchant } from '../../../core/merchants/merchant.ts'
import { listMerchants } from '../../../core/merchants/list-merchants.ts'
import type { Db } from '../../../platform/database.ts'
import type { DialectApp, Services } from '../../dialect.ts'
import { toMerchantReply } from '../mapping/merchants.ts'
import { refusals } from '../wire/envelope.ts'
import { MerchantReply } from '../wire/merchants.ts'
import { bearer } from './bearer.ts'

/** GET /merchants  who takes vouchers */
export function merchantRoutes(app: DialectApp, { database }: Services): void {
  const response = { 200: Type.Array(MerchantReply, { description: 'Success.' }), ...refusals() }
  const schema = { tags: ['Merchants'], summary: 'Merchants', security: bearer, response }
  app.get('/merchants', { schema }, async () => (await allActive(database)).map(toMerchantReply))
}

/** The vendor's list has no pages; a mall has hundreds of merchants, and beyond ten thousand it is cut off. */
async function allActive(db: Db): Promise<Merchant[]> {
  const merchants: Merchant[] = []
  let cursor: string | undefined
  for (let page = 0; page < pagesMost; page += 1) {
    const { rows, nextCursor } = await listMerchants(db, { limit: 1_000, cursor })
    merchants.push(...rows.filter(({ status }) => status === 'active'))
    if (nextCursor === undefined) break
    cursor = nextCursor
  }
  return merchants
}

const pagesMost = 10
