import { Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Break, OpenItem, Refund, Reversal } from '../../src/dialects/house/wire/cases.ts'
import { call } from '../shared/api.ts'
import { Form } from '../shared/form.tsx'
import { List, StateFilter } from '../shared/list.tsx'
import { Amount, Dialog, Facts, PageHead, State, When, act, refresh, useAsked } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

const breaksPath = '/operator/breaks'
const itemsPath = '/operator/fulfilments'
const reversalsPath = '/operator/reversals'
const refundsPath = '/operator/refunds'

/** What no machine may decide: two persons do. */
export function CasesPage() {
  const { t } = useTranslation()
  const [state, setState] = useState('parked')
  return (
    <>
      <PageHead title={t('Cases')} />
      <Stack>
        <Text size='sm' c='dimmed'>
          {t(
            'One person proposes, another settles exactly that. A new proposal takes the place of the one before.',
          )}
        </Text>
        <Title order={2} size='h4'>
          {t('Breaks')}
        </Title>
        <Breaks />
        <Title order={2} size='h4'>
          {t('Items at suppliers')}
        </Title>
        <StateFilter
          states={['accepted', 'dispatching', 'unknown', 'pending', 'parked']}
          value={state}
          onChange={setState}
        />
        <Items state={state} />
        <Title order={2} size='h4'>
          {t('Redemptions to take back')}
        </Title>
        <FindRedemption />
        <Reversals />
        <Title order={2} size='h4'>
          {t('Money back to buyers')}
        </Title>
        <Refunds />
      </Stack>
    </>
  )
}

/** A button by which another person does what was proposed. */
function Settle({
  path,
  label,
  list,
}: {
  readonly path: string
  readonly label: string
  readonly list: string
}) {
  const { t } = useTranslation()
  return (
    <Button size='xs' onClick={() => void act(() => call('POST', path), t('Settled.'), list)}>
      {label}
    </Button>
  )
}

const resolutions = ['write_off', 'supplier_credits', 'refund_partner', 'refund_and_credit', 'no_action']

function Breaks() {
  const { t } = useTranslation()
  const canSettle = useAbility('money')
  return (
    <List<Break>
      path={breaksPath}
      refreshMs={15_000}
      keyOf={({ id }) => id}
      empty={t('Everything fits.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('Kind'), show: ({ kind }) => t(kind) },
        { title: t('Supplier'), show: ({ supplier }) => supplier },
        { title: t('Reference'), show: ({ reference }) => <span className='code'>{reference}</span> },
        { title: t('Description'), show: ({ detail, note }) => [detail, note].filter(Boolean).join(' · ') },
        {
          title: t('Amount'),
          isFigure: true,
          show: ({ amount, currency }) =>
            amount === null ? '–' : <Amount amount={amount} currency={currency} />,
        },
        {
          title: t('Proposed'),
          show: ({ resolution, proposed_by: by }) =>
            resolution === null ? '–' : `${t(resolution)} (${by ?? ''})`,
        },
        {
          title: t('Action'),
          show: (one) =>
            canSettle ? (
              <Group gap='xs' wrap='nowrap'>
                {one.proposal_id === null ? null : (
                  <Settle
                    path={`/operator/break-proposals/${one.proposal_id}/settle`}
                    label={t('Settle')}
                    list={breaksPath}
                  />
                )}
                <Dialog
                  label={t('Propose')}
                  title={t('What should become of it')}
                  variant='default'
                  size='xs'
                >
                  {(close) => (
                    <Form
                      fields={[
                        {
                          name: 'resolution',
                          label: t('Resolution'),
                          kind: 'select',
                          start: 'no_action',
                          options: resolutions.map((word) => ({ value: word, label: t(word) })),
                        },
                        {
                          name: 'amount',
                          label: `${t('Amount')} (${one.currency})`,
                          isOptional: true,
                          description: t(
                            'What is booked at the supplier, where it is not what the break says.',
                          ),
                        },
                        { name: 'note', label: t('Reason'), kind: 'long' },
                      ]}
                      action={t('Propose')}
                      onSubmit={async ({ amount = '', ...values }) => {
                        const body = amount.trim() === '' ? values : { ...values, amount: amount.trim() }
                        await call('POST', `${breaksPath}/${one.id}/proposal`, body)
                        await refresh(breaksPath)
                        close()
                      }}
                    />
                  )}
                </Dialog>
              </Group>
            ) : null,
        },
      ]}
    />
  )
}

