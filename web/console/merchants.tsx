import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Static } from 'typebox'
import type {
  BankDetails,
  CreatedMerchantKeyReply,
  Merchant,
  MerchantKeysReply,
  OpenedDetailsReply,
  Owed,
  Settlement,
  Till,
} from '../../src/dialects/house/wire/merchants.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import type { FieldSpec } from '../shared/form.tsx'
import { List, Rows, StateFilter } from '../shared/list.tsx'
import {
  Amount,
  Dialog,
  Facts,
  PageHead,
  SecretOnce,
  State,
  When,
  act,
  refresh,
  useAsked,
} from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'
import { Decide } from './decide.tsx'

const merchantsPath = '/operator/merchants'
const owedPath = '/operator/owed'
const detailsPath = '/operator/bank-details'
const settlementsPath = '/operator/settlements'

/** Who takes vouchers, and where. */
export function MerchantsPage() {
  const { t } = useTranslation()
  const canManage = useAbility('partners')
  return (
    <>
      <PageHead title={t('Merchants')}>
        {canManage ? (
          <Dialog label={t('New merchant')} title={t('New merchant')}>
            {(close) => <MerchantForm close={close} />}
          </Dialog>
        ) : null}
      </PageHead>
      <List<Merchant>
        path={merchantsPath}
        keyOf={({ code }) => code}
        empty={t('There is no merchant yet.')}
        columns={[
          { title: t('Code'), show: ({ code }) => <span className='code'>{code}</span> },
          { title: t('Name'), show: ({ name }) => name },
          { title: t('Category'), show: ({ category }) => category },
          { title: t('State'), show: ({ status }) => <State state={status} /> },
          {
            title: t('Action'),
            show: (merchant) => (
              <Group gap='xs' wrap='nowrap'>
                <Dialog label={t('Tills')} title={merchant.name} variant='default' size='xs'>
                  {() => <Tills code={merchant.code} />}
                </Dialog>
                <Dialog label={t('Keys')} title={merchant.name} variant='default' size='xs'>
                  {() => <Keys code={merchant.code} />}
                </Dialog>
                {canManage ? (
                  <Dialog label={t('Change')} title={merchant.name} variant='default' size='xs'>
                    {(close) => <MerchantForm merchant={merchant} close={close} />}
                  </Dialog>
                ) : null}
              </Group>
            ),
          },
        ]}
      />
    </>
  )
}

function useStatusField(start: string): FieldSpec {
  const { t } = useTranslation()
  return {
    name: 'status',
    label: t('Status'),
    kind: 'select',
    start,
    options: ['active', 'closed'].map((one) => ({ value: one, label: t(one) })),
  }
}

function MerchantForm({ merchant, close }: { readonly merchant?: Merchant; readonly close: () => void }) {
  const { t } = useTranslation()
  const status = useStatusField(merchant?.status ?? 'active')
  return (
    <Form
      fields={[
        ...(merchant === undefined
          ? [
              {
                name: 'code',
                label: t('Code'),
                description: t('Small letters, digits and dashes; it stays.'),
              },
            ]
          : []),
        { name: 'name', label: t('Name'), start: merchant?.name ?? '' },
        { name: 'category_code', label: t('Code of its category'), start: merchant?.category_code ?? '' },
        { name: 'category', label: t('Category'), start: merchant?.category ?? '' },
        status,
      ]}
      action={t('Save')}
      onSubmit={async ({ code = merchant?.code ?? '', ...values }) => {
        await call('PUT', `${merchantsPath}/${encodeURIComponent(code.trim())}`, values)
        await refresh(merchantsPath)
        close()
      }}
    />
  )
}

function Tills({ code }: { readonly code: string }) {
  const { t } = useTranslation()
  const canManage = useAbility('partners')
  const status = useStatusField('active')
  const path = `${merchantsPath}/${code}/tills`
  return (
    <Stack>
      <List<Till>
        path={path}
        keyOf={({ number }) => number}
        empty={t('There is no till yet.')}
        columns={[
          { title: t('Number'), show: ({ number }) => <span className='code'>{number}</span> },
          { title: t('Outlet'), show: ({ name }) => name },
          { title: t('State'), show: (till) => <State state={till.status} /> },
        ]}
      />
      {canManage ? (
        <Form
          fields={[
            {
              name: 'number',
              label: t('Number'),
              description: t('A known one is changed, another one is new.'),
            },
            { name: 'name', label: t('Outlet') },
            status,
          ]}
          action={t('Save')}
          onSubmit={async ({ number = '', ...values }) => {
            const body = { ...values, merchant: code }
            await call('PUT', `/operator/tills/${encodeURIComponent(number.trim())}`, body)
            await refresh(path)
          }}
        />
      ) : null}
    </Stack>
  )
}

