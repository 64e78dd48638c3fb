import operators from 'mcc-mnc-list'

/** One public mobile network in one country, as the list has it that mcc-mnc-list takes from Wikipedia. */
export type MobileOperator = {
  /** Mobile country code, three digits. */
  readonly mcc: string
  /** Mobile network code, two or three digits. */
  readonly mnc: string
  /** ISO 3166 alpha-2. */
  readonly countryCode: string
  /** The brand that subscribers know, else the company. */
  readonly name: string
  /** Radio bands in use: nationwide networks run many, private and rural ones few. */
  readonly bandCount: number
}

/**
 * The operational national networks of the list, in the list's order. A network that serves several countries under one code
 * stands there once for each; one that names neither brand nor company is left out.
 */
export function listMobileOperators(): readonly MobileOperator[] {
  loaded ??= operators
    .all()
    .filter((network) => network.type === 'National' && network.status === 'Operational')
    .flatMap((network) => {
      // The package's types say text everywhere; the list itself has nulls.
      const name: string | null = network.brand ?? network.operator
      // Some network codes are not known.
      if (name === null || name === '' || !/^\d{2,3}$/.test(network.mnc ?? '')) return []
      const bandCount = (network.bands ?? '').split('/').filter((band) => /\d/.test(band)).length
      return countriesOf(network.countryCode).map((countryCode) => ({
        mcc: network.mcc,
        mnc: network.mnc,
        countryCode,
        name,
        bandCount,
      }))
    })
  return loaded
}

let loaded: readonly MobileOperator[] | undefined

/** "GB", but also "BQ/CW/SX" for networks that share a code; a part of a country ("GE-AB") has no code of its own. */
function countriesOf(codes: string | null): string[] {
  return (codes ?? '').split('/').filter((code) => /^[A-Z]{2}$/.test(code))
}
