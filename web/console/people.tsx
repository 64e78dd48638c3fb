import { useTranslation } from 'react-i18next'
import { PeoplePage } from '../shared/people.tsx'

export function ConsolePeoplePage() {
  const { t } = useTranslation()
  return <PeoplePage path='/operator/people' title={t('Operators')} roles={roles} />
}

const roles = ['admin', 'finance', 'catalogue', 'support', 'auditor']
