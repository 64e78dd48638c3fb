import { ExactNumber, exactNumber } from '../values/json.ts'

/** Writes a JSON value as text with the values of secret fields replaced, at any depth; undefined for what is no JSON. */
export type Mask = (value: unknown) => string | undefined

/** Makes a mask for fields of these names, in any case, and for those that hold a secret whatever the API. */
export function maskFields(names: readonly string[]): Mask {
  const isSecret = secretNames(names)
  const replace = (key: string, value: unknown): unknown => {
    if (value instanceof ExactNumber) return exactNumber(value.source)
    return value !== null && isSecret(key) ? masked : value
  }
  return (value) => JSON.stringify(value, replace)
}

/** Makes a function that replaces the values of secret parameters in an address ("/a?token=x&b=1" → "/a?token=***&b=1"). */
export function maskQuery(names: readonly string[]): (address: string) => string {
  const isSecret = secretNames(names)
  return (address) => {
    const query = address.indexOf('?')
    if (query === -1) return address
    const parts = address.slice(query + 1).split('&')
    return `${address.slice(0, query)}?${parts.map((part) => maskParameter(part, isSecret)).join('&')}`
  }
}

function maskParameter(part: string, isSecret: (name: string) => boolean): string {
  const equals = part.indexOf('=')
  return equals !== -1 && isSecret(decodeName(part.slice(0, equals)))
    ? `${part.slice(0, equals)}=${masked}`
    : part
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

const masked = '***'

const alwaysSecret = [
  'authorization',
  'password',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'api_key',
  'apikey',
  'private_key',
  'privatekey',
  'signature',
]

/** Answers are remembered for names as they come; the memory is bounded, since a client chooses the names. */
function secretNames(names: readonly string[]): (name: string) => boolean {
  const secrets = new Set([...alwaysSecret, ...names].map((name) => name.toLowerCase()))
  const known = new Map<string, boolean>()
  return (name) => {
    const answer = known.get(name)
    if (answer !== undefined) return answer
    const isSecret = secrets.has(name.toLowerCase())
    if (known.size < 1_000 && name.length <= 64) known.set(name, isSecret)
    return isSecret
  }
}