function Keys({ code }: { readonly code: string }) {
  const { t } = useTranslation()
  const canManage = useAbility('partners')
  const [made, setMade] = useState<Static<typeof CreatedMerchantKeyReply>>()
  const path = `${merchantsPath}/${code}/keys`
  const { data, error } = useQuery({
    queryKey: [path],
    queryFn: () => call<MerchantKeysReply>('GET', path),
  })
  if (error !== null) return <Alert color='red'>{error.message}</Alert>
  if (data === undefined) return null
  return (
    <Stack>
      {made === undefined ? null : (
        <>
          <Alert color='orange'>{t('This is shown only now.')}</Alert>
          <SecretOnce label={t('Token')} value={made.token} />
        </>
      )}
      <Rows
        rows={data.data}
        keyOf={({ id }) => id}
        columns={[
          { title: t('Label'), show: ({ label }) => label },
          { title: t('Token'), show: ({ hint }) => <span className='code'>{hint}</span> },
          { title: t('Made'), show: (key) => <When at={key.created_at} /> },
          {
            title: t('Action'),
            show: (key) =>
              key.revoked_at === null && canManage ? (
                <Button
                  size='xs'
                  variant='default'
                  onClick={() =>
                    void act(
                      () => call('DELETE', `/operator/merchant-keys/${key.id}`),
                      t('The key has ended.'),
                      path,
                    )
                  }
                >
                  {t('End it')}
                </Button>
              ) : (
                <When at={key.revoked_at} />
              ),
          },
        ]}
      />
      {canManage ? (
        <Form
          fields={[{ name: 'label', label: t('Label'), isOptional: true }]}
          action={t('Make it')}
          onSubmit={async (values) => {
            setMade(await call<Static<typeof CreatedMerchantKeyReply>>('POST', path, values))
            await refresh(path)
          }}
        />
      ) : null}
    </Stack>
  )
}

/** What merchants are owed, where they are paid to, and payouts by two persons. */
export function SettlementsPage() {
  const { t } = useTranslation()
  const canPay = useAbility('money')
  const [detailsState, setDetailsState] = useState('entered')
  const [state, setState] = useState('proposed')
  return (
    <>
      <PageHead title={t('Settlements')}>
        {canPay ? (
          <Dialog label={t('Enter bank details')} title={t('Where a merchant is paid to')} variant='default'>
            {(close) => <DetailsForm close={close} />}
          </Dialog>
        ) : null}
      </PageHead>
      <Stack>
        <Title order={2} size='h4'>
          {t('What merchants are owed')}
        </Title>
        <List<Owed>
          path={owedPath}
          keyOf={(one) => `${one.merchant} ${one.partner_id} ${one.currency}`}
          empty={t('Nobody is owed anything.')}
          columns={[
            { title: t('Merchant'), show: ({ merchant }) => merchant },
            { title: t('Out of whose books'), show: ({ partner }) => partner },
            {
              title: t('Owed'),
              isFigure: true,
              show: ({ owed, currency }) => <Amount amount={owed} currency={currency} />,
            },
            { title: t('Proposed'), isFigure: true, show: ({ proposed }) => <Amount amount={proposed} /> },
            {
              title: t('Action'),
              show: (one) =>
                canPay && !one.owed.startsWith('-') && Number(one.owed) > 0 ? (
                  <Dialog label={t('Pay')} title={t('Propose a payout')} variant='default' size='xs'>
                    {(close) => <PayForm owed={one} close={close} />}
                  </Dialog>
                ) : null,
            },
          ]}
        />
        <Title order={2} size='h4'>
          {t('Payouts and returns')}
        </Title>
        <StateFilter
          states={['proposed', 'approved', 'rejected', 'returned']}
          value={state}
          onChange={setState}
        />
        <Settlements state={state} />
        <Title order={2} size='h4'>
          {t('Bank details')}
        </Title>
        <StateFilter
          states={['entered', 'confirmed', 'rejected', 'replaced']}
          value={detailsState}
          onChange={setDetailsState}
        />
        <Details state={detailsState} />
      </Stack>
    </>
  )
}

