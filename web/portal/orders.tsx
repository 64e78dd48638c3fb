import { Alert, Anchor, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { Order, RevealReply } from '../../src/dialects/house/wire/partner.ts'
import { call, withQuery } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, Rows, StateFilter } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, SecretOnce, State, When } from '../shared/parts.tsx'
import { QrCode } from '../shared/qr-code.tsx'
import { useAbility } from '../shared/session.ts'

const states = ['processing', 'completed', 'partially_completed', 'failed', 'cancelled']

export function OrdersPage() {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 300)
  const [status, setStatus] = useState('')
  return (
    <>
      <PageHead title={t('Orders')}>
        {(['csv', 'xlsx'] as const).map((format) => (
          <Button
            key={format}
            component='a'
            variant='default'
            size='xs'
            href={`/api/v1${withQuery('/files/orders', { format, status })}`}
            download
          >
            {format.toUpperCase()}
          </Button>
        ))}
      </PageHead>
      <Group mb='md' align='flex-end'>
        <TextInput
          label={t('Reference')}
          placeholder={t('Your id or ours')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <StateFilter states={states} value={status} onChange={setStatus} mb={0} />
      </Group>
      <List<Order>
        path='/orders'
        query={{ q, status }}
        refreshMs={15_000}
        keyOf={({ id }) => id}
        empty={q + status === '' ? t('Nothing was bought yet.') : t('There is no such order.')}
        columns={[
          { title: t('When'), show: (order) => <When at={order.created_at} /> },
          {
            title: t('Reference'),
            show: (order) => (
              <Anchor component={Link} to={`/orders/${order.id}`} underline='always' className='code'>
                {order.external_id}
              </Anchor>
            ),
          },
          { title: t('Product'), show: (order) => order.items[0]?.name },
          { title: t('Format'), show: ({ format }) => format },
          { title: t('State'), show: (order) => <State state={order.status} /> },
          {
            title: t('Total'),
            isFigure: true,
            show: ({ total }) => <Amount amount={total.amount} currency={total.currency} />,
          },
        ]}
      />
    </>
  )
}

export function OrderPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const canReveal = useAbility('buy')
  const [codes, setCodes] = useState<Static<typeof RevealReply>['codes']>()
  const { data, error } = useQuery({
    queryKey: ['/orders', id],
    queryFn: () => call<Order>('GET', `/orders/${id}`),
    refetchInterval: ({ state }) => (state.data?.status === 'processing' ? 2_000 : false),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  const delivered = data.items.reduce((sum, item) => sum + item.delivered, 0)
  return (
    <>
      <PageHead title={t('Order')}>
        <State state={data.status} />
      </PageHead>
      <Stack>
        <Card withBorder>
          <Text size='sm' c='dimmed'>
            {t('Your reference')}
          </Text>
          <Text className='code'>{data.external_id}</Text>
          <Text size='sm' c='dimmed'>
            {t('Our id')}
          </Text>
          <Text className='code'>{data.id}</Text>
          <Text size='sm' c='dimmed'>
            {t('When')}
          </Text>
          <Text>
            <When at={data.created_at} />
          </Text>
          <Text size='sm' c='dimmed'>
            {t('Total')}
          </Text>
          <Text>
            <Amount amount={data.total.amount} currency={data.total.currency} />
          </Text>
        </Card>
        <Rows
          rows={data.items}
          keyOf={(item) => item.sku_id}
          columns={[
            { title: t('Product'), show: ({ name }) => name },
            { title: t('Quantity'), isFigure: true, show: ({ quantity }) => quantity },
            { title: t('Delivered'), isFigure: true, show: (item) => item.delivered },
            {
              title: t('For'),
              show: ({ recipient }) =>
                Object.entries(recipient)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join(', '),
            },
            { title: t('State'), show: ({ status, error: why }) => why ?? <State state={status} /> },
          ]}
        />
        {canReveal && delivered > 0 ? (
          <Group>
            <Dialog label={t('Mail it')} title={t('Mail what was delivered')} variant='default'>
              {(close) => (
                <Form
                  fields={[
                    {
                      name: 'to',
                      label: t('E-mail'),
                      kind: 'email',
                      description: t('Whoever reads the mail has the codes.'),
                    },
                  ]}
                  action={t('Send')}
                  onSubmit={async ({ to = '' }) => {
                    await call('POST', `/orders/${id}/send`, { to })
                    notifications.show({ message: t('The mail is on its way.'), color: 'teal.9' })
                    close()
                  }}
                />
              )}
            </Dialog>
          </Group>
        ) : null}
        {canReveal && delivered > 0 && codes === undefined ? (
          <Group>
            <Button
              onClick={() =>
                void call<Static<typeof RevealReply>>('POST', `/orders/${id}/reveal`).then((shown) =>
                  setCodes(shown.codes),
                )
              }
            >
              {t('Show the codes')}
            </Button>
            <Text size='sm' c='dimmed'>
              {t('The audit log keeps who looked.')}
            </Text>
          </Group>
        ) : null}
        {codes?.map((one) => (
          <Card withBorder key={one.code}>
            <SecretOnce label={t('Code')} value={one.code} />
            {one.pin === null ? null : <SecretOnce label='PIN' value={one.pin} />}
            {one.serial === null ? null : <SecretOnce label={t('Serial number')} value={one.serial} />}
            {one.url === null ? null : <SecretOnce label={t('Link')} value={one.url} />}
            {one.lpa === null ? null : <QrCode text={one.lpa} label={t('QR code of the eSIM')} />}
            {one.expires_on === null ? null : (
              <Text size='sm'>
                {t('Expires')}: {one.expires_on}
              </Text>
            )}
          </Card>
        ))}
      </Stack>
    </>
  )
}
