import { Failure } from './failure.ts'
import type { FieldProblem } from './failure.ts'

/** How each setting is read from what somebody typed (undefined: it is none), and what it must be, as the end of a sentence. */
export type SettingReaders<Settings> = {
  readonly [Name in keyof Settings]: readonly [
    read: (text: string) => Settings[Name] | undefined,
    must: string,
  ]
}

/**
 * Reads settings that somebody typed as the fields of an object; those that nobody reads are left out.
 * Throws Failure validation_failed that names each setting that is missing or wrong, and tells what none of them held.
 */
export function readTextSettings<Settings extends object>(
  given: unknown,
  readers: SettingReaders<Settings>,
): Settings {
  const texts = new Map<string, unknown>(
    typeof given === 'object' && given !== null ? Object.entries(given) : [],
  )
  const fields: FieldProblem[] = []
  const read = Object.entries<SettingReaders<Settings>[keyof Settings]>(readers).map(
    ([field, [reader, must]]) => {
      const text = texts.get(field)
      const value = typeof text === 'string' ? reader(text) : undefined
      if (value === undefined) fields.push({ field, sentence: `The ${field} setting must be ${must}.` })
      return [field, value]
    },
  )
  if (fields.length > 0) throw new Failure('validation_failed', { fields })
  return Object.fromEntries(read) as Settings // Each of its names was read, and none is undefined.
}
