import { execFile } from 'node:child_process'
import { chmod, mkdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A file system of its own, for a database that is to run out of space. */
export type SmallDisk = {
  readonly path: string
  /** Leaves no room on it for so long, whatever is freed meanwhile, and then all of it again. */
  fill(forMs: number): Promise<void>
  close(): Promise<void>
}

/** Undefined: only root may mount one, and only where the system lets root. */
export async function openSmallDisk(path: string): Promise<SmallDisk | undefined> {
  await mkdir(path)
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m,mode=0711`, 'tmpfs', path])
  } catch {
    return undefined
  }
  const ballast = join(path, 'ballast')
  await mkdir(ballast)
  await chmod(ballast, 0o700)
  let files = 0
  return {
    path,
    async fill(forMs) {
      for (const until = performance.now() + forMs; performance.now() < until; await pause(100)) {
        const { bavail, bsize } = await statfs(path)
        files += 1
        const file = join(ballast, String(files))
        // Somebody else may have been faster; the next round takes the rest.
        if (bavail > 0) await run('fallocate', ['-l', String(bavail * bsize), file]).catch(() => undefined)
      }
      await rm(ballast, { recursive: true })
      await mkdir(ballast)
    },
    close: async () => void (await run('umount', ['-l', path])),
  }
}

/** The demo, its log and what a run of some minutes adds. */
const sizeMib = 1_500
