/** Countries in which resellers sell most: more of their operators are listed than elsewhere. */
export const mainMarkets: readonly string[] = (
  'NG KE GH ZA TZ UG RW ZM CM CI SN EG MA CD ET MZ US CA MX BR CO AR PE CL GB DE FR ES IT PL RO UA RU KZ UZ KG TJ GE TR AE SA ' +
  'IN PK BD LK NP PH ID MY TH VN'
).split(' ')

export const operatorsPerMainMarket = 4
export const operatorsElsewhere = 2

/** Not sold: nobody could settle with operators there. */
export const marketsNotSold: readonly string[] = ['KP']

/** Fixed top-ups and the limits of any others. */
export type TopUps = {
  readonly values: readonly number[]
  readonly range: readonly [least: number, most: number]
}

/** In US dollars; the country's currency gets round figures near them. */
export const topUpsInUsd: TopUps = { values: [1, 2, 5, 10], range: [0.5, 60] }

/** What operators there really offer, in the country's currency. */
export const topUpsByCountry: Readonly<Record<string, TopUps>> = {
  NG: { values: [100, 200, 500, 1000, 2000, 5000], range: [50, 100_000] },
  KE: { values: [20, 50, 100, 250, 500, 1000], range: [5, 10_000] },
  GH: { values: [1, 2, 5, 10, 20, 50], range: [1, 1000] },
  ZA: { values: [5, 10, 29, 55, 110, 275], range: [2, 1000] },
  TZ: { values: [500, 1000, 2000, 5000, 10_000], range: [500, 100_000] },
  UG: { values: [500, 1000, 2000, 5000, 10_000], range: [500, 200_000] },
  US: { values: [5, 10, 15, 25, 30, 50], range: [5, 150] },
  GB: { values: [5, 10, 15, 20, 30], range: [5, 100] },
  DE: { values: [5, 10, 15, 20, 30, 50], range: [5, 100] },
  IN: { values: [10, 20, 50, 100, 239, 299, 500], range: [10, 5000] },
  PK: { values: [50, 100, 200, 500, 1000], range: [50, 10_000] },
  PH: { values: [10, 20, 50, 100, 300, 500], range: [5, 1000] },
  ID: { values: [5000, 10_000, 25_000, 50_000, 100_000], range: [5000, 1_000_000] },
  MX: { values: [20, 50, 100, 200, 500], range: [10, 500] },
  BR: { values: [15, 20, 30, 50, 100], range: [15, 300] },
  AE: { values: [5, 10, 25, 50, 100, 200], range: [5, 500] },
  SA: { values: [10, 20, 50, 100, 200], range: [10, 500] },
  RU: { values: [50, 100, 200, 500, 1000], range: [10, 15_000] },
  KZ: { values: [500, 1000, 2000, 5000, 10_000], range: [100, 50_000] },
}

/** Bundles of the two largest operators of each main market, in US dollars. */
export const dataBundles: readonly {
  readonly dataGb: number
  readonly validityDays: number
  readonly usd: number
}[] = [
  { dataGb: 0.5, validityDays: 1, usd: 0.4 },
  { dataGb: 1, validityDays: 7, usd: 0.9 },
  { dataGb: 3, validityDays: 30, usd: 2.2 },
  { dataGb: 10, validityDays: 30, usd: 5.5 },
  { dataGb: 40, validityDays: 30, usd: 16 },
]
export const dataOperatorsPerMarket = 2
