import { Alert, Card, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Suspense, lazy, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { OverviewReply } from '../../src/dialects/house/wire/partner.ts'
import { call } from '../shared/api.ts'
import { Rows } from '../shared/list.tsx'
import { Amount, PageHead, State, When } from '../shared/parts.tsx'
import { useSession } from '../shared/session.ts'

/** The chart's library is as large as a page: it comes after. */
const SalesChart = lazy(async () => ({ default: (await import('./sales-chart.tsx')).SalesChart }))

export function OverviewPage() {
  const { t } = useTranslation()
  const { data: session } = useSession()
  const { data } = useQuery({
    queryKey: ['/overview'],
    queryFn: () => call<OverviewReply>('GET', '/overview'),
    refetchInterval: 30_000,
  })
  const currencies = [...new Set(data?.sales.map(({ currency }) => currency))]
  const [chosen, setChosen] = useState<string | null>(null)
  if (data === undefined) return <PageHead title={t('Overview')} />
  const currency = chosen ?? currencies[0]
  const empty = data.wallets.filter(({ available }) => Number(available) <= 0)
  return (
    <>
      <PageHead title={t('Overview')} />
      <Stack>
        {empty.length === 0 ? null : (
          <Alert color='orange' title={t('A wallet is empty')}>
            {empty.map(({ code }) => code).join(', ')}
          </Alert>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          {data.wallets.map((wallet) => (
            <Card withBorder key={wallet.id}>
              <Text size='sm' c='dimmed'>
                {wallet.code}
              </Text>
              <Text fw={700} size='xl'>
                <Amount amount={wallet.available} currency={wallet.currency} />
              </Text>
              <Text size='xs' c='dimmed'>
                {t('reserved')} <Amount amount={wallet.reserved} />
              </Text>
            </Card>
          ))}
        </SimpleGrid>
        <Card withBorder>
          <Group justify='space-between' mb='sm'>
            <Title order={2} size='h4'>
              {t('Sales of 30 days')}
            </Title>
            {currencies.length > 1 ? (
              <Select
                size='xs'
                aria-label={t('Currency')}
                data={currencies}
                value={currency ?? null}
                onChange={setChosen}
                allowDeselect={false}
              />
            ) : null}
          </Group>
          {currency === undefined ? (
            <Text c='dimmed'>{t('Nothing was bought yet.')}</Text>
          ) : (
            <Suspense fallback={null}>
              <SalesChart
                sales={data.sales.filter((one) => one.currency === currency)}
                currency={currency}
                locale={session?.user.locale ?? 'en'}
              />
            </Suspense>
          )}
        </Card>
        <Card withBorder>
          <Title order={2} size='h4' mb='sm'>
            {t('Newest orders')}
          </Title>
          {data.recent.length === 0 ? (
            <Text c='dimmed'>{t('Nothing was bought yet.')}</Text>
          ) : (
            <Rows
              rows={data.recent}
              keyOf={({ id }) => id}
              columns={[
                { title: t('When'), show: (order) => <When at={order.created_at} /> },
                { title: t('Product'), show: (order) => order.items[0]?.name },
                { title: t('State'), show: (order) => <State state={order.status} /> },
                {
                  title: t('Total'),
                  isFigure: true,
                  show: ({ total }) => <Amount amount={total.amount} currency={total.currency} />,
                },
              ]}
            />
          )}
        </Card>
      </Stack>
    </>
  )
}
