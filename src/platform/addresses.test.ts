import { describe, expect, test } from 'vitest'
import { addressSet, parseNetwork } from './addresses.ts'

describe('a network', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8::/32', '2001:db8::/32'],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1/128'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.7', '192.0.2.7/32'],
    ['::FFFF:c000:0200/120', '192.0.2.0/24'],
  ])('%s is read as %s', (text, network) => {
    expect(parseNetwork(text)).toBe(network)
  })

  test.each([
    '',
    'example.com',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.07',
    '192.0.2.0/33',
    '192.0.2.0/',
    '192.0.2.0/-1',
    '192.0.2.7/24',
    '2001:db8::1/32',
    '2001:db8::/129',
    '::ffff:192.0.2.0/95',
    'fe80::1%eth0',
    ' 192.0.2.7',
    '192.0.2.7\n',
  ])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })
})

describe('a set of networks', () => {
  const set = addressSet(['192.0.2.0/24', '198.51.100.7/32', '2001:db8::/32'])

  test.each([
    '192.0.2.0',
    '192.0.2.255',
    '198.51.100.7',
    '2001:db8::',
    '2001:DB8:ffff::1',
    '2001:db8::1%eth0',
  ])('has %s', (address) => {
    expect(set.includes(address)).toBe(true)
  })

  test.each(['::ffff:192.0.2.1', '::FFFF:C000:0201', '0:0:0:0:0:ffff:192.0.2.1', '::ffff:198.51.100.7'])(
    'has %s, which is an IPv4 address',
    (address) => {
      expect(set.includes(address)).toBe(true)
    },
  )

  test.each([
    '192.0.3.0',
    '192.0.1.255',
    '198.51.100.8',
    '2001:db9::',
    '::1',
    '::ffff:192.0.3.1',
    '::192.0.2.1',
    '',
    'unknown',
    '192.0.2.1:80',
  ])('does not have %j', (address) => {
    expect(set.includes(address)).toBe(false)
  })

  test('of all IPv4 addresses has no IPv6 address', () => {
    expect(addressSet(['0.0.0.0/0']).includes('2001:db8::1')).toBe(false)
  })

  test('without networks has no address', () => {
    expect(addressSet([]).includes('192.0.2.1')).toBe(false)
  })

  test('is not made of what is no network', () => {
    expect(() => addressSet(['192.0.2.7/24'])).toThrow(RangeError)
  })
})
