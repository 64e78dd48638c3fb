import { describe, expect, test } from 'vitest'
import type { Catalogue } from '../core/catalogue/catalogue.ts'
import { PageCache } from './page-cache.ts'

describe('a page', () => {
  test('is built once for as long as what it shows stays the same', async () => {
    const cache = new PageCache(1_000_000)
    let built = 0
    const ask = (version: bigint, stockVersion: number, showsStock: boolean) =>
      cache.page(
        'key',
        { catalogue: catalogueAt(version, stockVersion), showsStock },
        () => `page ${(built += 1)}`,
      )

    const first = await ask(1n, 1, true)
    expect(await ask(1n, 1, true)).toBe(first)
    expect((await ask(1n, 2, true)).body.toString()).toBe('page 2')
    expect((await ask(2n, 2, true)).body.toString()).toBe('page 3')
    expect((await ask(2n, 2, false)).body.toString()).toBe('page 4')
    expect((await ask(2n, 3, false)).body.toString()).toBe('page 4')
  })

  test('has an ETag that depends on its bytes alone', async () => {
    const tagOf = async (cache: PageCache, key: string, version: bigint, text: string) =>
      (await cache.page(key, { catalogue: catalogueAt(version, 1), showsStock: false }, () => text)).etag
    const one = await tagOf(new PageCache(1_000), 'a', 1n, 'text')
    expect(one).toMatch(/^"[\w-]{43}"$/)
    expect(await tagOf(new PageCache(1_000), 'b', 2n, 'text')).toBe(one)
    expect(await tagOf(new PageCache(1_000), 'a', 1n, 'other')).not.toBe(one)
  })

  test('whose building fails is not kept', async () => {
    const cache = new PageCache(1_000_000)
    const source = { catalogue: catalogueAt(1n, 1), showsStock: false }
    await expect(cache.page('key', source, () => Promise.reject(new Error('refused')))).rejects.toThrow(
      'refused',
    )
    expect(cache.bytes).toBe(0)
    expect((await cache.page('key', source, () => 'page')).body.toString()).toBe('page')
  })
})

test('the cache drops what was not asked for longest, and never holds more than it may', async () => {
  const cache = new PageCache(10_000)
  const source = { catalogue: catalogueAt(1n, 1), showsStock: false }
  const built: string[] = []
  const ask = async (key: string) => cache.page(key, source, () => (built.push(key), 'x'.repeat(2_000)))
  for (const key of ['a', 'b', 'c']) await ask(key)
  await ask('a')
  await ask('d')
  await ask('a')
  expect(built).toEqual(['a', 'b', 'c', 'd'])
  await ask('b')
  expect(built).toEqual(['a', 'b', 'c', 'd', 'b'])
  for (let place = 0; place < 100; place += 1) {
    await ask(`page ${place}`)
    expect(cache.bytes).toBeLessThanOrEqual(10_000)
  }
  await cache.page('huge', source, () => 'x'.repeat(20_000))
  expect(cache.bytes).toBe(0)
})

function catalogueAt(version: bigint, stockVersion: number): Catalogue {
  return { version, stockVersion } as Catalogue // The cache looks at nothing else.
}
