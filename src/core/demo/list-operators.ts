import { listCountries } from '../../platform/countries.ts'
import { listMobileOperators } from '../../platform/mobile-operators.ts'
import { mainMarkets, marketsNotSold, operatorsElsewhere, operatorsPerMainMarket } from './data/airtime.ts'
import { slug } from './product.ts'
import type { DemoBrand } from './product.ts'
import { findPlace } from './find-places.ts'

/** A mobile operator in one country, with all its networks. */
export type DemoOperator = {
  /** As the public list has it. */
  readonly name: string
  readonly country: string
  /** Upper case, unique in the country. */
  readonly code: string
  /** "62130,62150" */
  readonly networks: string
  readonly brand: DemoBrand
}

/** The largest operators of each country, largest first: more where most is sold, fewer elsewhere. */
export function listOperators(): readonly DemoOperator[] {
  const byCountry = Map.groupBy(listMobileOperators(), (operator) => operator.countryCode)
  return listCountries()
    .filter((country) => country.currency !== undefined && !marketsNotSold.includes(country.code))
    .flatMap((country) => {
      const count = mainMarkets.includes(country.code) ? operatorsPerMainMarket : operatorsElsewhere
      return mergeNetworks(byCountry.get(country.code) ?? [])
        .slice(0, count)
        .map((merged) => describeOperator(merged, country.code))
    })
}

type Network = ReturnType<typeof listMobileOperators>[number]
type Merged = {
  readonly key: string
  readonly name: string
  readonly networks: readonly string[]
  readonly bandCount: number
}

/** One row per operator, with the most radio bands first: that is what sets nationwide networks apart from rural and private ones. */
function mergeNetworks(networks: readonly Network[]): Merged[] {
  const named = networks.flatMap((network) => {
    const key = slug(network.name)
    // Lists of brands and company names in full are no names that a buyer would look for.
    return key === undefined || /[,/]/.test(network.name) || network.name.length > 30
      ? []
      : [{ ...network, key }]
  })
  return [...Map.groupBy(named, ({ key }) => key)]
    .map(([key, same]) => ({
      key,
      name: same[0]?.name ?? key,
      networks: [...new Set(same.map(({ mcc, mnc }) => `${mcc}${mnc}`))],
      bandCount: Math.max(...same.map(({ bandCount }) => bandCount)),
    }))
    .filter(({ bandCount }) => bandCount > 0)
    .sort((a, b) => b.bandCount - a.bandCount)
}

function describeOperator({ key, name, networks }: Merged, country: string): DemoOperator {
  const place = slug(findPlace(country).names.en) ?? country.toLowerCase()
  const isNamedAfterPlace = key.split('-').includes(place) || key.endsWith(`-${place}`)
  return {
    name,
    country,
    code: key.toUpperCase(),
    networks: networks.join(','),
    brand: {
      code: isNamedAfterPlace ? key : `${key}-${place}`,
      name: isNamedAfterPlace ? name : `${name} ${findPlace(country).names.en}`,
      family: { code: key, name },
    },
  }
}
