import { Alert, Anchor, Button, Group, Progress, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type {
  Checkout,
  CheckoutReply,
  Esim,
  EsimReply,
  SalesReply,
  Voucher,
} from '../../src/dialects/house/wire/goods.ts'
import { call, withQuery } from '../shared/api.ts'
import { List, Rows, StateFilter } from '../shared/list.tsx'
import { Amount, Facts, PageHead, State, When, act } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

export function EsimsPage() {
  const { t } = useTranslation()
  return (
    <>
      <PageHead title={t('eSIMs')} />
      <List<Esim>
        path='/esims'
        keyOf={({ iccid }) => iccid}
        empty={t('No eSIM was bought yet.')}
        columns={[
          { title: t('When'), show: (esim) => <When at={esim.created_at} /> },
          {
            title: 'ICCID',
            show: ({ iccid }) => (
              <Anchor component={Link} to={`/esims/${iccid}`} underline='always' className='code'>
                {iccid}
              </Anchor>
            ),
          },
          { title: t('Product'), show: ({ name }) => name },
          { title: t('Packages'), isFigure: true, show: ({ packages }) => packages },
        ]}
      />
    </>
  )
}

/** How an eSIM is doing: its supplier is asked each time. */
export function EsimPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const { data, error } = useQuery({
    queryKey: ['/esims', id],
    queryFn: () => call<EsimReply>('GET', `/esims/${id}`),
    retry: false,
  })
  return (
    <>
      <PageHead title={t('eSIM')}>{data === undefined ? null : <State state={data.status} />}</PageHead>
      <Text className='code' mb='md'>
        {id}
      </Text>
      {error === null ? null : <Alert color='red'>{error.message}</Alert>}
      {data === undefined ? null : (
        <Stack>
          <Rows
            rows={data.packages}
            keyOf={(one) => `${one.name} ${one.activated_at ?? ''} ${one.total_bytes} ${one.remaining_bytes}`}
            columns={[
              { title: t('Package'), show: ({ name }) => name },
              { title: t('State'), show: ({ status }) => <State state={status} /> },
              {
                title: t('Left'),
                show: (one) => (
                  <>
                    <Progress
                      value={shareOf(one.remaining_bytes, one.total_bytes)}
                      aria-label={t('Left')}
                      color='teal.8'
                    />
                    <Text size='sm'>
                      {gigabytes(one.remaining_bytes)} / {gigabytes(one.total_bytes)} GB
                    </Text>
                  </>
                ),
              },
              { title: t('Active since'), show: (one) => <When at={one.activated_at} /> },
              { title: t('Ends'), show: (one) => <When at={one.expires_at} /> },
            ]}
          />
          <Text>
            {t('Networks')}: {data.coverage.map((one) => `${one.country} (${one.network})`).join(', ') || '–'}
          </Text>
          <Group>
            <Button component={Link} to={`/orders/${data.order_id}`} variant='default'>
              {t('To its order, with the QR code')}
            </Button>
          </Group>
        </Stack>
      )}
    </>
  )
}

function shareOf(left: string, total: string): number {
  return Number(total) === 0 ? 0 : Math.max(0, Math.min(100, (Number(left) / Number(total)) * 100))
}

function gigabytes(bytes: string): string {
  return (Number(bytes) / 1e9).toFixed(2)
}

/** Vouchers one by one, to find the one that somebody calls about. */
export function VouchersOnPhones() {
  const { t } = useTranslation()
  const canAct = useAbility('buy')
  const [typed, setTyped] = useState('')
  const [phone] = useDebouncedValue(typed.replaceAll(/[\s()-]/g, ''), 300)
  const path = '/vouchers'
  return (
    <>
      <TextInput
        mb='md'
        maw={300}
        label={t('Phone')}
        placeholder='+254712345678'
        inputMode='tel'
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <List<Voucher>
        path={path}
        query={{ phone: phone === '' ? undefined : phone }}
        keyOf={({ id }) => id}
        empty={t('There is no such voucher.')}
        columns={[
          { title: t('Phone'), show: (one) => <span className='code'>{one.phone}</span> },
          { title: t('Name'), show: ({ holder }) => holder },
          { title: t('Only at'), show: ({ merchants }) => merchants.join(', ') || t('everywhere') },
          { title: t('Ends'), show: (one) => <When at={one.ends_at} /> },
          { title: t('State'), show: ({ state }) => <State state={state} /> },
          {
            title: t('Left'),
            isFigure: true,
            show: ({ balance, currency }) => <Amount amount={balance} currency={currency} />,
          },
          { title: t('Of'), isFigure: true, show: ({ amount }) => <Amount amount={amount} /> },
          {
            title: t('Action'),
            show: ({ id, state }) =>
              canAct && (state === 'live' || state === 'frozen' || state === 'not_yet') ? (
                <Group gap='xs' wrap='nowrap'>
                  <Button
                    size='xs'
                    variant='default'
                    onClick={() =>
                      void act(() => call('POST', `${path}/${id}/send`), t('Its code is on its way.'), path)
                    }
                  >
                    {t('Send again')}
                  </Button>
                  <Button
                    size='xs'
                    variant='default'
                    onClick={() =>
                      void act(
                        () => call('POST', `${path}/${id}/freeze`, { is_frozen: state !== 'frozen' }),
                        state === 'frozen' ? t('It can be spent again.') : t('It cannot be spent now.'),
                        path,
                      )
                    }
                  >
                    {state === 'frozen' ? t('Release') : t('Freeze')}
                  </Button>
                </Group>
              ) : null,
          },
        ]}
      />
    </>
  )
}

