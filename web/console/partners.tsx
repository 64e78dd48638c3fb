import { Alert, Anchor, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type { User } from '../../src/dialects/house/wire/account.ts'
import type { FormatsReply, IssuedKey, Key } from '../../src/dialects/house/wire/developers.ts'
import type { Partner, PartnerReply, PlansReply } from '../../src/dialects/house/wire/operator.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, Rows, StateFilter } from '../shared/list.tsx'
import { Amount, Dialog, PageHead, SecretOnce, State, When, refresh, saveAs } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'
import { PartnerCheckouts, PartnerOrders } from './sales.tsx'
import { WalletStatement } from './transfers.tsx'
import { PriceRules, RuleForm, TermsForm } from './prices.tsx'

const path = '/operator/partners'

export function PartnersPage() {
  const { t } = useTranslation()
  const canManage = useAbility('partners')
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 300)
  const [status, setStatus] = useState('')
  return (
    <>
      <PageHead title={t('Partners')}>
        {canManage ? (
          <Dialog label={t('New partner')} title={t('New partner')}>
            {(close) => (
              <Form
                fields={[
                  { name: 'name', label: t('Name') },
                  { name: 'email', label: t('E-mail'), kind: 'email' },
                  { name: 'time_zone', label: t('Time zone'), start: 'UTC' },
                ]}
                action={t('Make it')}
                onSubmit={async (values) => {
                  await call('POST', path, values)
                  await refresh(path)
                  close()
                }}
              />
            )}
          </Dialog>
        ) : null}
      </PageHead>
      <Group mb='md' align='flex-end'>
        <TextInput
          label={t('Search')}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <StateFilter states={['active', 'suspended', 'closed']} value={status} onChange={setStatus} mb={0} />
      </Group>
      <List<Partner>
        path={path}
        query={{ q, status }}
        keyOf={({ id }) => id}
        empty={t('There is no such partner.')}
        columns={[
          { title: '#', isFigure: true, show: ({ number }) => number },
          {
            title: t('Name'),
            show: ({ id, name }) => (
              <Anchor component={Link} to={`/partners/${id}`} underline='always'>
                {name}
              </Anchor>
            ),
          },
          { title: t('E-mail'), show: ({ email }) => email },
          { title: t('State'), show: (partner) => <State state={partner.status} /> },
          { title: t('Since'), show: (partner) => <When at={partner.created_at} /> },
        ]}
      />
    </>
  )
}

