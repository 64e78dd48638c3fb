import { Button, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Checkout } from '../../src/dialects/house/wire/goods.ts'
import type { Order } from '../../src/dialects/house/wire/partner.ts'
import { call } from '../shared/api.ts'
import { List } from '../shared/list.tsx'
import { Amount, State, When, act } from '../shared/parts.tsx'
import { useAbility } from '../shared/session.ts'

/** What a partner has bought; its codes are the partner's own affair. */
export function PartnerOrders({ own }: { readonly own: string }) {
  const { t } = useTranslation()
  return (
    <List<Order>
      path={`${own}/orders`}
      keyOf={({ id }) => id}
      empty={t('Nothing was bought yet.')}
      columns={[
        { title: t('When'), show: (order) => <When at={order.created_at} /> },
        { title: t('Reference'), show: (order) => <span className='code'>{order.external_id}</span> },
        { title: t('Our id'), show: ({ id }) => <span className='code'>{id}</span> },
        { title: t('Product'), show: (order) => order.items[0]?.name },
        { title: t('State'), show: (order) => order.items[0]?.error ?? <State state={order.status} /> },
        {
          title: t('Total'),
          isFigure: true,
          show: ({ total }) => <Amount amount={total.amount} currency={total.currency} />,
        },
      ]}
    />
  )
}

/** Orders of a partner's shops, with what an operator can do about one. */
export function PartnerCheckouts({ own }: { readonly own: string }) {
  const { t } = useTranslation()
  const canAct = useAbility('partners')
  const path = `${own}/checkouts`
  return (
    <List<Checkout>
      path={path}
      keyOf={({ id }) => id}
      empty={t('There is none.')}
      columns={[
        { title: t('When'), show: (one) => <When at={one.created_at} /> },
        { title: t('Reference'), show: ({ reference }) => reference },
        { title: t('Our id'), show: ({ id }) => <span className='code'>{id}</span> },
        { title: t('State'), show: (one) => <State state={one.status} /> },
        {
          title: t('Amount'),
          isFigure: true,
          show: ({ amount }) => <Amount amount={amount.amount} currency={amount.currency} />,
        },
        {
          title: t('Action'),
          show: ({ id, ended_at: endedAt }) =>
            canAct && endedAt === null ? (
              <Group gap='xs' wrap='nowrap'>
                <Button
                  size='xs'
                  variant='default'
                  onClick={() =>
                    void act(
                      () => call('POST', `/operator/checkouts/${id}/retry`),
                      t('A machine goes on with it.'),
                      path,
                    )
                  }
                >
                  {t('Go on')}
                </Button>
                <Button
                  size='xs'
                  variant='default'
                  onClick={() =>
                    void act(() => call('POST', `/operator/checkouts/${id}/cancel`), t('Ended.'), path)
                  }
                >
                  {t('End')}
                </Button>
              </Group>
            ) : null,
        },
      ]}
    />
  )
}
