/** How far long work is, shown while it runs. */
export type Progress = {
  /** `done` of `total` steps, and what is being done now. */
  at(done: number, total: number, doing: string): void
  /** Ends the bar with a word about what came of it. */
  end(outcome: string): void
  /** Ends the bar because the work failed; the error itself is told elsewhere. */
  fail(): void
}

/** What a bar is drawn on. */
export type Terminal = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

/**
 * A bar on the terminal, on standard error; where there is no terminal, or nobody wants it, nothing at all. It appears with the first
 * step, so that work which turns out to be done already shows none. It only writes: a bar that also reads the keyboard would take
 * Ctrl-C away from whoever stops the process in good order.
 */
export function openProgress(title: string, isShown: boolean, terminal: Terminal = process.stderr): Progress {
  if (!isShown || terminal.isTTY !== true)
    return { at: () => undefined, end: () => undefined, fail: () => undefined }
  let drawnAt = Number.NEGATIVE_INFINITY
  let isDrawn = false
  const finish = (mark: string, text: string): void => {
    if (isDrawn) terminal.write(`${toLineStart}${mark} ${text}\n`)
    isDrawn = false
  }
  return {
    at(done, total, doing) {
      const now = performance.now()
      if (now - drawnAt < drawEveryMs && done < total) return
      drawnAt = now
      isDrawn = true
      const share = total === 0 ? 1 : Math.min(1, done / total)
      const filled = Math.round(share * barColumns)
      const line = `${'━'.repeat(filled)}${'╌'.repeat(barColumns - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ${title}: ${doing}`
      terminal.write(toLineStart + line.slice(0, (terminal.columns ?? 80) - 1))
    },
    end: (outcome) => finish('✓', outcome),
    fail: () => finish('✗', title),
  }
}

const barColumns = 30
const drawEveryMs = 50
/** To the line's first column, and the line emptied. */
const toLineStart = '\r\u001B[2K'