function Settlements({ state }: { readonly state: string }) {
  const { t } = useTranslation()
  const canPay = useAbility('money')
  return (
    <List<Settlement>
      path={settlementsPath}
      query={{ state }}
      refreshMs={15_000}
      keyOf={({ id }) => id}
      empty={t('There is none.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('Kind'), show: ({ kind }) => t(kind) },
        { title: t('Merchant'), show: ({ merchant }) => merchant },
        { title: t('Out of whose books'), show: ({ partner }) => partner },
        { title: t('To'), show: ({ account }) => account },
        { title: t('Reference'), show: ({ reference }) => <span className='code'>{reference}</span> },
        { title: t('By'), show: (one) => one.proposed_by },
        { title: t('State'), show: (one) => <State state={one.state} /> },
        {
          title: t('Amount'),
          isFigure: true,
          show: ({ amount, currency }) => <Amount amount={amount} currency={currency} />,
        },
        {
          title: t('Action'),
          show: (one) => {
            if (canPay && one.state === 'proposed')
              return <Decide path={`${settlementsPath}/${one.id}`} list='/operator/' />
            if (canPay && one.state === 'approved' && one.kind === 'payout')
              return (
                <Dialog
                  label={t('It came back')}
                  title={t('The bank sent it back')}
                  variant='default'
                  size='xs'
                >
                  {(close) => (
                    <Form
                      fields={[
                        { name: 'reference', label: t('Reference') },
                        { name: 'note', label: t('What the bank said'), kind: 'long' },
                      ]}
                      action={t('Propose')}
                      onSubmit={async (values) => {
                        await call('POST', `${settlementsPath}/${one.id}/return`, values)
                        await refresh(settlementsPath)
                        close()
                      }}
                    />
                  )}
                </Dialog>
              )
            return one.reason
          },
        },
      ]}
    />
  )
}

function Details({ state }: { readonly state: string }) {
  const { t } = useTranslation()
  const canPay = useAbility('money')
  return (
    <List<BankDetails>
      path={detailsPath}
      query={{ state }}
      keyOf={({ id }) => id}
      empty={t('There is none.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('Merchant'), show: ({ merchant }) => merchant },
        { title: t('Currency'), show: ({ currency }) => currency },
        { title: t('Account'), show: ({ account }) => account },
        { title: t('By'), show: (one) => one.entered_by },
        { title: t('State'), show: (one) => <State state={one.state} /> },
        {
          title: t('Action'),
          show: (one) =>
            canPay ? (
              <Group gap='xs' wrap='nowrap'>
                <Dialog label={t('Open')} title={one.merchant} variant='default' size='xs'>
                  {() => <OpenedDetails id={one.id} />}
                </Dialog>
                {one.state === 'entered' ? (
                  <Decide path={`${detailsPath}/${one.id}`} list={detailsPath} word='confirm' />
                ) : null}
              </Group>
            ) : null,
        },
      ]}
    />
  )
}

function OpenedDetails({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const {
    answer: shown,
    problem,
    ask,
  } = useAsked(() => call<OpenedDetailsReply>('POST', `${detailsPath}/${id}/open`))
  if (shown === undefined)
    return (
      <Stack>
        <Text size='sm'>{t('The audit log keeps who looked.')}</Text>
        {problem}
        <Group>
          <Button onClick={ask}>{t('Show the account')}</Button>
        </Group>
      </Stack>
    )
  return (
    <Facts
      facts={[
        [t('Bank'), shown.bank_name],
        [t('Account name'), shown.account_name],
        [t('Account number'), shown.account_number],
        [t('Bank code'), shown.bank_code || '–'],
      ]}
    />
  )
}

function DetailsForm({ close }: { readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Form
      fields={[
        { name: 'merchant', label: t('Code of the merchant') },
        { name: 'currency', label: t('Currency'), description: 'ISO 4217: USD, KES …' },
        { name: 'bank_name', label: t('Bank') },
        { name: 'account_name', label: t('Account name') },
        { name: 'account_number', label: t('Account number') },
        { name: 'bank_code', label: t('Bank code'), isOptional: true },
      ]}
      action={t('Save')}
      onSubmit={async ({ merchant = '', currency = '', ...account }) => {
        const path = `${merchantsPath}/${encodeURIComponent(merchant.trim())}/bank-details`
        await call('POST', path, { ...account, currency: currency.trim().toUpperCase() })
        await refresh(detailsPath)
        close()
      }}
    >
      <Text size='sm'>{t('Another person confirms it.')}</Text>
    </Form>
  )
}

function PayForm({ owed, close }: { readonly owed: Owed; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Form
      fields={[
        { name: 'amount', label: `${t('Amount')} (${owed.currency})`, start: owed.owed },
        { name: 'reference', label: t('Reference') },
        { name: 'note', label: t('Description'), isOptional: true },
      ]}
      action={t('Propose')}
      onSubmit={async (values) => {
        const { merchant, partner_id: partner, currency } = owed
        await call('POST', settlementsPath, { ...values, merchant, partner_id: partner, currency })
        await refresh('/operator/')
        close()
      }}
    >
      <Text size='sm'>{t('Another person approves it, and sends the money.')}</Text>
    </Form>
  )
}
