import { Anchor, Card, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { OperatorOverviewReply } from '../../src/dialects/house/wire/operator.ts'
import { call } from '../shared/api.ts'
import { PageHead } from '../shared/parts.tsx'

/** What waits for somebody. */
export function ConsoleOverviewPage() {
  const { t } = useTranslation()
  const { data } = useQuery({
    queryKey: ['/operator/overview'],
    queryFn: () => call<Static<typeof OperatorOverviewReply>>('GET', '/operator/overview'),
    refetchInterval: 10_000,
  })
  if (data === undefined) return <PageHead title={t('Overview')} />
  const { waiting } = data
  const cards = [
    { label: t('Withdrawals to decide'), count: waiting.withdrawals, to: '/withdrawals' },
    { label: t('Identities to decide'), count: waiting.identities, to: '/identities' },
    { label: t('Overdrafts to decide'), count: waiting.overdrafts, to: '/money' },
    { label: t('Prices to decide'), count: waiting.prices, to: '/prices' },
    { label: t('Payouts to decide'), count: waiting.settlements, to: '/settlements' },
    { label: t('Bank details to confirm'), count: waiting.bank_details, to: '/settlements' },
    { label: t('Reversals to decide'), count: waiting.reversals, to: '/cases' },
    { label: t('Refunds to decide'), count: waiting.refunds, to: '/cases' },
    { label: t('Breaks at suppliers'), count: waiting.breaks, to: '/cases' },
    { label: t('Bank lines to book'), count: waiting.bank_lines, to: '/money' },
    { label: t('Items at suppliers'), count: waiting.fulfilments, to: '/cases' },
    { label: t('Webhooks waiting'), count: waiting.webhooks, to: '/system' },
    { label: t('Messages waiting'), count: waiting.messages, to: '/messages' },
  ]
  return (
    <>
      <PageHead title={t('Overview')} />
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
        {cards.map(({ label, count, to }) => (
          <Card withBorder key={label}>
            <Text size='sm' c='dimmed'>
              {label}
            </Text>
            <Text fw={700} size='xl'>
              {count}
            </Text>
            {to === undefined ? null : (
              <Anchor
                component={Link}
                to={to}
                size='sm'
                underline='always'
                aria-label={`${t('Open')}: ${label}`}
              >
                {t('Open')}
              </Anchor>
            )}
          </Card>
        ))}
      </SimpleGrid>
    </>
  )
}
