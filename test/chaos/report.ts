import { brokenLines, isClean, seconds, verdictLines } from '../run-report.ts'
import type { Verdict } from './checker.ts'
import { faultKinds } from './faults.ts'
import type { Fault, FaultTimes } from './faults.ts'
import type { Told } from './told.ts'

/** All that a run has to say. */
export type ChaosReport = {
  readonly seed: number
  readonly tookMs: number
  readonly faults: readonly Fault[]
  readonly times: FaultTimes
  readonly told: readonly Told[]
  readonly quiet: { readonly tookMs: number; readonly left: string }
  readonly lockLooks: number
  /** How often the database said that it had no room. */
  readonly diskFull: number
  readonly webhooks: { readonly events: number; readonly tries: number; readonly misled: number }
  readonly supplied: { readonly items: number; readonly tries: number; readonly parked: number }
  readonly verdicts: readonly Verdict[]
  /** Where the logs are. */
  readonly folder: string
}

/** What no run of this kind says anything about. */
const untested = [
  'P10 (one slow receiver delays no other) and P14–P24: suites of their own.',
  'Suppliers that neither recognise nor know our reference, and those whose every answer is wrong: test/journeys/hostile-suppliers.test.ts.',
  'A clock that is wrong at the database, whose own is the one that decides.',
  'A power cut: what the operating system had not written to the disk is never lost here.',
]

/** As Markdown, which reads well in a terminal, too. */
export function printReport(report: ChaosReport): string {
  const { seed, tookMs, faults, told, times, quiet, lockLooks, diskFull, webhooks, supplied } = report
  return [
    `# Chaos, seed ${seed}`,
    '',
    `${seconds(tookMs)}, ${faults.length} faults, ${told.length} calls; ${isClean(report) ? 'no promise was broken' : 'PROMISES WERE BROKEN'}.`,
    '',
    '| fault | times |',
    '| --- | --- |',
    ...faultKinds.map((kind) => `| ${kind} | ${faults.filter((one) => one.kind === kind).length} |`),
    '',
    '| asked for | keys | calls | answered | refused | come again | no answer |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...[...Map.groupBy(told, ({ kind }) => kind)].map(
      ([kind, all]) => `| ${kind} | ${countsOf(all).join(' | ')} |`,
    ),
    '',
    `Webhooks: ${webhooks.events} events in ${webhooks.tries} tries, ${webhooks.misled} of which were failed, hung or reset.`,
    `Supplier: ${supplied.items} items in ${supplied.tries} tries; ${supplied.parked} wait for a person.`,
    `Quiet after ${seconds(quiet.tookMs)}${quiet.left === '' ? '' : `, NOT REACHED: ${quiet.left}`}. Locks were looked at ${lockLooks} times; the database had no room ${diskFull} times.`,
    '',
    ...verdictLines(report),
    '',
    `P11, outages: a killed server served again after ${longest(times.serverKillsMs)} at the most (median ${median(times.serverKillsMs)} of ${times.serverKillsMs.length}), a killed worker worked again after ${longest(times.workerKillsMs)}, the database was away for ${longest(times.databaseRestartsMs)}; the longest time in which nobody was answered 2xx was ${seconds(longestGapMs(told))}.`,
    '',
    'Not tested:',
    ...faultKinds
      .filter((kind) => !faults.some((one) => one.kind === kind))
      .map((kind) => `- To ${kind}: this seed and time drew none, or this machine cannot.`),
    ...untested.map((line) => `- ${line}`),
    ...brokenLines(report),
    '',
  ].join('\n')
}

function countsOf(all: readonly Told[]): number[] {
  const count = (outcome: Told['outcome']) => all.filter((one) => one.outcome === outcome).length
  const keys = new Set(all.map(({ key }) => key)).size
  return [keys, all.length, count('done'), count('refused'), count('again'), count('silence')]
}

/** Between two answers of 2xx in a row, whoever got them. */
function longestGapMs(told: readonly Told[]): number {
  const times = told.flatMap(({ outcome, atMs, turn }) =>
    outcome === 'done' && turn !== 'read' ? [atMs] : [],
  )
  return times
    .toSorted((a, b) => a - b)
    .reduce(({ most, last }, now) => ({ most: Math.max(most, now - (last || now)), last: now }), {
      most: 0,
      last: 0,
    }).most
}

function longest(list: readonly number[]): string {
  return list.length === 0 ? 'never' : seconds(Math.max(...list))
}

function median(list: readonly number[]): string {
  const middle = list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]
  return middle === undefined ? 'never' : seconds(middle)
}
