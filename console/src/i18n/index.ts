import { preference } from '../util/preference.ts'
import { useStore } from '../util/store.ts'
import { en } from './en.ts'
import { zh } from './zh.ts'

/** Every text of the console, in one language. The English ones say which there are; see `en.ts`. */
export type Messages = Shape<typeof en>
type Shape<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends (...given: never[]) => string
      ? T[K]
      : Shape<T[K]>
}

export const LANGUAGES = ['en', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

const ALL: Readonly<Record<Language, Messages>> = { en, zh }

const asked = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
export const language = preference<Language>('language', LANGUAGES, asked)

/** For the document, screen readers and `Intl`. */
export const TAGS: Readonly<Record<Language, string>> = { en: 'en-GB', zh: 'zh-CN' }

const tell = () => {
  document.documentElement.lang = TAGS[language.get()]
}
language.subscribe(tell)
tell()

interface Chosen {
  readonly t: Messages
  readonly tag: string
  readonly number: (value: number) => string
}

const chosenOf = (name: Language): Chosen => {
  const format = new Intl.NumberFormat(TAGS[name])
  return { t: ALL[name], tag: TAGS[name], number: (value) => format.format(value) }
}
const CHOSEN: Readonly<Record<Language, Chosen>> = { en: chosenOf('en'), zh: chosenOf('zh') }

/** The texts in the language that was chosen, its tag, and its way to write numbers. */
export const useMessages = (): Chosen => CHOSEN[useStore(language)]
