import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ForgotPage, PasswordPage, SetupPage, SignInPage } from './account/sign-in.tsx'
import { home, side } from './shared/api.ts'
import { Layout } from './shared/layout.tsx'

/** Every page of both apps. Features meet here and nowhere else. */
const root = createRootRoute()

const gates = [
  createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage }),
  createRoute({ getParentRoute: () => root, path: '/forgot', component: ForgotPage }),
  createRoute({ getParentRoute: () => root, path: '/password', component: PasswordPage }),
  createRoute({ getParentRoute: () => root, path: '/setup', component: SetupPage }),
]

const frame = createRoute({
  getParentRoute: () => root,
  id: 'frame',
  component: side === 'operator' ? ConsoleFrame : PortalFrame,
})

const later = <Name extends string>(
  path: string,
  load: () => Promise<Record<Name, () => React.ReactNode>>,
  name: Name,
) => createRoute({ getParentRoute: () => frame, path, component: lazyRouteComponent(load, name) })

const settings = later('/settings', () => import('./account/settings.tsx'), 'SettingsPage')

const portalPages = [
  later('/', () => import('./portal/overview.tsx'), 'OverviewPage'),
  later('/catalogue', () => import('./portal/catalogue.tsx'), 'CataloguePage'),
  later('/catalogue/$id', () => import('./portal/catalogue.tsx'), 'ProductPage'),
  later('/orders', () => import('./portal/orders.tsx'), 'OrdersPage'),
  later('/orders/$id', () => import('./portal/orders.tsx'), 'OrderPage'),
  later('/vouchers', () => import('./portal/disbursements.tsx'), 'DisbursementsPage'),
  later('/vouchers/$id', () => import('./portal/disbursements.tsx'), 'DisbursementPage'),
  later('/esims', () => import('./portal/goods.tsx'), 'EsimsPage'),
  later('/esims/$id', () => import('./portal/goods.tsx'), 'EsimPage'),
  later('/checkouts', () => import('./portal/goods.tsx'), 'CheckoutsPage'),
  later('/checkouts/$id', () => import('./portal/goods.tsx'), 'CheckoutPage'),
  later('/reports', () => import('./portal/goods.tsx'), 'ReportsPage'),
  later('/wallets', () => import('./portal/wallets.tsx'), 'WalletsPage'),
  later('/keys', () => import('./portal/keys.tsx'), 'KeysPage'),
  later('/webhooks', () => import('./portal/webhooks.tsx'), 'WebhooksPage'),
  later('/webhooks/$id', () => import('./portal/webhooks.tsx'), 'EndpointPage'),
  later('/identity', () => import('./portal/identity.tsx'), 'IdentityPage'),
  later('/calls', () => import('./portal/calls.tsx'), 'PortalCallsPage'),
  later('/people', () => import('./portal/people.tsx'), 'PortalPeoplePage'),
  settings,
]

const consolePages = [
  later('/', () => import('./console/overview.tsx'), 'ConsoleOverviewPage'),
  later('/partners', () => import('./console/partners.tsx'), 'PartnersPage'),
  later('/partners/$id', () => import('./console/partners.tsx'), 'PartnerPage'),
  later('/withdrawals', () => import('./console/approvals.tsx'), 'WithdrawalsPage'),
  later('/money', () => import('./console/approvals.tsx'), 'MoneyPage'),
  later('/identities', () => import('./console/approvals.tsx'), 'IdentitiesPage'),
  later('/catalogue', () => import('./console/prices.tsx'), 'ConsoleCataloguePage'),
  later('/prices', () => import('./console/prices.tsx'), 'PricesPage'),
  later('/cases', () => import('./console/cases.tsx'), 'CasesPage'),
  later('/merchants', () => import('./console/merchants.tsx'), 'MerchantsPage'),
  later('/settlements', () => import('./console/merchants.tsx'), 'SettlementsPage'),
  later('/stock', () => import('./console/stock.tsx'), 'StockPage'),
  later('/suppliers', () => import('./console/system.tsx'), 'SuppliersPage'),
  later('/lenders', () => import('./console/system.tsx'), 'LendersPage'),
  later('/system', () => import('./console/system.tsx'), 'SystemPage'),
  later('/ledger', () => import('./console/books.tsx'), 'LedgerPage'),
  later('/messages', () => import('./console/books.tsx'), 'MessagesPage'),
  later('/audit', () => import('./console/books.tsx'), 'AuditPage'),
  later('/calls', () => import('./console/calls.tsx'), 'ConsoleCallsPage'),
  later('/people', () => import('./console/people.tsx'), 'ConsolePeoplePage'),
  settings,
]

function PortalFrame() {
  const { t } = useTranslation()
  return (
    <Layout
      items={[
        { to: '/', label: t('Overview') },
        { to: '/catalogue', label: t('Catalogue') },
        { to: '/orders', label: t('Orders') },
        { to: '/vouchers', label: t('Vouchers') },
        { to: '/esims', label: t('eSIMs') },
        { to: '/checkouts', label: t('Checkout') },
        { to: '/wallets', label: t('Wallets') },
        { to: '/reports', label: t('Reports') },
        { to: '/keys', label: t('API keys') },
        { to: '/webhooks', label: t('Webhooks') },
        { to: '/calls', label: t('API log') },
        { to: '/people', label: t('People') },
        { to: '/identity', label: t('Identity') },
      ]}
    />
  )
}

function ConsoleFrame() {
  const { t } = useTranslation()
  return (
    <Layout
      items={[
        { to: '/', label: t('Overview') },
        { to: '/partners', label: t('Partners') },
        { to: '/withdrawals', label: t('Withdrawals') },
        { to: '/money', label: t('Money') },
        { to: '/identities', label: t('Identities') },
        { to: '/cases', label: t('Cases') },
        { to: '/merchants', label: t('Merchants') },
        { to: '/settlements', label: t('Settlements') },
        { to: '/catalogue', label: t('Catalogue') },
        { to: '/prices', label: t('Prices') },
        { to: '/stock', label: t('Stock') },
        { to: '/suppliers', label: t('Suppliers') },
        { to: '/lenders', label: t('Lenders') },
        { to: '/ledger', label: t('Ledger') },
        { to: '/messages', label: t('Messages') },
        { to: '/calls', label: t('API log') },
        { to: '/audit', label: t('Audit log'), ability: 'audit' },
        { to: '/system', label: t('System') },
        { to: '/people', label: t('Operators') },
      ]}
    />
  )
}

export const router = createRouter({
  routeTree: root.addChildren([
    ...gates,
    frame.addChildren(side === 'operator' ? consolePages : portalPages),
  ]),
  basepath: home,
  defaultNotFoundComponent: NotFound,
})

function NotFound() {
  const { t } = useTranslation()
  return <p>{t('There is no such page.')}</p>
}
