import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './error-code.ts'

/**
 * Writes a file that is not there yet, readable by its owner alone; whole and on the disk before it has its name. Of several at once one writes, and
 * all find the same.
 */
export function writeOnce(file: string, text: string): void {
  const draft = `${file}.${process.pid}.draft`
  try {
    writeFileSync(draft, text, { mode: 0o600, flush: true })
    giveName(draft, file)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(file))
}

/** A second name for the same file, which is refused where the name is taken; some file systems know no second names. */
function giveName(draft: string, file: string): void {
  try {
    linkSync(draft, file)
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(codeOf(error))) throw error
    writeFileSync(file, readFileSync(draft), { mode: 0o600, flag: 'wx', flush: true })
  }
}

/** Makes the names in a folder last: a file that was made or renamed may otherwise be gone after a loss of power. */
export function syncFolder(folder: string): void {
  // Windows keeps names without being asked, and opens no folder.
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
