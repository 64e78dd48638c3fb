import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'

/** A log of lines of JSON. What was written is in the file before anybody goes on with it. */
export type LogFile<T> = { readonly path: string; write(entry: T): void }

export function openLogFile<T>(path: string): LogFile<T> {
  writeFileSync(path, '')
  return { path, write: (entry) => appendFileSync(path, `${JSON.stringify(entry)}\n`) }
}

export function readLogFile<T>(path: string): T[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T) // What `openLogFile` wrote there under the same type.
}
