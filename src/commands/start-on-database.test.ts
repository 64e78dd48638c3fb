import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../test/database.ts'
import { freePort, killAllScrip, startScrip } from '../../test/scrip-process.ts'
import type { ScripProcess } from '../../test/scrip-process.ts'
import { startTcpProxy } from '../../test/tcp-proxy.ts'
import { openLog } from '../platform/log.ts'
import { newSecretKey } from '../platform/secrets.ts'
import { collectOpenThings } from '../platform/shutdown.ts'
import { startOnDatabase } from './start-on-database.ts'

afterEach(killAllScrip)

const home = { untilReachable: async (): Promise<void> => undefined }
const log = openLog('silent')

describe('a start in whose middle the database goes away', () => {
  const down = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

  it('closes what it had opened, newest first, and begins again', async () => {
    const told: string[] = []
    const things = collectOpenThings(log)
    things.add('antechamber', async () => told.push('close antechamber'))
    let starts = 0
    const result = await startOnDatabase(
      { home, log, stopping: new AbortController().signal },
      things,
      async (opened) => {
        starts += 1
        const mine = starts
        opened.add('first', async () => told.push(`close first ${mine}`))
        opened.add('second', async () => told.push(`close second ${mine}`))
        if (mine < 3) throw down()
        return mine
      },
    )
    expect(result).toBe(3)
    expect(told).toEqual(['close second 1', 'close first 1', 'close second 2', 'close first 2'])
    await things.close()
    expect(told.slice(4)).toEqual(['close second 3', 'close first 3', 'close antechamber'])
  })

  it('that is told to stop meanwhile begins nothing again, and leaves nothing open', async () => {
    const stopping = new AbortController()
    const things = collectOpenThings(log)
    let [starts, open] = [0, 0]
    const started = startOnDatabase({ home, log, stopping: stopping.signal }, things, async (opened) => {
      starts += 1
      open += 1
      opened.add('one', async () => (open -= 1))
      throw down()
    })
    started.catch(() => undefined)
    await expect.poll(() => [starts, open]).toEqual([1, 0])
    stopping.abort()
    await things.close()
    await expect(started).rejects.toThrow('aborted')
    expect([starts, open]).toEqual([1, 0])
  })

  it('is the only one that begins again: any other failure is told', async () => {
    const things = collectOpenThings(log)
    let starts = 0
    await expect(
      startOnDatabase({ home, log, stopping: new AbortController().signal }, things, async () => {
        starts += 1
        throw new Error('a wrong master key')
      }),
    ).rejects.toThrow('a wrong master key')
    expect(starts).toBe(1)
  })
})

/** Of all that the database says to a process during its start: after which part it is cut off. */
const moments = [0.2, 0.45, 0.7, 0.9]

describe.each([
  { role: 'server', args: ['server', '--migrate'] },
  { role: 'worker', args: ['worker', '--migrate'] },
  { role: 'up', args: ['up'] },
])('scrip $role', ({ args }) => {
  const made: string[] = []
  afterAll(async () => {
    for (const path of made) await rm(path, { recursive: true, force: true })
  })

  it('comes up wherever in its start the database is gone for a moment', async () => {
    const { url } = await createTestDatabase()
    const dataDir = await mkdtemp(join(tmpdir(), 'scrip-start-'))
    made.push(dataDir)
    const masterKey = newSecretKey().toString('base64')
    const start = async (
      cutAt: number,
    ): Promise<{ process: ScripProcess; answers: () => number; wasCut: () => boolean }> => {
      let [answers, isCut] = [0, false]
      const proxy = await startTcpProxy(url, (count) => {
        answers = count
        if (count !== cutAt) return
        isCut = true
        void proxy
          .cut()
          .then(() => sleep(300))
          .then(() => proxy.restore())
      })
      const process = startScrip(args, {
        DATABASE_URL: proxy.url,
        SCRIP_DATA_DIR: dataDir,
        SCRIP_MASTER_KEY: masterKey,
        PORT: String(await freePort()),
      })
      void process.ended.then(() => proxy.close())
      return { process, answers: () => answers, wasCut: () => isCut }
    }
    // The first start has more to say: it claims the environment, and makes the demo world.
    let total = 0
    for (const _ of ['first', 'usual']) {
      const { process, answers } = await start(-1)
      await process.announced
      total = answers()
      process.kill('SIGTERM')
      expect(await process.ended).toBe(0)
    }
    let [cuts, begunAgain] = [0, 0]
    for (const part of moments) {
      // What is said differs a little from start to start: one that came up before its moment is a newer measure, by which it is tried again.
      for (let tries = 0, isOver = false; !isOver && tries < 3; tries += 1) {
        const { process, answers, wasCut } = await start(Math.max(1, Math.floor(total * part)))
        await process.announced
        isOver = wasCut()
        if (isOver) cuts += 1
        else total = answers()
        if (process.log().includes('starting again')) begunAgain += 1
        process.kill('SIGTERM')
        expect(await process.ended).toBe(0)
      }
    }
    expect(cuts).toBe(moments.length)
    expect(begunAgain).toBeGreaterThan(0)
  }, 300_000)
})
