import { expect } from 'vitest'

/** An expectation that comes true by and by, on a busy machine too: it is asked again for twenty seconds. */
export function eventually<T>(read: () => T): ReturnType<typeof expect.poll<Awaited<T>>> {
  return expect.poll(read, { timeout: 20_000 })
}
