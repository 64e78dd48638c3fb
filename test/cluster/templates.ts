import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The configuration files that the rehearsal runs with and the documentation shows. */
export const templates = ['etcd.yml', 'patroni.yml', 'haproxy.cfg', 'pgbouncer.ini'] as const

type Template = (typeof templates)[number]

/** A configuration with its `<values>` in place. One that is missing, or that nothing asks for, is a mistake. */
export async function fillTemplate(
  name: Template,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  return fill(await readFile(join(import.meta.dirname, name), 'utf8'), values)
}

export function fill(text: string, values: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(values))
  const filled = text.replaceAll(/<(\w+)>/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The template wants a value for "${name}".`)
    unused.delete(name)
    return value
  })
  if (unused.size > 0) throw new Error(`The template does not want ${[...unused].join(', ')}.`)
  return filled
}
