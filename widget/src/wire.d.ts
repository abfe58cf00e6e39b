/** What travels between the widget and the service, and nothing else. */

/** One of the reply to GET /v1/widget/rules: when to ask a survey, ready to be followed. */
export interface Rule {
  key: string
  /** The DOM event to wait for; "load" waits for none, "" for a call. */
  trigger: string
  /** What makes the event meant: a selector, the name of an event, a per cent. */
  value?: string | number
  after_s: number
  /** A regular expression that the page's address fits; without one it is asked everywhere. */
  where?: string
  /** The first and last visit on which to ask, if not on each. */
  visits?: [number, number]
  /** Each named trait must have one of its values. */
  traits?: Record<string, string[]>
  /** Ask visitors whose share of 2^32 lies below; without it all. */
  sample?: number
  /** Ask only where this selector finds something. */
  element?: string
}

export interface Point {
  value: number
  /** What a screen reader hears, when it is not the text. */
  label?: string
  /** A short visible name; without it the number is seen. */
  text?: string
  /** A line to draw instead, in a field of 24 by 24. */
  icon?: string
  /** Which of the survey's bands. */
  band: number
}

export interface Band {
  name: string
  follow_up: string
  thanks: string
  link?: { url: string; text: string }
}

export interface Question {
  key: string
  kind: "single" | "multiple" | "text" | "scale"
  text: string
  options: { value: string | number; text?: string }[]
  /** null asks everybody. */
  bands: string[] | null
}

/** How to ask a survey, everything in one language. */
export interface Survey {
  key: string
  question: string
  points: Point[]
  /** Class names of the row of points. */
  kind: string
  /** The words at its two ends, when the points do not name themselves. */
  ends: string[]
  bands: Band[]
  questions: Question[]
  position: string
  /** Of an inline survey: the selector of what to fill. */
  element?: string
  later: boolean
  again_after_days: number
  /** Over the panel's own: place, kind of points, theme. */
  css: string
}

export type TextName =
  | "close"
  | "send"
  | "skip"
  | "later"
  | "comment_placeholder"
  | "choose_many"
  | "new_tab"
  | "saved"
  | "error_offline"
  | "error_refused"
  | "region"

/** The reply to GET /v1/widget with a survey. */
export interface Config {
  locale: string
  dir: "ltr" | "rtl"
  texts: Record<TextName, string>
  surveys: Survey[]
}

/** As the page gives them; they travel as text. */
export type Traits = Record<string, string | number | boolean>

export interface TokenRequest {
  key: string
  survey: string
  identity?: string | undefined
  visitor: string
  context: {
    page_url: string
    touchpoint?: string | undefined
    traits: Traits
  }
}

export interface Context {
  page_url: string
  locale: string
}

export type ExtraAnswers = Record<string, string | string[] | number>

/** The whole state so far, so that sending it again is safe. */
export interface Answer {
  token: string
  score?: number
  comment?: string
  answers?: ExtraAnswers
  complete?: boolean
  dismissed?: boolean
  context: Context
}

/** How one save ended. later: kept in the browser and sent again. */
export type Outcome = "saved" | "later" | "refused"
