import { isDay } from '../../../values/day.ts'

/** An instant of a filter: ISO 8601 with a zone, or a whole day of UTC, of which `edge` says which end is meant; undefined if it is neither. */
export function readInstant(text: string, edge: 'first' | 'last'): Date | undefined {
  const [, day, time, zone] = shape.exec(text) ?? []
  if (day === undefined || !isDay(day)) return undefined
  // The list takes all of the second that its end stands in.
  const clock = time ?? (edge === 'first' ? '00:00:00' : '23:59:59')
  const at = new Date(`${day}T${clock}${offset(zone)}`)
  return Number.isNaN(at.getTime())
    ? undefined
    : edge === 'first'
      ? at
      : new Date(Math.floor(at.getTime() / 1000) * 1000)
}

/** A plus sign that was not escaped arrives as a space. Without a zone, as everywhere here, it is UTC. */
const shape = /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)([Zz]|[+\- ]\d\d:?\d\d)?)?$/

function offset(zone: string | undefined): string {
  const [, sign, hours, minutes] = /^([+\- ])(\d\d):?(\d\d)$/.exec(zone ?? '') ?? []
  return sign === undefined ? 'Z' : `${sign === '-' ? '-' : '+'}${hours}:${minutes}`
}
