import type { Told } from '../chaos/told.ts'
import { brokenLines, isClean, seconds, verdictLines } from '../run-report.ts'
import type { Verdict } from '../run-report.ts'
import type { Episode, Figures } from './figures.ts'

/** All that a rehearsal has to say. */
export type ClusterReport = {
  readonly seed: number
  readonly clients: number
  readonly isSynchronous: boolean
  readonly hasPooler: boolean
  readonly tookMs: number
  readonly episodes: readonly (Episode & Figures)[]
  readonly told: readonly Told[]
  /** Events that arrived. */
  readonly webhooks: number
  /** Items that went to the supplier. */
  readonly supplied: number
  readonly quiet: { readonly tookMs: number; readonly left: string }
  readonly verdicts: readonly Verdict[]
  /** Where the logs are. */
  readonly folder: string
}

/** The servers find the new leader by themselves, and soon. */
export function judgeAnswers(episodes: readonly (Episode & Figures)[]): Verdict {
  return {
    promise: 'P11',
    what: 'the first order is answered within 5 s of when the database takes writes again',
    broken: episodes.flatMap(({ what, answeredAfterMs }) =>
      answeredAfterMs === undefined || answeredAfterMs < answeredMsMost
        ? []
        : [`${what}: ${seconds(answeredAfterMs)}`],
    ),
  }
}

const answeredMsMost = 5_000

/** What no run of this kind says anything about. */
const untested = [
  'Several machines: everything here shares one kernel, one disk and the loopback network. A machine that falls over is a kill -9 of all its processes at once.',
  'A network that parts the nodes from etcd or from HAProxy: only the link of replication is silenced.',
  'A loss of etcd’s own data, or of a quorum: there is one member here.',
  'A second HAProxy, and how an address moves to it when the first dies.',
  'PostgreSQL and a lost disk, a full disk, a power cut. A full disk is in `npm run chaos`.',
]

/** As Markdown, which reads well in a terminal, too. */
export function printReport(report: ClusterReport): string {
  const { seed, clients, isSynchronous, hasPooler, tookMs, episodes, told, webhooks, supplied, quiet } =
    report
  const firsts = told.filter(({ turn }) => turn === 'first')
  const count = (outcome: Told['outcome']) => firsts.filter((one) => one.outcome === outcome).length
  const foreign = firsts.filter(
    ({ outcome, text }) => outcome === 'again' && text?.startsWith('<') === true,
  ).length
  return [
    `# Three servers, two workers and two databases behind HAProxy, seed ${seed}`,
    '',
    `${seconds(tookMs)}, ${clients} clients, replication ${isSynchronous ? 'synchronous' : 'ASYNCHRONOUS'}, ${hasPooler ? 'PgBouncer in transaction mode' : 'no pooler'}; ${isClean(report) ? 'no promise was broken' : 'PROMISES WERE BROKEN'}.`,
    '',
    '| what was done | longest time without a 2xx | orders answered | of them at a repetition | a database took writes after | first order after that |',
    '| --- | --- | --- | --- | --- | --- |',
    ...episodes.map(
      (one) =>
        `| ${one.what} | ${seconds(one.outageMs)} | ${one.acknowledged} | ${one.repeated} | ${seconds(one.acceptedAfterMs)} | ${seconds(one.answeredAfterMs)} |`,
    ),
    '',
    `Orders: ${count('done')} answered 2xx, ${count('refused')} refused; ${count('again')} answers told a client to come again (${foreign} of them pages of HAProxy's own, the others in the words of the dialect), ${count('silence')} calls got none.`,
    `${supplied} items went to a supplier, ${webhooks} events arrived. Quiet after ${seconds(quiet.tookMs)}${quiet.left === '' ? '' : `, NOT REACHED: ${quiet.left}`}.`,
    '',
    ...verdictLines(report),
    '',
    'Not tested:',
    ...untested.map((line) => `- ${line}`),
    ...brokenLines(report),
    '',
  ].join('\n')
}
