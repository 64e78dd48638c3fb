import type { EsimInQuestion, EsimStatus } from '../../core/fulfilment/supplier.ts'
import { networksIn } from './networks.ts'
import { shareOf } from './iccid.ts'

type Package = EsimStatus['packages'][number]

/**
 * How an eSIM is doing at `nowMs`, as a function of what was put on it: its holder installs it some minutes after he bought it, turns
 * it on within an hour, and uses up each package in between half and one and a half times its validity, one after the other.
 */
export function statusAt(esim: EsimInQuestion, nowMs: number): EsimStatus {
  const bought = esim.packages.toSorted((a, b) => a.boughtAt.getTime() - b.boughtAt.getTime())
  const boughtAtMs = bought[0]?.boughtAt.getTime() ?? Number.POSITIVE_INFINITY
  const installedAtMs =
    boughtAtMs + 2 * minuteMs + Math.floor(shareOf(`install/${esim.iccid}`) * 8 * minuteMs)
  const onAtMs = installedAtMs + 10 * minuteMs + Math.floor(shareOf(`on/${esim.iccid}`) * 50 * minuteMs)
  let freeAtMs = onAtMs
  const packages = bought.map((one) => {
    const course = courseOf(esim.iccid, one, Math.max(freeAtMs, one.boughtAt.getTime()))
    freeAtMs = Math.min(course.usedUpAtMs, course.expiresAtMs)
    return packageAt(one, course, nowMs)
  })
  const status =
    nowMs < installedAtMs ? 'Released' : nowMs < onAtMs ? 'Installed' : statusWhenOn(packages.at(-1)?.status)
  return { status, canRenew: status !== 'Expired', packages, coverage: networksIn(esim.coverage) }
}

/** An eSIM that is on is what its last package is; while that one waits, an earlier one is in use. */
function statusWhenOn(last: Package['status'] | undefined): EsimStatus['status'] {
  if (last === 'depleted') return 'Depleted'
  return last === 'expired' ? 'Expired' : 'Active'
}

type Course = {
  readonly startsAtMs: number
  readonly expiresAtMs: number
  /** When the last byte would be used, were it not to expire before. */
  readonly usedUpAtMs: number
}

function courseOf(
  iccid: string,
  { reference, validityDays }: EsimInQuestion['packages'][number],
  startsAtMs: number,
): Course {
  const validityMs = validityDays * 24 * 60 * minuteMs
  const pace = 0.5 + shareOf(`pace/${iccid}/${reference}`)
  return {
    startsAtMs,
    expiresAtMs: startsAtMs + validityMs,
    usedUpAtMs: startsAtMs + Math.floor(validityMs * pace),
  }
}

function packageAt(
  { reference, name, dataBytes }: EsimInQuestion['packages'][number],
  { startsAtMs, expiresAtMs, usedUpAtMs }: Course,
  nowMs: number,
): Package {
  const head = { id: reference, name, totalBytes: dataBytes }
  if (nowMs < startsAtMs)
    return {
      ...head,
      remainingBytes: dataBytes,
      activatedAt: undefined,
      expiresAt: undefined,
      status: 'waiting',
    }
  const untilMs = Math.min(nowMs, expiresAtMs, usedUpAtMs)
  const wholeMs = BigInt(Math.max(1, usedUpAtMs - startsAtMs))
  const remainingBytes = (dataBytes * BigInt(usedUpAtMs - untilMs)) / wholeMs
  return {
    ...head,
    remainingBytes,
    activatedAt: new Date(startsAtMs),
    expiresAt: new Date(expiresAtMs),
    // One that was used up can be renewed until its time is over.
    status: nowMs >= expiresAtMs ? 'expired' : nowMs >= usedUpAtMs ? 'depleted' : 'active',
  }
}

const minuteMs = 60_000
