import { createHash } from 'node:crypto'
import { isDay } from '../values/day.ts'
import { Failure } from '../values/failure.ts'

/** Where a keyset page ends: the key values of its last row, and whether the next page lies before or after it. */
export type Position = { readonly direction: 'after' | 'before'; readonly key: readonly string[] }

/**
 * An opaque cursor, tied to its list and filters: given to another list it is refused.
 * It holds positions only, nothing secret, so it is neither encrypted nor signed; queries always add the owner themselves.
 */
export function encodeCursor(
  list: string,
  filters: Readonly<Record<string, unknown>>,
  position: Position,
): string {
  const text = JSON.stringify([fingerprint(list, filters), position.direction, ...position.key])
  return Buffer.from(text).toString('base64url')
}

/**
 * Reads a cursor back. Throws Failure validation_failed (field `cursor`) for anything that `encodeCursor` did not write for this list.
 *
 * @param keyShapes one test per key value, so that no forged text reaches a query: `isInstant`, `isUuid`, `isInteger`
 */
export function decodeCursor(
  list: string,
  filters: Readonly<Record<string, unknown>>,
  cursor: string,
  keyShapes: readonly ((text: string) => boolean)[],
): Position {
  const parts = parse(cursor)
  const [mark, direction, ...key] = parts
  const fits = mark === fingerprint(list, filters) && (direction === 'after' || direction === 'before')
  if (
    !fits ||
    key.length !== keyShapes.length ||
    !key.every((value, place) => keyShapes[place]?.(value) === true)
  ) {
    throw new Failure('validation_failed', {
      fields: [{ field: 'cursor', sentence: 'The cursor is not valid for this list.' }],
    })
  }
  return { direction: direction === 'before' ? 'before' : 'after', key }
}

/** An instant as PostgreSQL prints it in UTC, of a day that exists. */
export function isInstant(text: string): boolean {
  const [, day = '', time = ''] = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{1,6})?)\+00$/.exec(text) ?? []
  if (!isDay(day)) return false
  const instant = new Date(`${day}T${time}Z`)
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(day)
}

export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)
}

/** A number that fits a bigint column. */
export function isInteger(text: string): boolean {
  return /^\d{1,18}$/.test(text)
}

function parse(cursor: string): string[] {
  if (cursor.length > 512) return []
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts : []
  } catch {
    return []
  }
}

function fingerprint(list: string, filters: Readonly<Record<string, unknown>>): string {
  const named = Object.entries(filters)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([list, named]))
    .digest('base64url')
    .slice(0, 12)
}
