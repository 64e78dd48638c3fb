import { storeCatalogue } from '../src/core/catalogue/store-catalogue.ts'
import type { KeyRing } from '../src/core/keys/ring.ts'
import { openWallet } from '../src/core/ledger/open-wallet.ts'
import { postTransfer } from '../src/core/ledger/post-transfer.ts'
import { createCredential } from '../src/core/partners/create-credential.ts'
import { createPartner } from '../src/core/partners/create-partner.ts'
import { addCodes } from '../src/core/stock/add-codes.ts'
import { sql } from '../src/platform/database.ts'
import type { Database } from '../src/platform/database.ts'
import type { PartnerId, SkuId, WalletId } from '../src/values/ids.ts'
import { parseCurrency } from '../src/values/money.ts'
import type { Currency } from '../src/values/money.ts'

export type BenchPartner = {
  readonly partnerId: PartnerId
  readonly walletId: WalletId
  readonly token: string
  readonly secret: string
}

export const usd: Currency = parseCurrency('USD') ?? ('' as Currency) // The code is right; the constructor cannot know.

/** Partners with a full wallet and a giftapi credential each. */
export async function makePartners(
  database: Database,
  keyRing: KeyRing,
  count: number,
): Promise<BenchPartner[]> {
  const partners: BenchPartner[] = []
  for (let made = 0; made < count; made += 50) {
    const lot = Math.min(50, count - made)
    await database.inTransaction(async (tx) => {
      for (let place = 0; place < lot; place += 1) partners.push(await makePartner(tx, keyRing, made + place))
    })
  }
  return partners
}

async function makePartner(
  tx: Parameters<typeof createPartner>[0],
  keyRing: KeyRing,
  number: number,
): Promise<BenchPartner> {
  const partner = await createPartner(tx, {
    name: `Partner ${number}`,
    email: `partner-${number}@example.com`,
  })
  const wallet = await openWallet(tx, { partnerId: partner.id, currency: usd, isDefault: true })
  await postTransfer(tx, {
    partnerId: partner.id,
    walletId: wallet.id,
    kind: 'topup',
    amount: 10n ** 14n,
    reference: 'opening',
    actor: 'bench',
  })
  const { token, secret } = await createCredential(tx, keyRing, {
    partnerId: partner.id,
    dialect: 'giftapi',
    label: 'bench',
    withSecret: true,
  })
  return { partnerId: partner.id, walletId: wallet.id, token, secret: secret ?? '' }
}

/** Eight gift cards of ten dollars. */
export async function makeSkus(database: Database): Promise<SkuId[]> {
  const codes = Array.from({ length: 8 }, (_, place) => `BENCH-${place}`)
  await database.inTransaction((tx) =>
    storeCatalogue(tx, {
      currencies: [{ code: usd, numericCode: 840, decimals: 2, names: { en: 'US dollar' } }],
      categories: [{ code: 'giftcard', names: { en: 'Gift cards' } }],
      brands: [{ code: 'bench', names: { en: 'Bench' } }],
      products: [
        { code: 'BENCH', category: 'giftcard', brand: 'bench', type: 'voucher', names: { en: 'Bench card' } },
      ],
      skus: codes.map((code) => ({
        code,
        product: 'BENCH',
        names: { en: code },
        currency: usd,
        denomination: { kind: 'fixed', value: 10_000_000n },
        maxPerOrder: 10,
      })),
    }),
  )
  const rows = await database.query<{ id: SkuId }>(
    sql`select id from skus where code = any (${codes}) order by code`,
  )
  return rows.map((row) => row.id)
}

/** Fills each SKU up with codes until it has `count`. */
export async function fillStock(
  database: Database,
  keyRing: KeyRing,
  skuIds: readonly SkuId[],
  count: number,
): Promise<void> {
  for (const skuId of skuIds) {
    const [row] = await database.query<{ there: bigint }>(
      sql`select count(*) as there from stock_codes where sku_id = ${skuId}`,
    )
    for (let missing = count - Number(row?.there ?? 0n); missing > 0; missing -= 5_000) {
      const codes = Array.from({ length: Math.min(5_000, missing) }, () => ({ code: crypto.randomUUID() }))
      await database.inTransaction((tx) => addCodes(tx, keyRing, { skuId, codes, actor: 'bench' }))
    }
  }
  await database.query(sql`analyze stock_codes`)
}
