/** `npm run bench -- <name> [options]`: every benchmark prints ratios to a yardstick of the same run; absolute figures are for context only. */
type Benchmark = { readonly about: string; run(args: readonly string[]): Promise<void> }

const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  orders: async () => ({
    about: 'orders a second, in process and over HTTP, against pgbench',
    run: (await import('./orders.ts')).run,
  }),
  growth: async () => ({
    about: 'orders a second and deep pages with ten thousand, a million and ten million orders present',
    run: (await import('./growth.ts')).run,
  }),
  sizes: async () => ({
    about: 'bytes that each table takes for a million orders, and the API log for a million calls',
    run: (await import('./sizes.ts')).run,
  }),
  catalogue: async () => ({
    about: 'catalogue pages over HTTP, against a plain Fastify hello',
    run: (await import('./catalogue.ts')).run,
  }),
  'vendify-catalogue': async () => ({
    about: 'a whole list of 5,000 priced products, against building it from SQL',
    run: (await import('./vendify-catalogue.ts')).run,
  }),
  plans: async () => ({
    about: 'what limits a minute and a month cost a request, against the same without',
    run: (await import('./plans.ts')).run,
  }),
  'stock-import': async () => ({
    about: 'a file of a million codes, against a plain insert of as many rows',
    run: (await import('./stock-import.ts')).run,
  }),
  disbursements: async () => ({
    about: 'vouchers for 10,000 telephones in one call, against a plain COPY of as many rows',
    run: (await import('./disbursements.ts')).run,
  }),
}

const [name = '', ...args] = process.argv.slice(2)
const benchmark = Object.hasOwn(benchmarks, name) ? await benchmarks[name]?.() : undefined
if (benchmark === undefined) {
  process.stderr.write(`Name a benchmark: ${Object.keys(benchmarks).join(', ')}\n`)
  process.exitCode = 2
} else {
  await benchmark.run(args)
}
