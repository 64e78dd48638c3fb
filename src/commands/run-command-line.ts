import { programVersion } from '../platform/program-version.ts'
import { inspect } from 'node:util'
import { Argument, Command as Commander, CommanderError, Option } from 'commander'
import { exactNumber } from '../values/json.ts'
import type { Command, Leaf } from './command.ts'
import { createContext } from './context.ts'
import type { Modes, Parts, Printable } from './context.ts'
import { describeError } from './errors.ts'
import { BadUsage } from './params.ts'

/** Where a command line writes to. */
export type Streams = { readonly out: (text: string) => void; readonly err: (text: string) => void }

const standardStreams: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}

/**
 * Runs one command line to its end. With --json exactly one JSON text goes to standard output, an error included; without it, errors
 * are a sentence on standard error.
 *
 * @returns the exit code: 0, 1 for what failed, 2 for what was not understood
 */
export async function runCommandLine(
  commands: readonly Command[],
  parts: Parts,
  argv: readonly string[],
  streams: Streams = standardStreams,
): Promise<number> {
  const modes = { isJson: argv.includes('--json'), isVerbose: argv.includes('--verbose') }
  let exitCode = 0
  const program = buildProgram(commands, streams, async (leaf, input) => {
    exitCode = await runLeaf(leaf, input, parts, modes, streams)
  })
  try {
    await program.parseAsync(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    return report(error instanceof CommanderError ? asUsage(error) : error, modes, streams)
  }
}

/** All commands for commander, which parses the line and writes the help texts. */
function buildProgram(commands: readonly Command[], streams: Streams, run: Run): Commander {
  const program = new Commander('scrip')
    .description(
      'Scrip distributes digital value: gift cards, airtime, data, eSIMs, bills, licence keys and vouchers.',
    )
    .version(programVersion, '--version', 'print the version')
    .option('--json', 'print the result, or the error, as one line of JSON')
    .option('--verbose', 'tell on standard error what is being done, and where an error came from')
    .helpOption('-h, --help', 'explain the command')
    .helpCommand(false)
  program.addHelpText(
    'after',
    `\nStart here:\n  $ scrip up                      everything in one process, with a database of its own\n  $ scrip <command> --help        what a command does, with examples`,
  )
  for (const command of commands) program.addCommand(build(command, [], run))
  settle(program, streams)
  return program
}

type Run = (leaf: Leaf, input: Record<string, unknown>) => Promise<void>

function build(command: Command, path: readonly string[], run: Run): Commander {
  if ('run' in command) return buildLeaf(command, path, run)
  const parent = new Commander(command.name).description(command.summary).helpCommand(false)
  for (const inner of command.commands) parent.addCommand(build(inner, [...path, command.name], run))
  return parent
}

function buildLeaf(leaf: Leaf, path: readonly string[], run: Run): Commander {
  const command = new Commander(leaf.name)
    .summary(leaf.summary)
    .description([leaf.summary, ...(leaf.details ?? [])].join('\n\n'))
  const argumentNames: string[] = []
  const optionNames = new Map<string, string>()
  for (const [name, param] of Object.entries(leaf.params)) {
    if (param.kind === 'argument') {
      command.addArgument(new Argument(param.flags, param.description))
      argumentNames.push(name)
    } else {
      const option = new Option(param.flags, param.description)
      option.makeOptionMandatory(param.isRequired)
      if (param.isList)
        option.argParser((one: string, all: readonly string[] | undefined) => [...(all ?? []), one])
      command.addOption(option)
      optionNames.set(name, option.attributeName())
    }
  }
  const examples = leaf.examples.map((example) => `  $ scrip ${example}`)
  command.addHelpText('after', `\n${examples.length === 1 ? 'Example' : 'Examples'}:\n${examples.join('\n')}`)
  return command.action(async () => {
    const given: Readonly<Record<string, unknown>> = command.opts()
    const input = Object.entries(leaf.params).map(([name, param]) => {
      const place = argumentNames.indexOf(name)
      return [
        name,
        param.read(place >= 0 ? command.processedArgs[place] : given[optionNames.get(name) ?? '']),
      ] as const
    })
    await run({ ...leaf, name: [...path, leaf.name].join(' ') }, Object.fromEntries(input))
  })
}

/** Commander's own ways of printing errors and ending the process are ours to decide, in each command. */
function settle(command: Commander, streams: Streams): void {
  command.exitOverride()
  command.configureOutput({ writeOut: streams.out, outputError: () => undefined, writeErr: () => undefined })
  command.configureHelp({ showGlobalOptions: true })
  for (const inner of command.commands) settle(inner, streams)
}

async function runLeaf(
  leaf: Leaf,
  input: Record<string, unknown>,
  parts: Parts,
  modes: Modes,
  { out }: Streams,
): Promise<number> {
  const print = (result: Printable): void =>
    out(`${modes.isJson ? toJson(result.json) : result.text.join('\n')}\n`)
  const context = createContext(parts, modes, print)
  try {
    const result = await leaf.run(context, input)
    // Closed before the answer: a program that reads it may start the next command at once.
    await context.close()
    if (result !== undefined) print(result)
    return result?.ok === false ? 1 : 0
  } finally {
    await context.close()
  }
}

function report(error: unknown, { isJson, isVerbose }: Modes, { out, err }: Streams): number {
  if (error === undefined) return 0
  const { code, message, exitCode, isUnexpected } = describeError(error)
  if (isJson) out(`${toJson({ error: { code, message } })}\n`)
  else err(`${message}\n`)
  if (isVerbose) err(`${inspect(error)}\n`)
  else if (isUnexpected && !isJson) err('Run it again with --verbose to see where this came from.\n')
  return exitCode
}

/** Undefined for --help and --version, which have printed what they had to. */
function asUsage(error: CommanderError): BadUsage | undefined {
  if (error.exitCode === 0) return undefined
  if (error.code === 'commander.help') return new BadUsage('Which one? Add --help to see the commands.')
  const sentence = error.message.replace(/^error: /, '').replaceAll('\n', ' ')
  return new BadUsage(
    `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.?$/, '.')} Add --help to see how.`,
  )
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? exactNumber(inner.toString()) : inner,
  )
}
