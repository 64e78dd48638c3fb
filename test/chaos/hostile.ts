import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { HostileAccount } from '../hostile-supplier-process.ts'
import type { HostileEntry } from '../hostile-supplier.ts'

/** A hostile supplier in a process of its own, which is never killed: its books are the proof. */
export type Hostile = {
  readonly account: HostileAccount
  /** Writes its books into a file, as lines of JSON, and says where that is. */
  saveBooks(): Promise<string>
  close(): Promise<void>
}

export async function startHostile(path: string, seed: number): Promise<Hostile> {
  const options = { lateMs: 4_000, slowMs: 6_000, seed: String(seed) }
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../hostile-supplier-process.ts'), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string] // As readline documents it.
  const account = JSON.parse(line) as HostileAccount // What that process prints.
  return {
    account,
    async saveBooks() {
      const answer = await fetch(`${account.baseUrl}/log`)
      const { entries } = (await answer.json()) as { readonly entries: readonly HostileEntry[] } // What that process answers.
      const file = `${path}.jsonl`
      await writeFile(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''))
      return file
    },
    async close() {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
