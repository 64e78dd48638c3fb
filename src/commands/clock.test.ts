import { afterEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { freePort, killAllScrip, startScrip } from '../../test/scrip-process.ts'
import { wrongClock } from '../../test/wrong-clock.ts'
import { newSecretKey } from '../platform/secrets.ts'

afterEach(killAllScrip)

const minutes = 60_000

describe.each([
  { what: 'is ahead by ten minutes', byMs: 10 * minutes },
  { what: 'is behind by a minute', byMs: -minutes },
  { what: 'is right', byMs: 0 },
])('a worker whose machine’s clock $what', ({ byMs }) => {
  it('tells so in its figures, and in its log if it is wrong', async () => {
    const { url } = await createTestDatabase()
    const port = await freePort()
    const worker = startScrip(['worker', '--migrate', '--port', String(port)], {
      DATABASE_URL: url,
      SCRIP_MASTER_KEY: newSecretKey().toString('base64'),
      ...wrongClock(byMs),
    })
    await worker.announced
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    const behind = Number(/^scrip_clock_behind_seconds (\S+)$/m.exec(metrics)?.[1])
    expect(Math.abs(behind + byMs / 1_000)).toBeLessThan(5)
    expect(worker.log().includes("machine's clock is wrong")).toBe(byMs !== 0)
    worker.kill('SIGTERM')
    expect(await worker.ended).toBe(0)
  }, 30_000)
})