function Items({ state }: { readonly state: string }) {
  const { t } = useTranslation()
  const canSettle = useAbility('money')
  const canRetry = useAbility('partners')
  return (
    <List<OpenItem>
      path={itemsPath}
      query={{ state }}
      refreshMs={15_000}
      keyOf={(one) => `${one.order_id} ${one.item}`}
      empty={t('There is none.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('Partner'), show: ({ partner }) => partner },
        { title: t('Product'), show: ({ product, quantity }) => `${product} × ${quantity}` },
        { title: t('Supplier'), show: ({ supplier }) => supplier ?? '–' },
        { title: t('Order'), show: (one) => <span className='code'>{one.order_id}</span> },
        { title: t('State'), show: (one) => <State state={one.state} /> },
        {
          title: t('Description'),
          show: ({ reason, stated, proposal }) => (
            <>
              {[reason, stated === null ? null : t(stated)].filter(Boolean).join(' · ')}
              {proposal === null ? null : <Proposed proposal={proposal} />}
            </>
          ),
        },
        {
          title: t('Action'),
          show: (one) => (
            <Group gap='xs' wrap='nowrap'>
              {canSettle && one.proposal_id !== null ? (
                <Settle
                  path={`/operator/fulfilment-proposals/${one.proposal_id}/settle`}
                  label={t('Settle')}
                  list={itemsPath}
                />
              ) : null}
              {canSettle && one.state === 'parked' ? (
                <Dialog label={t('Propose')} title={t('What became of it')} variant='default' size='xs'>
                  {(close) => <ItemForm item={one} close={close} />}
                </Dialog>
              ) : null}
              {canRetry ? (
                <Button
                  size='xs'
                  variant='default'
                  onClick={() =>
                    void act(
                      () => call('POST', `${itemsPath}/${one.order_id}/${one.item}/retry`),
                      t('A machine goes on with it.'),
                      itemsPath,
                    )
                  }
                >
                  {t('Go on')}
                </Button>
              ) : null}
            </Group>
          ),
        },
      ]}
    />
  )
}

/** What the other person agrees to by settling it. */
function Proposed({ proposal }: { readonly proposal: NonNullable<OpenItem['proposal']> }) {
  const { t } = useTranslation()
  const { outcome, goods, cost, currency, note } = proposal
  const isDelivered = outcome === 'delivered'
  return (
    <Text size='sm'>
      <b>{t('Proposed')}:</b> {isDelivered ? t('It was delivered') : t('It was not delivered')}
      {isDelivered ? ` × ${goods}` : null}
      {cost === null ? null : (
        <>
          {' · '}
          <Amount amount={cost} currency={currency ?? ''} />
        </>
      )}
      {` · ${note}`}
    </Text>
  )
}

function ItemForm({ item, close }: { readonly item: OpenItem; readonly close: () => void }) {
  const { t } = useTranslation()
  return (
    <Form
      fields={[
        {
          name: 'outcome',
          label: t('What became of it'),
          kind: 'select',
          start: 'failed',
          options: [
            { value: 'failed', label: t('It was not delivered') },
            { value: 'delivered', label: t('It was delivered') },
          ],
        },
        {
          name: 'codes',
          label: t('Codes'),
          kind: 'long',
          isOptional: true,
          description: t('One a line, as the supplier gave them.'),
        },
        {
          name: 'receipt',
          label: t('Receipt'),
          isOptional: true,
          description: t('Where nothing but a message came: airtime, a bill.'),
        },
        { name: 'cost', label: t('What the supplier takes for all of it'), isOptional: true },
        { name: 'note', label: t('How it is known'), kind: 'long' },
      ]}
      action={t('Propose')}
      onSubmit={async ({ outcome = '', codes = '', receipt = '', cost = '', note = '' }) => {
        const lines = codes
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
        await call('POST', `${itemsPath}/${item.order_id}/${item.item}/proposal`, {
          outcome,
          note,
          ...(lines.length === 0 ? {} : { codes: lines.map((code) => ({ code })) }),
          ...(receipt === '' ? {} : { receipt }),
          ...(cost === '' ? {} : { cost }),
        })
        await refresh(itemsPath)
        close()
      }}
    />
  )
}

