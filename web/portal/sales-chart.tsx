import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import uPlot from 'uplot'
import type { OverviewReply } from '../../src/dialects/house/wire/partner.ts'

/** What was bought on each day, in one currency. A chart shows shapes: its numbers are floats, and nothing is booked from it. */
export function SalesChart({
  sales,
  currency,
  locale,
}: {
  readonly sales: OverviewReply['sales']
  readonly currency: string
  readonly locale: string
}) {
  const { t } = useTranslation()
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const node = place.current
    if (node === null) return undefined
    const days = lastDays(30)
    const totals = new Map(sales.map(({ day, total }) => [day, Number(total)]))
    const data: uPlot.AlignedData = [
      days.map((day) => Date.parse(`${day}T00:00:00Z`) / 1_000),
      days.map((day) => totals.get(day) ?? 0),
    ]
    const styles = getComputedStyle(document.documentElement)
    const ink = styles.getPropertyValue('--mantine-color-text')
    const axis: uPlot.Axis = { stroke: ink, grid: { stroke: 'rgba(128, 128, 128, 0.25)' } }
    const chart = new uPlot(
      {
        width: node.clientWidth,
        height: 220,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'UTC'),
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        axes: [
          axis,
          { ...axis, size: 70, values: (_, ticks) => ticks.map((one) => one.toLocaleString(locale)) },
        ],
        series: [{}, { label: currency, stroke: '#0b7a75', fill: 'rgba(11, 122, 117, 0.25)', width: 2 }],
      },
      data,
      node,
    )
    const watcher = new ResizeObserver(() => chart.setSize({ width: node.clientWidth, height: 220 }))
    watcher.observe(node)
    return () => {
      watcher.disconnect()
      chart.destroy()
    }
  }, [sales, currency, locale])
  return <div ref={place} role='img' aria-label={`${t('Sales of 30 days')}, ${currency}`} />
}

function lastDays(count: number): string[] {
  const today = Date.now()
  return Array.from({ length: count }, (_, back) =>
    new Date(today - (count - 1 - back) * 86_400_000).toISOString().slice(0, 10),
  )
}
