import type { Tx } from '../../platform/database.ts'
import { parseDecimal } from '../../values/decimal.ts'
import { percentScale, rateScale } from '../../values/money.ts'
import { setPriceRule } from '../catalogue/set-price-rule.ts'
import { storeCatalogue } from '../catalogue/store-catalogue.ts'
import { storeRates } from '../catalogue/store-rates.ts'
import type { KeyRing } from '../keys/ring.ts'
import { addCodes } from '../stock/add-codes.ts'
import { findStockSku } from '../stock/find-stock-sku.ts'
import { buildCatalogue } from './build-catalogue.ts'
import { createDemoAccount } from './create-demo-account.ts'
import { createDemoBank } from './create-demo-bank.ts'
import { createDemoIssuer, issuerStep } from './create-demo-issuer.ts'
import { createDemoMerchant, merchantSteps } from './create-demo-merchant.ts'
import type { MerchantPlan } from './create-demo-merchant.ts'
import { createDemoSuppliers } from './create-demo-suppliers.ts'
import { markups } from './data/prices.ts'
import { rateSource, unitsPerUsd } from './data/rates.ts'
import { stockLots } from './data/stock.ts'
import type { StockLot } from './data/stock.ts'
import { currencyOf, micros } from './local-values.ts'
import { makeCodes } from './make-codes.ts'
import type { DemoWorld } from './world.ts'

/** One transaction's worth of the demo world. What takes long is prepared before the transaction begins. */
export type DemoStep = {
  /** Under which it is remembered as done. */
  readonly name: string
  prepare(): (tx: Tx) => Promise<DemoWorld | undefined>
}

/** In the order in which they build on each other; the keys come last, when there is something to buy with them. */
export function listSteps(keyRing: KeyRing): readonly DemoStep[] {
  return [
    { name: 'catalogue', prepare: prepareCatalogue },
    { name: 'rates', prepare: () => fillRates },
    { name: 'prices', prepare: () => fillPrices },
    ...stockLots.flatMap((lot) => stockSteps(keyRing, lot)),
    {
      name: 'suppliers',
      prepare: () => async (tx) => {
        await createDemoSuppliers(tx, keyRing)
        return undefined
      },
    },
    ...(Object.keys(merchantSteps) as MerchantPlan[]).map((plan) => merchantStep(plan)), // The keys of that very object.
    {
      name: issuerStep,
      prepare: () => async (tx) => {
        await createDemoIssuer(tx)
        return undefined
      },
    },
    {
      name: 'bank',
      prepare: () => async (tx) => {
        await createDemoBank(tx)
        return undefined
      },
    },
    { name: 'account', prepare: () => (tx) => createDemoAccount(tx, keyRing) },
  ]
}

function merchantStep(plan: MerchantPlan): DemoStep {
  return {
    name: merchantSteps[plan],
    prepare: () => async (tx) => {
      await createDemoMerchant(tx, plan)
      return undefined
    },
  }
}

function prepareCatalogue(): (tx: Tx) => Promise<undefined> {
  const catalogue = buildCatalogue()
  return async (tx) => {
    await storeCatalogue(tx, catalogue)
    return undefined
  }
}

async function fillRates(tx: Tx): Promise<undefined> {
  const base = currencyOf('USD')
  const rates = Object.entries(unitsPerUsd).map(([code, rate]) => ({
    base,
    quote: currencyOf(code),
    rate: scaled(rate, rateScale),
    source: rateSource,
  }))
  await storeRates(tx, rates)
  return undefined
}

async function fillPrices(tx: Tx): Promise<undefined> {
  for (const { category, percent, fixed = 0 } of markups) {
    await setPriceRule(tx, {
      scope: category === undefined ? { kind: 'all' } : { kind: 'category', code: category },
      markupPercent: scaled(percent, percentScale),
      markupFixed: micros(fixed),
    })
  }
  return undefined
}

function scaled(text: string, scale: number): bigint {
  const value = parseDecimal(text, scale)
  if (value === undefined) throw new Error(`${text} is not a decimal of ${scale} places.`)
  return value
}

/** A large lot takes several steps, so that none holds a transaction for long. */
function stockSteps(keyRing: KeyRing, lot: StockLot): DemoStep[] {
  return Array.from({ length: Math.ceil(lot.count / codesPerStep) }, (_, part) => ({
    name: `stock ${lot.sku} ${part + 1}`,
    prepare: () => {
      const today = new Date().toISOString().slice(0, 10)
      const codes = makeCodes(
        { ...lot, count: Math.min(codesPerStep, lot.count - part * codesPerStep) },
        today,
      )
      return async (tx) => {
        const { id: skuId } = await findStockSku(tx, lot.sku)
        await addCodes(tx, keyRing, { skuId, codes, actor: 'system' })
        return undefined
      }
    },
  }))
}

const codesPerStep = 2_500
