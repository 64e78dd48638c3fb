import { expect, test } from 'vitest'
import { isClean } from '../run-report.ts'
import { judgeAnswers, printReport } from './report.ts'
import type { ClusterReport } from './report.ts'

const episode = {
  what: 'kill -9 of the leader',
  fromMs: 0,
  toMs: 30_000,
  acceptedAtMs: 20_000,
  outageMs: 20_400,
  acknowledged: 10,
  repeated: 3,
  acceptedAfterMs: 20_000,
  answeredAfterMs: 400,
}
const report: ClusterReport = {
  seed: 7,
  clients: 16,
  isSynchronous: true,
  hasPooler: false,
  tookMs: 60_000,
  episodes: [episode],
  told: [],
  webhooks: 0,
  supplied: 0,
  quiet: { tookMs: 0, left: '' },
  verdicts: [judgeAnswers([episode])],
  folder: '/tmp/rehearsal',
}

test('servers that sell again soon after the database does keep the promise, and slow ones break it', () => {
  expect(judgeAnswers([episode]).broken).toEqual([])
  expect(judgeAnswers([{ ...episode, answeredAfterMs: 5_000 }]).broken).toEqual([
    'kill -9 of the leader: 5.0 s',
  ])
  expect(judgeAnswers([{ ...episode, answeredAfterMs: Number.POSITIVE_INFINITY }]).broken).toHaveLength(1)
})

test('a report says what was done and seen, and where the logs of a broken promise are', () => {
  expect(isClean(report)).toBe(true)
  expect(printReport(report)).toContain('| kill -9 of the leader | 20.4 s | 10 | 3 | 20.0 s | 0.4 s |')
  const lost = { promise: 'P1', what: 'an order is there', broken: ['order 1 is not there'] }
  const broken = { ...report, verdicts: [...report.verdicts, lost] }
  expect(isClean(broken)).toBe(false)
  expect(printReport(broken)).toMatch(
    /PROMISES WERE BROKEN[\s\S]*BROKEN 1 times[\s\S]*order 1 is not there[\s\S]*\/tmp\/rehearsal/,
  )
})
