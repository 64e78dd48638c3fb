import type { Operation } from './operation.ts'

/** What a run has found. */
export type Report = {
  count(operation: Operation, status: number): void
  /** How many more were sent byte by byte, as no HTTP client would. */
  countRaw(requests: number): void
  /** That an owner's record was asked for by a stranger. */
  compare(operation: Operation): void
  /** That something is wrong with what was done. */
  blame(what: string, faults: readonly string[]): void
  /** That a dialect was not tested. */
  leaveOut(dialect: string): void
  isClean(): boolean
  print(): string
}

export function openReport(seed: number): Report {
  const counts = new Map<string, Map<number, number>>()
  const compared = new Set<string>()
  const leftOut = new Set<string>()
  const blames: string[] = []
  let blamed = 0
  let raw = 0
  return {
    count({ name }, status) {
      const statuses = counts.get(name) ?? new Map<number, number>()
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      counts.set(name, statuses)
    },
    countRaw: (requests) => void (raw += requests),
    compare: ({ name }) => void compared.add(name),
    blame(what, faults) {
      blamed += 1
      if (blames.length < blamesMost) blames.push(`${faults.join('; ')}\n    ${what}`)
    },
    leaveOut: (dialect) => void leftOut.add(dialect),
    isClean: () => blamed === 0,
    print() {
      const rows = [...counts].map(([name, statuses]) => `  ${name.padEnd(60)} ${printStatuses(statuses)}`)
      const total = [...counts.values()]
        .flatMap((statuses) => [...statuses.values()])
        .reduce((sum, one) => sum + one, 0)
      return [
        `Seed ${seed}: ${total} requests of ${counts.size} calls, and ${raw} that no HTTP client would send.`,
        ...rows,
        `Asked for by a stranger, too: ${compared.size} calls.`,
        ...[...counts.keys()].filter((name) => !compared.has(name)).map((name) => `  not: ${name}`),
        ...[...leftOut].map((dialect) => `NOT TESTED: ${dialect}, for which nobody here can speak.`),
        ...blames.map((blame) => `FAULT: ${blame}`),
        blamed === 0 ? 'No faults.' : `${blamed} faults.`,
      ].join('\n')
    },
  }
}

const blamesMost = 30

function printStatuses(statuses: ReadonlyMap<number, number>): string {
  return [...statuses]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status}×${count}`)
    .join(' ')
}
