import type { Tx } from '../../platform/database.ts'
import { divideHalfEven, parseDecimal, printDecimal } from '../../values/decimal.ts'
import type { SupplierId } from '../../values/ids.ts'
import { rateScale } from '../../values/money.ts'
import type { Currency, Micros } from '../../values/money.ts'
import { createSupplier } from '../fulfilment/create-supplier.ts'
import { setSources } from '../fulfilment/set-sources.ts'
import type { Source } from '../fulfilment/set-sources.ts'
import type { KeyRing } from '../keys/ring.ts'
import { unitsPerUsd } from './data/rates.ts'
import { selectUnstockedSkus } from './demo.sql.ts'
import type { UnstockedSku } from './demo.sql.ts'
import { currencyOf } from './local-values.ts'

/** Makes the simulated suppliers, and lets them fill everything of which there are no own codes. */
export async function createDemoSuppliers(tx: Tx, keyRing: KeyRing): Promise<void> {
  const codes = await openAccount(tx, keyRing, 'sandbox', 'Sandbox supplier')
  const esims = await openAccount(tx, keyRing, 'esim-sandbox', 'Sandbox eSIM supplier')
  const skus = await selectUnstockedSkus(tx)
  await setSources(
    tx,
    skus.map((sku) => toSource(sku, sku.isEsim ? esims : codes)),
  )
}

/** Simulated suppliers have no settings; the account is named after its connector. */
async function openAccount(tx: Tx, keyRing: KeyRing, code: string, name: string): Promise<SupplierId> {
  const currency = currencyOf('USD')
  return createSupplier(tx, keyRing, {
    code,
    name,
    connector: code,
    settings: {},
    currency,
    concurrency: 32,
    actor: 'system',
  })
}

/** The suppliers of the demo bill in dollars, 5 % below the face value, which leaves a margin under every demo price. */
function toSource(
  { id: skuId, code: productCode, currency, faceValue }: UnstockedSku,
  supplierId: SupplierId,
): Source {
  const costRate = divideHalfEven(dollarsFor(currency) * 95n, 100n)
  if (faceValue === null)
    return { skuId, supplierId, productCode, costRate: printDecimal(costRate, rateScale) }
  return { skuId, supplierId, productCode, cost: times(faceValue, costRate) }
}

function times(amount: Micros, rate: bigint): Micros {
  return divideHalfEven(amount * rate, one)
}

/** Dollars for one unit of a currency, scaled by 10^rateScale. */
function dollarsFor(currency: Currency): bigint {
  const units = currency === 'USD' ? one : parseDecimal(unitsPerUsd[currency] ?? '', rateScale)
  if (units === undefined) throw new Error(`The demo has no rate for ${currency}.`)
  return divideHalfEven(one * one, units)
}

const one = 10n ** BigInt(rateScale)