/** A receipt, as a holder or a cashier reads it out. */
function FindRedemption() {
  const { t } = useTranslation()
  const canSettle = useAbility('money')
  const [receipt, setReceipt] = useState('')
  const {
    answer: found,
    problem,
    ask,
  } = useAsked(() => call<Reversal>('GET', `/operator/redemptions/${encodeURIComponent(receipt.trim())}`))
  return (
    <Stack>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          ask()
        }}
      >
        <Group align='flex-end'>
          <TextInput
            label={t('Receipt')}
            value={receipt}
            onChange={(event) => setReceipt(event.currentTarget.value)}
          />
          <Button type='submit' variant='default' disabled={receipt.trim() === ''}>
            {t('Find')}
          </Button>
        </Group>
      </form>
      {problem}
      {found === undefined ? null : (
        <>
          <Facts
            facts={[
              [t('Receipt'), found.receipt],
              [t('When'), <When key='at' at={found.created_at} />],
              [t('Phone'), found.phone],
              [t('Merchant'), found.merchant ?? '–'],
              [t('Till'), found.till ?? '–'],
              [t('Amount'), <Amount key='amount' amount={found.amount} currency={found.currency} />],
              [t('Taken back'), <When key='back' at={found.reversed_at} />],
            ]}
          />
          {canSettle && found.reversed_at === null ? (
            <Group>
              <Dialog label={t('Propose to take it back')} title={found.receipt} variant='default'>
                {(close) => (
                  <Form
                    fields={[{ name: 'note', label: t('Reason'), kind: 'long' }]}
                    action={t('Propose')}
                    onSubmit={async (values) => {
                      await call('POST', `/operator/redemptions/${found.receipt}/reversal`, values)
                      await refresh(reversalsPath)
                      close()
                    }}
                  />
                )}
              </Dialog>
            </Group>
          ) : null}
        </>
      )}
    </Stack>
  )
}

function Reversals() {
  const { t } = useTranslation()
  const canSettle = useAbility('money')
  return (
    <List<Reversal>
      path={reversalsPath}
      refreshMs={15_000}
      keyOf={(one) => one.redemption_id}
      empty={t('Nobody has proposed one.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('Receipt'), show: ({ receipt }) => <span className='code'>{receipt}</span> },
        { title: t('Merchant'), show: ({ merchant }) => merchant ?? '–' },
        { title: t('Reason'), show: ({ note }) => note },
        { title: t('By'), show: (one) => one.proposed_by ?? '–' },
        {
          title: t('Amount'),
          isFigure: true,
          show: ({ amount, currency }) => <Amount amount={amount} currency={currency} />,
        },
        {
          title: t('Action'),
          show: (one) =>
            canSettle && one.proposal_id !== null ? (
              <Settle
                path={`/operator/reversal-proposals/${one.proposal_id}/approve`}
                label={t('Take it back')}
                list={reversalsPath}
              />
            ) : null,
        },
      ]}
    />
  )
}

function Refunds() {
  const { t } = useTranslation()
  const canSettle = useAbility('money')
  return (
    <Stack>
      {canSettle ? (
        <Group>
          <Dialog label={t('Propose a refund')} title={t('Money back to a buyer')} variant='default'>
            {(close) => (
              <Form
                fields={[
                  { name: 'id', label: t('Id of the checkout order') },
                  {
                    name: 'amount',
                    label: t('Amount'),
                    isOptional: true,
                    description: t('Empty: all that was not given back yet.'),
                  },
                  { name: 'note', label: t('Reason'), kind: 'long' },
                ]}
                action={t('Propose')}
                onSubmit={async ({ id = '', amount = '', note = '' }) => {
                  const body = amount.trim() === '' ? { note } : { note, amount: amount.trim() }
                  await call('POST', `/operator/checkouts/${encodeURIComponent(id.trim())}/refund`, body)
                  await refresh(refundsPath)
                  close()
                }}
              />
            )}
          </Dialog>
        </Group>
      ) : null}
      <List<Refund>
        path={refundsPath}
        refreshMs={15_000}
        keyOf={({ id }) => id}
        empty={t('Nobody has proposed one.')}
        columns={[
          { title: t('When'), show: (one) => <When at={one.created_at} /> },
          { title: t('Partner'), show: ({ partner }) => partner },
          { title: t('Shop'), show: ({ shop }) => shop },
          { title: t('Reference'), show: ({ reference }) => <span className='code'>{reference}</span> },
          { title: t('Reason'), show: ({ note }) => note },
          { title: t('By'), show: (one) => one.proposed_by },
          {
            title: t('Amount'),
            isFigure: true,
            show: ({ amount, currency }) => <Amount amount={amount} currency={currency} />,
          },
          {
            title: t('Action'),
            show: ({ id }) =>
              canSettle ? (
                <Settle path={`${refundsPath}/${id}/settle`} label={t('Give it back')} list={refundsPath} />
              ) : null,
          },
        ]}
      />
    </Stack>
  )
}
