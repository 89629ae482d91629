import { preference } from '../util/preference.ts'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Light or dark, or whatever the system prefers. */
export const theme = preference<Theme>('theme', THEMES, 'system')

const apply = () => {
  document.documentElement.dataset['theme'] = theme.get()
}
theme.subscribe(apply)
apply()
