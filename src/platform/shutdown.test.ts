import { expect, it } from 'vitest'
import { openLog } from './log.ts'
import { collectOpenThings } from './shutdown.ts'

const log = openLog('silent')

it('closes what was opened last first, and goes on when one thing fails', async () => {
  const things = collectOpenThings(log)
  const closed: string[] = []
  things.add('database', async () => void closed.push('database'))
  things.add('broken', () => Promise.reject(new Error('no')))
  things.add('server', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    closed.push('server')
  })
  await Promise.all([things.close(), things.close()])
  expect(closed).toEqual(['server', 'database'])
})

it('closes at once what is opened while everything is being closed, and says so to who opens it', async () => {
  const things = collectOpenThings(log)
  let isLateClosed = false
  let letGo: () => void = () => undefined
  things.add('slow', () => new Promise<void>((resolve) => (letGo = resolve)))
  const closing = things.close()
  expect(() => things.add('late', async () => void (isLateClosed = true))).toThrow('being closed')
  letGo()
  await closing
  expect(isLateClosed).toBe(true)
})
