import { writeFile } from 'node:fs/promises'

/** What runs that judge the product have in common: how they say how far they are, what they found, and how they end. */

/** A promise of the product, and a sentence for each time it was broken. */
export type Verdict = { readonly promise: string; readonly what: string; readonly broken: readonly string[] }

type Judged = {
  readonly verdicts: readonly Verdict[]
  /** Where the logs are. */
  readonly folder: string
}

export function isClean({ verdicts }: Pick<Judged, 'verdicts'>): boolean {
  return verdicts.every(({ broken }) => broken.length === 0)
}

/** The verdicts as lines of Markdown. */
export function verdictLines({ verdicts }: Pick<Judged, 'verdicts'>): string[] {
  return [
    '| promise | | verdict |',
    '| --- | --- | --- |',
    ...verdicts.map(
      ({ promise, what, broken }) =>
        `| ${promise} | ${what} | ${broken.length === 0 ? 'held' : `BROKEN ${broken.length} times`} |`,
    ),
  ]
}

/** What was broken, a chapter for each promise, and where to read more; nothing if nothing was. */
export function brokenLines({ verdicts, folder }: Judged): string[] {
  return [
    ...verdicts.flatMap(({ promise, broken }) =>
      broken.length === 0
        ? []
        : [
            '',
            `## ${promise}`,
            ...broken.slice(0, linesMost).map((line) => `- ${line}`),
            ...(broken.length > linesMost ? [`- and ${broken.length - linesMost} more`] : []),
          ],
    ),
    ...(isClean({ verdicts }) ? [] : ['', `The logs are in ${folder}.`]),
  ]
}

const linesMost = 20

/** Empty for what is not known. */
export function seconds(ms: number | undefined): string {
  return ms === undefined ? '' : `${(ms / 1_000).toFixed(1)} s`
}

/** Prints lines with the time since this was called. */
export function openSay(): (line: string) => void {
  const beganAtMs = performance.now()
  return (line) =>
    console.log(`${((performance.now() - beganAtMs) / 1_000).toFixed(1).padStart(6)} s  ${line}`)
}

/** Prints a report, keeps it in a file if one is named, and has the process end with 1 if something was found. */
export async function endWith(
  text: string,
  { file, clean }: { readonly file: string | undefined; readonly clean: boolean },
): Promise<void> {
  console.log(text)
  if (file !== undefined) await writeFile(file, text.endsWith('\n') ? text : `${text}\n`)
  process.exitCode = clean ? 0 : 1
}