const checkoutStates = ['created', 'pending', 'approved', 'successful', 'unsuccessful']

export function CheckoutsPage() {
  const { t } = useTranslation()
  const [status, setStatus] = useState('')
  return (
    <>
      <PageHead title={t('Checkout')} />
      <StateFilter states={checkoutStates} value={status} onChange={setStatus} />
      <List<Checkout>
        path='/checkouts'
        query={{ status }}
        refreshMs={15_000}
        keyOf={({ id }) => id}
        empty={t('No shop of yours has sent an order here.')}
        columns={[
          { title: t('When'), show: (one) => <When at={one.created_at} /> },
          {
            title: t('Reference'),
            show: ({ id, reference }) => (
              <Anchor component={Link} to={`/checkouts/${id}`} underline='always' className='code'>
                {reference}
              </Anchor>
            ),
          },
          { title: t('Shop'), show: ({ seller }) => seller },
          { title: t('Buyer'), show: ({ buyer }) => buyer ?? '–' },
          { title: t('State'), show: (one) => <State state={one.status} /> },
          {
            title: t('Amount'),
            isFigure: true,
            show: ({ amount }) => <Amount amount={amount.amount} currency={amount.currency} />,
          },
        ]}
      />
    </>
  )
}

export function CheckoutPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const { data, error } = useQuery({
    queryKey: ['/checkouts', id],
    queryFn: () => call<CheckoutReply>('GET', `/checkouts/${id}`),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  return (
    <>
      <PageHead title={t('Checkout order')}>
        <State state={data.status} />
      </PageHead>
      <Stack>
        <Facts
          facts={[
            [t('Reference'), data.reference],
            [t('Our id'), data.id],
            [t('Shop'), data.seller],
            [t('When'), <When key='at' at={data.created_at} />],
            [
              t('Amount'),
              <Amount key='amount' amount={data.amount.amount} currency={data.amount.currency} />,
            ],
            [t('Fee'), <Amount key='fee' amount={data.fee} currency={data.amount.currency} />],
            [t('Refunded'), <Amount key='refunded' amount={data.refunded} currency={data.amount.currency} />],
            [t('Terms'), data.terms === null ? '–' : t(data.terms)],
            [t('Months'), data.months === null ? '–' : String(data.months)],
            [t('Buyer'), data.buyer ?? '–'],
            [t('Who pays'), data.payer ?? '–'],
            [t('Their word'), data.decision === null ? '–' : t(data.decision)],
            [t('Reason'), data.reason === null ? '–' : t(data.reason)],
          ]}
        />
        {data.instalments.length === 0 ? null : (
          <Rows
            rows={data.instalments}
            keyOf={({ number }) => String(number)}
            columns={[
              { title: t('Instalment'), isFigure: true, show: ({ number }) => number },
              { title: t('Due on'), show: (one) => one.due_on },
              {
                title: t('Principal'),
                isFigure: true,
                show: ({ principal }) => <Amount amount={principal} />,
              },
              { title: t('Interest'), isFigure: true, show: ({ interest }) => <Amount amount={interest} /> },
              { title: t('State'), show: ({ state }) => <State state={state} /> },
              { title: t('Paid'), show: (one) => <When at={one.paid_at} /> },
            ]}
          />
        )}
      </Stack>
    </>
  )
}

/** What was bought in some days, by SKU. */
export function ReportsPage() {
  const { t } = useTranslation()
  const today = new Date().toISOString().slice(0, 10)
  const [from, setFrom] = useState(`${today.slice(0, 8)}01`)
  const [to, setTo] = useState(today)
  const days = { from, to }
  const { data, error } = useQuery({
    queryKey: ['/reports/sales', from, to],
    queryFn: () => call<SalesReply>('GET', withQuery('/reports/sales', days)),
    retry: false,
    enabled: from !== '' && to !== '',
  })
  return (
    <>
      <PageHead title={t('Reports')}>
        {(['csv', 'xlsx'] as const).map((format) => (
          <Button
            key={format}
            component='a'
            variant='default'
            size='xs'
            href={`/api/v1${withQuery('/files/sales', { ...days, format })}`}
            download
          >
            {format.toUpperCase()}
          </Button>
        ))}
      </PageHead>
      <Group mb='md' align='flex-end'>
        <TextInput
          type='date'
          label={t('From')}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type='date'
          label={t('To, that day included')}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </Group>
      {error === null ? null : <Alert color='red'>{error.message}</Alert>}
      {data === undefined ? null : data.data.length === 0 ? (
        <Text c='dimmed'>{t('Nothing was bought in these days.')}</Text>
      ) : (
        <Rows
          rows={data.data}
          keyOf={({ sku, currency }) => `${sku} ${currency}`}
          columns={[
            { title: t('SKU'), show: ({ sku }) => <span className='code'>{sku}</span> },
            { title: t('Name'), show: ({ name }) => name },
            { title: t('Orders'), isFigure: true, show: ({ orders }) => orders.toLocaleString('en') },
            { title: t('Units'), isFigure: true, show: ({ units }) => units.toLocaleString('en') },
            {
              title: t('Paid'),
              isFigure: true,
              show: ({ paid, currency }) => <Amount amount={paid} currency={currency} />,
            },
          ]}
        />
      )}
    </>
  )
}
