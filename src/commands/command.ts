import type { Context, Printable } from './context.ts'
import type { Param } from './params.ts'

/** What a command found or did. */
export type Result = Printable & {
  /** False for bad news that is no error, such as a check that failed: the exit code is 1. True by default. */
  readonly ok?: boolean
}

export type Params = Readonly<Record<string, Param<unknown>>>

/** What a command's arguments and options turn into, by their names. */
export type InputOf<P extends Params> = {
  readonly [Name in keyof P]: P[Name] extends Param<infer Value> ? Value : never
}

type Description = {
  readonly name: string
  /** A sentence, shown in the list of commands and at the head of the help text. */
  readonly summary: string
}

/**
 * One command of the command line. It reads its input (checked by then), does its work by verbs of the core and answers with a
 * Result; a Failure or a BadSetting that it throws becomes a sentence. It never prints, so that --json is complete and alone.
 */
export type Leaf = Description & {
  /** Paragraphs of the help text, below the summary. */
  readonly details?: readonly string[]
  /** Whole lines that work when they are typed, without the "scrip" in front. */
  readonly examples: readonly string[]
  readonly params: Params
  run(context: Context, input: Readonly<Record<string, unknown>>): Promise<Result | undefined>
}

/** Commands about one thing: "partner create", "partner list". */
export type Group = Description & { readonly commands: readonly Command[] }

export type Command = Leaf | Group

/** Defines a command; `run` gets an input whose types are those of the params. A command that runs on and on prints by itself. */
export function command<P extends Params>(
  spec: Omit<Leaf, 'params' | 'run'> & {
    readonly params: P
    readonly run: (context: Context, input: InputOf<P>) => Promise<Result | undefined>
  },
): Leaf {
  const { run } = spec
  // The command line reads each param by its own reader, which is where InputOf has the type from.
  return { ...spec, run: (context, input) => run(context, input as InputOf<P>) }
}

export function group(name: string, summary: string, commands: readonly Command[]): Group {
  return { name, summary, commands }
}
