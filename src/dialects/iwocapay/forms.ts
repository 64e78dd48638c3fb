import { Failure } from '../../values/failure.ts'

/** What a form holds: texts, and what is inside of them by name or by place. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }

/**
 * Reads a form-encoded body as the vendor's clients send it: `data[amount]=4200&data[allowed_payment_terms][]=PAY_NOW`. A name may also stand
 * alone, and a place in a list may be a number. Throws Failure malformed_body for names that contradict each other or mean nothing.
 */
export function parseForm(text: string): Record<string, FormValue> {
  const form: Record<string, FormValue> = Object.create(null) as Record<string, FormValue> // Without a prototype nothing is inherited.
  const fields = [...new URLSearchParams(text)]
  if (fields.length > fieldsMost) throw refusal()
  for (const [name, value] of fields) put(form, readPath(name), value)
  return form
}

/** "data[terms][]" → data, terms, "". */
function readPath(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (match === null) throw refusal()
  const [, head = '', rest = ''] = match
  const path = [head, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key)]
  if (path.length > levelsMost || path.includes('__proto__')) throw refusal()
  return path
}

function put(root: Record<string, FormValue>, path: readonly string[], value: string): void {
  let at: Record<string, FormValue> | FormValue[] = root
  for (const [place, key] of path.entries()) {
    const next = path[place + 1]
    const inside: FormValue = next === undefined ? value : next === '' || /^\d+$/.test(next) ? [] : {}
    if (Array.isArray(at)) {
      // Places are taken in the order in which they come: a list has no holes.
      const known: FormValue | undefined = key === '' ? undefined : at[Number(key)]
      if (known !== undefined && next === undefined) throw refusal()
      if (known === undefined) at.push(inside)
      const here: FormValue = known ?? inside
      if (next === undefined) return
      if (typeof here === 'string') throw refusal()
      at = here
    } else {
      const known: FormValue | undefined = Object.hasOwn(at, key) ? at[key] : undefined
      if (known !== undefined && (next === undefined || typeof known === 'string')) throw refusal()
      if (known === undefined) at[key] = inside
      const here: FormValue = known ?? inside
      if (typeof here === 'string') return
      at = here
    }
  }
}

function refusal(): Failure {
  return new Failure('malformed_body', { sentence: 'The form cannot be read.' })
}

const fieldsMost = 1_000
const levelsMost = 8
