import { open } from 'node:fs/promises'
import { basename } from 'node:path'
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
