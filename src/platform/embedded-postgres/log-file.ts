import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs'

const bytesMax = 16 * 1024 * 1024
const readBytesMax = 256 * 1024

/** PostgreSQL's log. It writes the file itself, so that it can go on writing if we are killed; we read along. */
export class LogFile {
  readonly path: string
  #offset: number
  #rest = ''

  constructor(path: string) {
    this.path = path
    this.#offset = this.size()
  }

  size(): number {
    return existsSync(this.path) ? statSync(this.path).size : 0
  }

  /** What was written since the file had the given size. */
  textSince(offset: number): string {
    const buffer = Buffer.alloc(Math.min(Math.max(this.size() - offset, 0), readBytesMax))
    if (buffer.length === 0) return ''
    const file = openSync(this.path, 'r')
    try {
      return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, offset))
    } finally {
      closeSync(file)
    }
  }

  /** The complete lines that were written since the last call. */
  newLines(): string[] {
    const text = this.textSince(this.#offset)
    this.#offset += Buffer.byteLength(text)
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }

  /** Keeps one former file, where there is room for it. PostgreSQL appends, so it goes on at the start of the emptied one. */
  rotate(): void {
    if (this.size() < bytesMax) return
    const former = `${this.path}.1`
    try {
      copyFileSync(this.path, former)
    } catch {
      // On a full disk the log itself is what can be done without.
      rmSync(former, { force: true })
    }
    truncateSync(this.path)
    this.#offset = 0
  }
}
