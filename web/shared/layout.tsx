import {
  AppShell,
  Badge,
  Burger,
  Group,
  Loader,
  Menu,
  NavLink,
  ScrollArea,
  Text,
  UnstyledButton,
} from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { call, home, queryClient, side } from './api.ts'
import { useSession } from './session.ts'

export type NavItem = {
  readonly to: string
  readonly label: string
  /** Absent: whoever is signed in may look at it. */
  readonly ability?: string
}

/** The frame of every page for whoever is signed in; whoever is not is led to the sign-in. */
export function Layout({ items }: { readonly items: readonly NavItem[] }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data, error } = useSession()
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const path = useRouterState({ select: ({ location }) => location.pathname })
  useEffect(() => {
    if (error !== null) void navigate({ to: '/sign-in' })
  }, [error, navigate])
  if (data === undefined) return <Loader m='xl' aria-label={t('Loading')} />
  const signOut = async (): Promise<void> => {
    await call('DELETE', '/session').catch(() => undefined)
    queryClient.clear()
    await navigate({ to: '/sign-in' })
  }
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding='md'
    >
      <a className='skip' href='#content'>
        {t('To the content')}
      </a>
      <AppShell.Header>
        <Group h='100%' px='md' justify='space-between' wrap='nowrap'>
          <Group gap='sm' wrap='nowrap'>
            <Burger opened={isOpen} onClick={toggle} hiddenFrom='sm' size='sm' aria-label={t('Menu')} />
            <Text fw={700}>Scrip</Text>
            <Text c='dimmed' size='sm' visibleFrom='xs'>
              {side === 'operator' ? t('Console') : data.company}
            </Text>
            {data.environment === 'sandbox' ? (
              <Badge color='yellow.3' c='black'>
                {t('sandbox')}
              </Badge>
            ) : null}
          </Group>
          <Menu position='bottom-end'>
            <Menu.Target>
              <UnstyledButton p='xs' aria-label={`${data.user.name}, ${t('Account')}`}>
                <Text size='sm'>{data.user.name}</Text>
              </UnstyledButton>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>{data.user.email}</Menu.Label>
              <Menu.Item component={Link} to='/settings'>
                {t('Settings')}
              </Menu.Item>
              <Menu.Item component='a' href='/docs'>
                {t('API reference')}
              </Menu.Item>
              <Menu.Item onClick={() => void signOut()}>{t('Sign out')}</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p='xs' aria-label={t('Pages')}>
        <ScrollArea>
          {items
            .filter(({ ability }) => ability === undefined || data.abilities.includes(ability))
            .map(({ to, label }) => (
              <NavLink
                key={to}
                component={Link}
                to={to}
                label={label}
                variant='filled'
                py={5}
                active={to === '/' ? path === '/' || path === home : path.startsWith(to)}
                onClick={close}
              />
            ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id='content'>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}
