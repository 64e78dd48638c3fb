import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Failure } from '../values/failure.ts'

/** All of a file, which must not be larger than `bytesMost`. Throws Failure invalid_file; none repeats what the file says. */
export async function readWholeFile(path: string, bytesMost: number): Promise<Buffer> {
  const name = basename(path)
  const handle = await open(path, 'r').catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new Failure('invalid_file', { sentence: `The file ${name} cannot be opened (${code}).`, cause })
  })
  try {
    const stat = await handle.stat()
    if (!stat.isFile()) throw new Failure('invalid_file', { sentence: `${name} is not a regular file.` })
    if (stat.size > bytesMost)
      throw new Failure('invalid_file', {
        sentence: `${name} is larger than ${Math.floor(bytesMost / 1_048_576)} MiB.`,
      })
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

/**
 * Lets somebody read a text as a file of that name, which only this user may read and which is gone afterwards. Signs of the name that lead
 * elsewhere are replaced.
 */
export async function withScratchFile<Result>(
  name: string,
  content: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), scratchPrefix))
  try {
    const path = join(
      folder,
      name
        .replaceAll(/[^\w. -]/g, '_')
        .replace(/^\.+/, '_')
        .slice(-100) || 'file',
    )
    await writeFile(path, content, { mode: 0o600, flag: 'wx' })
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Removes what `withScratchFile` has left because its process was killed: such a file may hold codes in clear. Those of the last hour may be in use by
 * another process.
 */
export async function sweepScratchFiles(folder = tmpdir()): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => one.startsWith(scratchPrefix))) {
    const path = join(folder, name)
    const info = await stat(path).catch(() => undefined)
    if (info !== undefined && Date.now() - info.mtimeMs > scratchLifeMs)
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

const scratchPrefix = 'scrip-scratch-'
const scratchLifeMs = 3_600_000
