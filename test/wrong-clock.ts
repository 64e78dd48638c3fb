import type { Settings } from './scrip-process.ts'

/** Settings of a process whose `Date` is ahead by so much from the beginning: Node loads this before the product. */
export function wrongClock(byMs: number): Settings {
  const code = `const R=Date,by=${byMs};globalThis.Date=class extends R{constructor(...a){a.length===0?super(R.now()+by):super(...a)}static now(){return R.now()+by}}`
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}` }
}
