import { Liquid } from 'liquidjs'

/** What a template may be told: texts, numbers and lists of texts. */
export type Facts = Readonly<Record<string, string | number | readonly string[]>>

/** A template cannot be read or rendered. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault'
  /** Counted from 1; 1 where nothing says better. */
  readonly line: number

  constructor(message: string, line: number, cause?: unknown) {
    super(message, { cause })
    this.line = line
  }
}

/** Turns templates in the language of Liquid into texts. They see the facts they are given and nothing else: no file, no other template. */
export type Renderer = {
  /**
   * Throws TemplateFault for a syntax error, an unknown variable or filter, and for what takes too long or grows too large.
   *
   * @param format `html`: each value is escaped, and no filter takes that back
   */
  render(source: string, facts: Facts, format: 'text' | 'html'): string
  /** Throws TemplateFault if a template names a variable beside these, in a branch that is not taken, too. */
  check(source: string, variables: readonly string[]): void
}

export function openRenderer(): Renderer {
  const engines = { text: openEngine({}), html: openEngine({ outputEscape: 'escape' }) }
  return {
    render: (source, facts, format) =>
      asFault(() => String(engines[format].parseAndRenderSync(source, facts))),
    check(source, variables) {
      const used = asFault(() => engines.text.analyzeSync(engines.text.parse(source)).globals)
      const unknown = Object.entries(used).find(([name]) => !variables.includes(name))
      if (unknown !== undefined) {
        const [name, places] = unknown
        throw new TemplateFault(`undefined variable: ${name}`, places[0]?.location.row ?? 1)
      }
    },
  }
}

function openEngine(format: { readonly outputEscape?: 'escape' }): Liquid {
  const engine = new Liquid({
    ...format,
    strictVariables: true,
    strictFilters: true,
    ownPropertyOnly: true,
    // With a list of templates of its own, an empty one, it never looks for a file.
    templates: {},
    dynamicPartials: false,
    timezoneOffset: 0,
    locale: 'en',
    parseLimit: sourceLongest,
    renderLimit: renderMsMost,
    memoryLimit: memoryMost,
  })
  // The library's own `raw` would let a value through as it is.
  engine.registerFilter('raw', (value: unknown) => value)
  return engine
}

function asFault<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, sentence = message, line = '1'] = /^(.*?), line:(\d+), col:\d+/s.exec(message) ?? []
    throw new TemplateFault(sentence, Number(line), error)
  }
}

const sourceLongest = 262_144
const renderMsMost = 200
/** Characters and elements that a rendering may make. */
const memoryMost = 2_000_000
