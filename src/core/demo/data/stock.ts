/** Codes that the demo world has for a SKU. */
export type StockLot = {
  readonly sku: string
  readonly count: number
  /** How a code looks: ? is a letter or digit that cannot be misread, # a digit, everything else stands for itself. */
  readonly code: string
  readonly pin?: string
  readonly serial?: string
  /** Where the brand redeems by link: `{code}` is the code. */
  readonly url?: string
  /** Months until the codes expire. */
  readonly months?: number
}

const apple = { code: 'X???????????????' }
const amazon = { code: '????-??????-????', months: 120 }
const steam = { code: '?????-?????-?????' }
const playstation = { code: '????-????-????' }
const xbox = { code: '?????-?????-?????-?????-?????' }
const razer = { code: '##############', pin: '########', serial: 'RG############' }
const storeCard = { code: '6##################', pin: '########', serial: '##########' }

/** Enough of the dollar cards that load tests start with for some minutes of load; a thousand or more of the others. */
export const stockLots: readonly StockLot[] = [
  { sku: 'GC-APPLE-US-10', count: 10_000, ...apple },
  { sku: 'GC-APPLE-US-25', count: 10_000, ...apple },
  { sku: 'GC-APPLE-US-50', count: 5_000, ...apple },
  { sku: 'GC-APPLE-US-2', count: 1_000, ...apple },
  { sku: 'GC-APPLE-US-3', count: 1_000, ...apple },
  { sku: 'GC-APPLE-US-30', count: 1_000, ...apple },
  { sku: 'GC-AMZN-US-10', count: 2_000, ...amazon },
  { sku: 'GC-AMZN-US-25', count: 2_000, ...amazon },
  { sku: 'GC-AMZN-US-50', count: 2_000, ...amazon },
  { sku: 'GC-AMZN-GB-10', count: 1_000, ...amazon },
  { sku: 'GC-STEAM-US-10', count: 1_000, ...steam },
  { sku: 'GC-STEAM-US-50', count: 1_000, ...steam },
  { sku: 'GC-PSN-US-25', count: 1_000, ...playstation },
  { sku: 'GC-XBOX-US-25', count: 1_000, ...xbox },
  { sku: 'GC-RAZER-US-10', count: 1_000, ...razer, months: 24 },
  { sku: 'GC-STARBUCKS-US-25', count: 1_000, ...storeCard },
  { sku: 'GC-IKEA-DE-50', count: 1_000, ...storeCard, months: 36 },
  { sku: 'GC-ZALANDO-DE-50', count: 1_000, code: '????????????????', months: 36 },
  { sku: 'GC-JUMIA-NG-15000', count: 1_000, code: '????-????-????-????', months: 12 },
  {
    sku: 'GC-UBER-US-25',
    count: 1_000,
    code: '????????????????',
    url: 'https://redeem.example.com/uber?code={code}',
  },
  {
    sku: 'GC-VISA-US-50',
    count: 1_000,
    code: '################',
    pin: '####',
    url: 'https://redeem.example.com/visa?code={code}',
    months: 60,
  },
  { sku: 'LK-KASP-STD-GLOBAL-1-365', count: 500, code: '?????-?????-?????-?????', months: 24 },
  { sku: 'LK-M365P-GLOBAL-5-365', count: 500, code: '?????-?????-?????-?????-?????' },
  { sku: 'LK-WIN11P-GLOBAL-1-EVER', count: 500, code: '?????-?????-?????-?????-?????' },
  { sku: 'SANDBOX-GIFTCARD-SUCCESS-AT-ONCE', count: 1_000, code: 'SANDBOX-????-????-????' },
  { sku: 'SANDBOX-LICENCE-SUCCESS-AT-ONCE', count: 1_000, code: 'SANDBOX-????-????-????' },
]
