import { commands } from '../src/commands/all.ts'
import { runCommandLine } from '../src/commands/run-command-line.ts'
import { dialects } from '../src/dialects/all.ts'
import { jobs } from '../src/jobs/all.ts'
import { payerConnectors } from '../src/payers/all.ts'
import { connectors } from '../src/suppliers/all.ts'

export type CommandLineAnswer = { readonly code: number; readonly out: string; readonly err: string }

/** Runs a command line as `scrip` does, in this process. */
export async function scrip(...argv: readonly string[]): Promise<CommandLineAnswer> {
  let out = ''
  let err = ''
  const code = await runCommandLine(
    commands,
    { dialects, suppliers: connectors, payers: payerConnectors, jobs },
    argv,
    {
      out: (text) => (out += text),
      err: (text) => (err += text),
    },
  )
  return { code, out, err }
}

/** The one line of JSON that a command line prints with --json, and its exit code. Throws when there is anything beside it. */
export async function scripJson(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly json: Record<string, unknown> }> {
  const { code, out, err } = await scrip(...argv, '--json')
  if (!/^[^\n]+\n$/.test(out)) throw new Error(`Not one line on standard output: ${JSON.stringify(out)}`)
  if (err !== '') throw new Error(`Something on standard error: ${err}`)
  return { code, json: JSON.parse(out) as Record<string, unknown> } // The tests assert what they need of it.
}
