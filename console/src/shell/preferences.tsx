import { SelectField } from '../components/field.tsx'
import { THEMES, type Theme, theme } from '../design/theme.ts'
import { LANGUAGES, type Language, language, useMessages } from '../i18n/index.ts'
import { useStore } from '../util/store.ts'

/** Each language in its own words, so that whoever reads only that one finds it. */
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', zh: '简体中文' }

export function LanguageChoice() {
  const { t } = useMessages()
  return (
    <SelectField
      label={t.shell.language}
      value={useStore(language)}
      onChange={(event) => language.set(event.target.value as Language)}
      choices={LANGUAGES.map((value) => ({ value, text: LANGUAGE_NAMES[value] }))}
    />
  )
}

export function ThemeChoice() {
  const { t } = useMessages()
  return (
    <SelectField
      label={t.shell.theme}
      value={useStore(theme)}
      onChange={(event) => theme.set(event.target.value as Theme)}
      choices={THEMES.map((value) => ({ value, text: t.shell.themes[value] }))}
    />
  )
}
