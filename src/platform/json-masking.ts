import { parseJson } from '../values/json.ts'

/** Replaces the values of secret fields in a JSON text, at any depth. */
export type Mask = (json: string) => string

/**
 * Makes a mask for fields of these names, in any case, and for those that hold a secret whatever the API. It takes texts as
 * JSON.stringify writes them, without spaces and needless escapes: there `,"name":` is a key and nothing else, because inside a
 * string a backslash stands before each quote. So most texts need not be read as values to be masked.
 */
export function maskFields(names: readonly string[]): Mask {
  const key = `[{,]"(?:${secretsWith(names).map(escapePattern).join('|')})":`
  const nested = new RegExp(`${key}[[{]`, 'iu')
  const simple = new RegExp(`(${key})(?:"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"|[-\\dtf][^,}\\]]*)`, 'giu')
  const isSecret = secretNames(names)
  const replace = (name: string, value: unknown): unknown =>
    value !== null && isSecret(name) ? masked : value
  return (json) =>
    nested.test(json) ? JSON.stringify(parseJson(json), replace) : json.replace(simple, `$1"${masked}"`)
}

function escapePattern(text: string): string {
  return text.replace(/[^\w-]/g, '\\$&')
}

/** Makes a function that replaces the values of secret parameters in an address ("/a?token=x&b=1" → "/a?token=***&b=1"). */
export function maskQuery(names: readonly string[]): (address: string) => string {
  const isSecret = secretNames([...names, 'key'])
  return (address) => {
    const query = address.indexOf('?')
    if (query === -1) return address
    const parts = address.slice(query + 1).split('&')
    return `${address.slice(0, query)}?${parts.map((part) => maskParameter(part, isSecret)).join('&')}`
  }
}

/** Takes a secret out of a text wherever it stands in it; undefined stays. */
export function maskSecret<Text extends string | undefined>(text: Text, secret: string | undefined): Text {
  // What is as short as that stands in many a text by chance.
  if (text === undefined || secret === undefined || secret.length < 8 || !text.includes(secret)) return text
  return text.replaceAll(secret, masked) as Text // A text stays one.
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

function secretsWith(names: readonly string[]): string[] {
  return [...alwaysSecret, ...names]
}

/** Answers are remembered for names as they come; the memory is bounded, since a client chooses the names. */
function secretNames(names: readonly string[]): (name: string) => boolean {
  const secrets = new Set(secretsWith(names).map((name) => name.toLowerCase()))
  const known = new Map<string, boolean>()
  return (name) => {
    const answer = known.get(name)
    if (answer !== undefined) return answer
    const isSecret = secrets.has(name.toLowerCase())
    if (known.size < 1_000 && name.length <= 64) known.set(name, isSecret)
    return isSecret
  }
}
