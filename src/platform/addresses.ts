import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'

/** Networks as a set that an address is in or not. */
export type AddressSet = { includes(address: string): boolean }

/**
 * Builds the set of the given networks, each as `parseNetwork` writes it. An IPv4 address in IPv6 clothes (::ffff:192.0.2.1) is
 * the IPv4 address; a text that is no address is in no set. Throws RangeError for a network that is none.
 */
export function addressSet(networks: readonly string[]): AddressSet {
  const list = new BlockList()
  for (const text of networks) {
    const network = readNetwork(text)
    if (network === undefined) throw new RangeError(`"${text}" is not a network.`)
    list.addSubnet(network.address, network.prefix, network.family)
  }
  return {
    includes(text) {
      const address = readAddress(text)
      return address !== undefined && list.check(address.address, address.family)
    },
  }
}

/**
 * A network in its canonical spelling: "192.0.2.7" → "192.0.2.7/32", "2001:DB8::/32" → "2001:db8::/32". Undefined if the text is no
 * network, or has bits behind its prefix (192.0.2.7/24): whoever writes that may mean the address or the network.
 */
export function parseNetwork(text: string): string | undefined {
  const network = readNetwork(text)
  return network === undefined ? undefined : `${network.address}/${network.prefix}`
}

type Address = { readonly address: string; readonly family: 'ipv4' | 'ipv6' }

function readNetwork(text: string): (Address & { readonly prefix: number }) | undefined {
  const [, host = '', digits] = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const address = readAddress(host)
  if (address === undefined) return undefined
  const bits = address.family === 'ipv4' ? 32 : 128
  const wasMapped = address.family === 'ipv4' && host.includes(':')
  const prefix = digits === undefined ? bits : Number(digits) - (wasMapped ? mappedBits : 0)
  if (prefix < 0 || prefix > bits) return undefined
  return bitsBehind(address, prefix) === 0n ? { ...address, prefix } : undefined
}

function readAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { address: text, family: 'ipv4' }
  const bare = text.replace(/%.*$/, '') // The zone says through which interface, not who.
  if (!isIPv6(bare)) return undefined
  // The platform's own spelling: lower case, shortest, and a mapped address with its IPv4 in dots.
  const { address } = new SocketAddress({ address: bare, family: 'ipv6' })
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1]
  return mapped === undefined ? { address, family: 'ipv6' } : { address: mapped, family: 'ipv4' }
}

function bitsBehind({ address, family }: Address, prefix: number): bigint {
  const bits = family === 'ipv4' ? 32 : 128
  return numberOf(address, family) & ((1n << BigInt(bits - prefix)) - 1n)
}

function numberOf(address: string, family: Address['family']): bigint {
  if (family === 'ipv4') return address.split('.').reduce((number, part) => number * 256n + BigInt(part), 0n)
  return groupsOf(address).reduce((number, group) => number * 65_536n + BigInt(`0x${group}`), 0n)
}

/** The eight groups of an IPv6 address: "::" stands for as many zeros as are missing, and the last two may be written as IPv4. */
function groupsOf(address: string): string[] {
  const plain = address.replace(
    /(\d+)\.(\d+)\.(\d+)\.(\d+)$/,
    (_, a: string, b: string, c: string, d: string) =>
      [256 * Number(a) + Number(b), 256 * Number(c) + Number(d)].map((group) => group.toString(16)).join(':'),
  )
  const [head = '', tail] = plain.split('::')
  const split = (text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : text.split(':')
  const [first, last] = [split(head), split(tail)]
  const missing = tail === undefined ? 0 : 8 - first.length - last.length
  return [...first, ...Array.from({ length: missing }, () => '0'), ...last]
}

const mappedBits = 96
