import { isDay } from '../../../values/day.ts'

/** "20260131" → "2026-01-31"; undefined if that is no day of the calendar. */
export function readDay(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? []
  if (year === undefined || month === undefined || day === undefined) return undefined
  const iso = `${year}-${month}-${day}`
  return isDay(iso) ? iso : undefined
}

/** "2026-01-31" → "20260131". */
export function toDay(iso: string): string {
  return iso.replaceAll('-', '')
}

/** The account's time zone; who has chosen none is in Nairobi. */
export function zoneOf(timeZone: string): string {
  return timeZone === 'UTC' ? 'Africa/Nairobi' : timeZone
}

/** The vendor's own order, day before month: "2026-31-01 19:02:50". */
export function toTransactionDate(instant: Date, timeZone: string): string {
  const { year, month, day, hour, minute, second } = partsOf(instant, timeZone)
  return `${year}-${day}-${month} ${hour}:${minute}:${second}`
}

/**
 * Whether a stamp "yyyyMMddHHmmss" is of now, give or take five minutes, in UTC or in a time zone.
 *
 * @param nowMs since 1970
 */
export function isStampOfNow(stamp: string, nowMs: number, timeZone: string): boolean {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? []
  const given = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  const isNear = (now: number): boolean => Math.abs(given - now) <= toleranceMs
  return isNear(nowMs) || isNear(wallClockMs(nowMs, timeZone))
}

/** What a clock on the wall there shows, read as if it were UTC. */
function wallClockMs(nowMs: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(new Date(nowMs), timeZone)
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

type Parts = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>>

function partsOf(instant: Date, timeZone: string): Parts {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]))
  const part = (type: keyof Parts): string => parts.get(type) ?? ''
  return {
    year: part('year').padStart(4, '0'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
}

const toleranceMs = 300_000
