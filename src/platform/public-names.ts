import type { LookupAddress } from 'node:dns'
import { Resolver } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'

/** The addresses of a name, IPv4 first. Rejects where there are none, or where nobody answers. */
export type ResolveName = (name: string) => Promise<LookupAddress[]>

/**
 * Resolves names that strangers have given us. The system's own way to do so takes a thread of the few that a process has for as long as a name
 * server is silent, so that one such name keeps everybody else's waiting. These questions take none: they are asked over a socket, each with its
 * time-out, and one at a time for a name. This machine's own names (its hosts file) count, search domains do not.
 *
 * @param options.nameServers by default those of the system
 */
export function openPublicNames(
  options: { readonly nameServers?: readonly string[]; readonly hostsFile?: string } = {},
): ResolveName {
  const resolver = new Resolver({ timeout: tryMs, tries: triesMost })
  if (options.nameServers !== undefined) resolver.setServers(options.nameServers)
  const asked = new Map<string, Promise<LookupAddress[]>>()
  const ask = async (name: string): Promise<LookupAddress[]> => {
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found = [
      ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 })),
      ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 })),
    ]
    if (found.length === 0 && v4.status === 'rejected') throw v4.reason
    return found
  }
  return async (given) => {
    const name = given.toLowerCase().replace(/\.$/, '')
    const own = ownAddresses(name, options.hostsFile ?? hostsFile)
    if (own.length > 0) return own
    const under = asked.get(name)
    if (under !== undefined) return under
    const question = ask(name).finally(() => asked.delete(name))
    asked.set(name, question)
    return question
  }
}

/** RFC 6761 keeps "localhost" for this machine, whatever its files say. */
function ownAddresses(name: string, file: string): LookupAddress[] {
  if (name === 'localhost' || name.endsWith('.localhost'))
    return [
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]
  return readHosts(file)
    .filter(({ names }) => names.includes(name))
    .map(({ address }) => ({ address, family: isIP(address) }))
    .toSorted((one, other) => one.family - other.family)
}

/** The file is small and in the system's cache, and may change at any time. */
function readHosts(file: string): { readonly address: string; readonly names: readonly string[] }[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().toLowerCase().split(/\s+/)
    return isIP(address) === 0 ? [] : [{ address, names }]
  })
}

const hostsFile = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts'
/** Of one server; a second try waits twice as long. */
const tryMs = 1_000
const triesMost = 2