export function PartnerPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams({ strict: false })
  const canManage = useAbility('partners')
  const canPrice = useAbility('prices')
  const own = `${path}/${id}`
  const { data, error } = useQuery({
    queryKey: [own],
    queryFn: () => call<Static<typeof PartnerReply>>('GET', own),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  return (
    <>
      <PageHead title={data.name}>
        <State state={data.status} />
      </PageHead>
      <Stack>
        <Text>
          {data.email} · {data.time_zone} ·{' '}
          {data.requests_per_minute === null
            ? t('no limit of calls')
            : `${data.requests_per_minute} ${t('calls a minute')}`}
        </Text>
        {canManage ? <Actions own={own} partner={data} /> : null}
        <Title order={2} size='h4'>
          {t('Wallets')}
        </Title>
        <Rows
          rows={data.wallets}
          keyOf={(wallet) => wallet.id}
          columns={[
            { title: t('Wallet'), show: ({ code }) => code },
            {
              title: t('Balance'),
              isFigure: true,
              show: (one) => <Amount amount={one.balance} currency={one.currency} />,
            },
            { title: t('reserved'), isFigure: true, show: (one) => <Amount amount={one.reserved} /> },
            { title: t('Overdraft'), isFigure: true, show: (one) => <Amount amount={one.overdraft_limit} /> },
            {
              title: t('Action'),
              show: (one) => (
                <Dialog label={t('Statement')} title={one.code} variant='default' size='xs'>
                  {() => <WalletStatement own={own} wallet={one} />}
                </Dialog>
              ),
            },
          ]}
        />
        <Title order={2} size='h4'>
          {t('Orders')}
        </Title>
        <PartnerOrders own={own} />
        <Title order={2} size='h4'>
          {t('Checkout')}
        </Title>
        <PartnerCheckouts own={own} />
        <Group justify='space-between'>
          <Title order={2} size='h4'>
            {t('Prices')}
          </Title>
          {canPrice ? (
            <Group gap='xs'>
              <Dialog label={t('Terms')} title={t('Margin and discount')} variant='default'>
                {(close) => <TermsForm own={own} close={close} />}
              </Dialog>
              <Dialog label={t('New rule')} title={t('Price rule of this partner')} variant='default'>
                {(close) => <RuleForm partnerId={data.id} close={close} />}
              </Dialog>
            </Group>
          ) : null}
        </Group>
        <PriceRules partnerId={data.id} />
        <Title order={2} size='h4'>
          {t('People')}
        </Title>
        <List<User>
          path={`${own}/people`}
          keyOf={(user) => user.id}
          empty={t('There is nobody.')}
          columns={[
            { title: t('Name'), show: ({ name }) => name },
            { title: t('E-mail'), show: ({ email }) => email },
            { title: t('Role'), show: ({ role }) => t(role) },
            { title: t('State'), show: ({ state }) => <State state={state} /> },
          ]}
        />
        <Title order={2} size='h4'>
          {t('API keys')}
        </Title>
        <List<Key>
          path={`${own}/keys`}
          keyOf={(key) => key.id}
          empty={t('There is no key yet.')}
          columns={[
            { title: t('Format'), show: ({ format }) => format },
            { title: t('Label'), show: ({ label }) => label },
            { title: t('Token'), show: ({ hint }) => <span className='code'>{hint}</span> },
            { title: t('Made'), show: (key) => <When at={key.created_at} /> },
            {
              title: t('Ends'),
              show: (key) => (key.revoked_at === null ? <When at={key.expires_at} /> : t('ended')),
            },
          ]}
        />
      </Stack>
    </>
  )
}

function Actions({ own, partner }: { readonly own: string; readonly partner: Static<typeof PartnerReply> }) {
  const { t } = useTranslation()
  const canMoney = useAbility('money') && partner.wallets.length > 0
  const walletField = {
    name: 'wallet',
    label: t('Wallet'),
    kind: 'select' as const,
    start: partner.wallets[0]?.code ?? '',
    options: partner.wallets.map(({ code }) => ({ value: code, label: code })),
  }
  const { data: plans } = useQuery({
    queryKey: ['/operator/plans'],
    queryFn: () => call<Static<typeof PlansReply>>('GET', '/operator/plans'),
  })
  const submit = (close: () => void, method: string, where: string) => async (body: unknown) => {
    await call(method, where, body)
    await refresh(path)
    close()
  }
  return (
    <Group>
      <Dialog label={t('Status')} title={t('Status')} variant='default'>
        {(close) => (
          <Form
            fields={[
              {
                name: 'status',
                label: t('Status'),
                kind: 'select',
                start: partner.status,
                options: ['active', 'suspended', 'closed'].map((one) => ({ value: one, label: t(one) })),
              },
              { name: 'reason', label: t('Reason'), isOptional: true },
            ]}
            action={t('Save')}
            onSubmit={submit(close, 'PATCH', own)}
          />
        )}
      </Dialog>
      <Dialog label={t('Plan and limit')} title={t('Plan and limit')} variant='default'>
        {(close) => (
          <Form
            fields={[
              {
                name: 'plan',
                label: t('Plan'),
                kind: 'select',
                options: [
                  { value: '', label: t('none') },
                  ...(plans?.data ?? []).map(({ code, name }) => ({ value: code, label: name })),
                ],
              },
              {
                name: 'limit',
                label: t('Calls a minute'),
                isOptional: true,
                start: partner.requests_per_minute?.toString() ?? '',
              },
            ]}
            action={t('Save')}
            onSubmit={({ plan = '', limit = '' }) =>
              submit(
                close,
                'PATCH',
                own,
              )({ plan: plan === '' ? null : plan, requests_per_minute: limit === '' ? null : Number(limit) })
            }
          />
        )}
      </Dialog>
      <Dialog label={t('Open a wallet')} title={t('Open a wallet')} variant='default'>
        {(close) => (
          <Form
            fields={[{ name: 'currency', label: t('Currency'), description: 'ISO 4217: USD, KES …' }]}
            action={t('Open it')}
            onSubmit={({ currency = '' }) =>
              submit(close, 'POST', `${own}/wallets`)({ currency: currency.trim().toUpperCase() })
            }
          />
        )}
      </Dialog>
      {canMoney ? (
        <>
          <Dialog label={t('Credit')} title={t('Write down a payment')} variant='default'>
            {(close) => (
              <Form
                fields={[
                  walletField,
                  { name: 'amount', label: t('Amount') },
                  { name: 'reference', label: t('Payment reference') },
                  { name: 'note', label: t('Description'), isOptional: true },
                ]}
                action={t('Write it down')}
                onSubmit={submit(close, 'POST', `${own}/credits`)}
              >
                <Text size='sm'>{t('Another person books it.')}</Text>
              </Form>
            )}
          </Dialog>
          <Dialog label={t('Overdraft')} title={t('Overdraft')} variant='default'>
            {(close) => (
              <Form
                fields={[
                  walletField,
                  { name: 'limit', label: t('Overdraft') },
                  { name: 'note', label: t('Description'), isOptional: true },
                ]}
                action={t('Save')}
                onSubmit={submit(close, 'POST', `${own}/overdrafts`)}
              >
                <Text size='sm'>{t('Less holds at once; more is given by another person.')}</Text>
              </Form>
            )}
          </Dialog>
        </>
      ) : null}
      <Dialog label={t('Invite')} title={t('Invite somebody')} variant='default'>
        {(close) => (
          <Form
            fields={[
              { name: 'name', label: t('Name') },
              { name: 'email', label: t('E-mail'), kind: 'email' },
              {
                name: 'role',
                label: t('Role'),
                kind: 'select',
                start: 'owner',
                options: ['owner', 'developer', 'viewer'].map((one) => ({ value: one, label: t(one) })),
              },
            ]}
            action={t('Invite')}
            onSubmit={submit(close, 'POST', `${own}/people`)}
          />
        )}
      </Dialog>
      <Dialog label={t('New key')} title={t('New key')} variant='default'>
        {() => <KeyForm own={own} />}
      </Dialog>
    </Group>
  )
}

function KeyForm({ own }: { readonly own: string }) {
  const { t } = useTranslation()
  const [issued, setIssued] = useState<IssuedKey>()
  const { data } = useQuery({
    queryKey: ['/operator/formats'],
    queryFn: () => call<Static<typeof FormatsReply>>('GET', '/operator/formats'),
  })
  if (issued !== undefined) {
    const file = issued.private_key ?? issued.encryption_key
    return (
      <Stack>
        <Alert color='orange'>{t('This is shown only now.')}</Alert>
        {issued.username === null ? null : <SecretOnce label={t('User name')} value={issued.username} />}
        <SecretOnce label={t('Token')} value={issued.token} />
        {issued.secret === null ? null : <SecretOnce label={t('Secret')} value={issued.secret} />}
        {file === null ? null : (
          <Button variant='default' onClick={() => saveAs('key.pem', file)}>
            {t('Save the key')}
          </Button>
        )}
      </Stack>
    )
  }
  if (data === undefined) return null
  return (
    <Form
      fields={[
        {
          name: 'format',
          label: t('Format'),
          kind: 'select',
          start: data.data[0]?.name ?? '',
          options: data.data.map(({ name, title }) => ({ value: name, label: `${name} (${title})` })),
        },
        { name: 'label', label: t('Label'), isOptional: true },
      ]}
      action={t('Make it')}
      onSubmit={async (values) => {
        setIssued(await call<IssuedKey>('POST', `${own}/keys`, values))
        await refresh(path)
      }}
    />
  )
}
