import type { Connector } from '../src/core/fulfilment/supplier.ts'
import type { HttpClient } from '../src/platform/http.ts'
import { scrip, openScrip } from '../src/suppliers/scrip/supplier.ts'
import { readScripSettings } from '../src/suppliers/scrip/settings.ts'

/** What a supplier makes of our reference, and how long we wait for it. */
type HostileProfile = {
  readonly dedupsByReference: boolean
  readonly statusByReference: boolean
  readonly settleWindowMs?: number
  readonly timeoutMs?: number
}

/** The four kinds of suppliers, by what they make of our reference. */
export const hostileProfiles = [
  { dedupsByReference: true, statusByReference: true },
  { dedupsByReference: true, statusByReference: false },
  { dedupsByReference: false, statusByReference: true },
  { dedupsByReference: false, statusByReference: false },
] as const satisfies readonly HostileProfile[]

/** The connector of the giftapi wire with another profile, for a hostile supplier with the same one: "hostile-dedup-status". */
export function hostileConnector(profile: HostileProfile): Connector<HttpClient> {
  const { dedupsByReference, statusByReference, settleWindowMs = 1_000, timeoutMs = 500 } = profile
  return {
    ...scrip,
    name: `hostile-${dedupsByReference ? 'dedup' : 'no-dedup'}-${statusByReference ? 'status' : 'no-status'}`,
    title: 'Hostile',
    description: 'Does to its callers what suppliers do.',
    open: (settings, parts) =>
      openScrip(readScripSettings(settings), parts, {
        dedupsByReference,
        statusByReference,
        settleWindowMs,
        timeoutMs,
      }),
  }
}
