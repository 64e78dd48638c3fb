import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client'
import type { Metric } from 'prom-client'

type Labels = Readonly<Record<string, string>>

/** One series of a histogram, found once and kept: observing costs a short search and three additions. */
export type Series = (seconds: number) => void

/** The numbers of this process, in the text format of Prometheus. */
export type Metrics = {
  /** A histogram of durations; a series is made for each set of labels that is asked for. */
  durations(name: string, help: string): (labels: Labels) => Series
  counter(name: string, help: string, labelNames: readonly string[]): (labels: Labels) => void
  /** A number that is read when somebody looks; `isTotal` for one that only grows. */
  reading(name: string, help: string, read: () => number, isTotal?: boolean): void
  /** A number that is asked for when somebody looks; NaN while asking fails. */
  asked(name: string, help: string, ask: () => Promise<number>): void
  /** Numbers by a label, asked for when somebody looks; there are none while asking fails. */
  readings(
    name: string,
    help: string,
    label: string,
    read: () => Promise<Readonly<Record<string, number>>>,
  ): void
  text(): Promise<string>
  readonly contentType: string
}

/** Opens an empty registry with the process's own numbers (memory, CPU, event loop, garbage collection). */
export function openMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return {
    durations: (name, help) => openDurations(registry, name, help),
    counter(name, help, labelNames) {
      const counter = new Counter({ name, help, labelNames: [...labelNames], registers: [registry] })
      return (labels) => counter.inc({ ...labels })
    },
    reading(name, help, read, isTotal = false) {
      if (isTotal) registry.registerMetric(readTotal(name, help, read))
      else {
        const collect = function (this: Gauge): void {
          this.set(read())
        }
        registry.registerMetric(new Gauge({ name, help, registers: [], collect }))
      }
    },
    asked: (name, help, ask) =>
      registry.registerMetric(
        new Gauge({
          name,
          help,
          registers: [],
          async collect() {
            this.set(await ask().catch(() => Number.NaN))
          },
        }),
      ),
    readings: (name, help, label, read) =>
      registry.registerMetric(
        new Gauge({
          name,
          help,
          labelNames: [label],
          registers: [],
          async collect() {
            const numbers = await read().catch(() => ({}))
            this.reset()
            for (const [value, number] of Object.entries(numbers)) this.set({ [label]: value }, number)
          },
        }),
      ),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** Upper bounds in seconds: fine where a catalogue page is, coarse where an order waits for its supplier. */
const bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

type Sums = { readonly labels: Labels; readonly counts: Float64Array; seconds: number; count: number }

/**
 * A histogram of our own behind the registry: prom-client hashes the labels at each observation, which costs more than the
 * rest of a cached answer.
 */
function openDurations(registry: Registry, name: string, help: string): (labels: Labels) => Series {
  const all: Sums[] = []
  registry.registerMetric({
    name,
    get: () =>
      Promise.resolve({
        name,
        help,
        type: 'histogram',
        values: all.flatMap((sums) => lines(name, sums)),
        aggregator: 'sum',
      }),
  } as unknown as Metric) // The registry asks a metric for nothing else.
  return (labels) => {
    const sums: Sums = { labels, counts: new Float64Array(bounds.length), seconds: 0, count: 0 }
    all.push(sums)
    return (seconds) => {
      let bucket = 0
      while (bucket < bounds.length && seconds > (bounds[bucket] ?? 0)) bucket += 1
      if (bucket < bounds.length) sums.counts[bucket] = (sums.counts[bucket] ?? 0) + 1
      sums.seconds += seconds
      sums.count += 1
    }
  }
}

function lines(name: string, { labels, counts, seconds, count }: Sums): object[] {
  if (count === 0) return []
  let below = 0
  const buckets = bounds.map((bound, place) => {
    below += counts[place] ?? 0
    return { metricName: `${name}_bucket`, labels: { ...labels, le: String(bound) }, value: below }
  })
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: seconds },
    { metricName: `${name}_count`, labels, value: count },
  ]
}

function readTotal(name: string, help: string, read: () => number): Metric {
  return {
    name,
    get: () =>
      Promise.resolve({
        name,
        help,
        type: 'counter',
        values: [{ labels: {}, value: read() }],
        aggregator: 'sum',
      }),
  } as unknown as Metric // As above.
}
