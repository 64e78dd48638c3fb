import type { Words } from './attempt.ts'

/** Collects what answers hold, by the names of fields. */
export type Vocabulary = Words & {
  /**
   * @param source.path of the call that answered so
   * @param source.shared whether everybody may see what it holds
   */
  learn(body: unknown, source: { readonly path: string; readonly shared: boolean }): void
  /** Texts that look like ids, long ones of letters and digits, and stand in no answer that everybody may see. */
  ids(): Iterable<string>
}

/** The vocabulary of one API: the last values of each field, at most as many as are of use. */
export function openVocabulary(): Vocabulary {
  const values = new Map<string, unknown[]>()
  const open = new Set<unknown>()
  const keep = (name: string, value: unknown): void => {
    const list = values.get(name) ?? []
    if (list.includes(value)) return
    list.push(value)
    if (list.length > valuesMost) list.splice(0, list.length - valuesMost)
    if (values.size < namesMost) values.set(name, list)
  }
  /** What a path calls `id`, answers may call by the name of the thing. */
  const anyId = (): readonly unknown[] =>
    [...values].filter(([name]) => name.endsWith('id')).flatMap(([, list]) => list)
  return {
    learn(body, { path, shared }) {
      const resource = resourceOf(path)
      for (const { name, value } of leavesOf(body)) {
        if (shared && open.size < 100_000) open.add(value)
        keep(keyOf(name), value)
        if (resource !== undefined) keep(`${resource}.${keyOf(name)}`, value)
      }
    },
    known(name, path) {
      const key = keyOf(name)
      const resource = path === undefined ? undefined : resourceOf(path.slice(0, path.indexOf(`{${name}}`)))
      const ofResource = resource === undefined ? undefined : values.get(`${resource}.id`)
      return (
        ofResource ??
        (key === 'id' ? anyId() : values.get(key)) ??
        values.get(key.replace(/^.+(id|code|reference)$/, '$1')) ??
        []
      )
    },
    *ids() {
      for (const [name, list] of values)
        for (const value of list)
          if (
            typeof value === 'string' &&
            !open.has(value) &&
            !/sku|product/.test(name) &&
            looksLikeId.test(value)
          )
            yield value
    },
  }
}

type Leaf = { readonly name: string; readonly value: string | number }

function leavesOf(value: unknown, name = '', depth = 0): Leaf[] {
  if (depth > 8) return []
  if (Array.isArray(value)) return value.slice(0, 20).flatMap((one) => leavesOf(one, name, depth + 1))
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([inner, one]) => leavesOf(one, inner, depth + 1))
  const isOfUse =
    (typeof value === 'string' && value !== '' && value.length < 200) || typeof value === 'number'
  return isOfUse ? [{ name, value }] : []
}

/** The last part of a path that is no parameter: "orders" of "/orders/{uuid}". */
function resourceOf(path: string): string | undefined {
  return path
    .split('/')
    .findLast((part) => part !== '' && !part.startsWith('{'))
    ?.toLowerCase()
}

function keyOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}

const looksLikeId = /^(?=.*\d)[A-Za-z0-9:._-]{12,}$/
const valuesMost = 60
const namesMost = 4_000
