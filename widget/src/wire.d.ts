/** What travels between the widget and the service, and nothing else. */

export interface Point {
  score: number
  /** What a screen reader hears. */
  label: string
  /** A short visible name; null shows the number. */
  text: string | null
  follow_up: string | null
}

export interface Theme {
  accent?: string
  background?: string
  text?: string
  radius?: string
  scheme?: "auto" | "light" | "dark"
}

export interface Display {
  /** "event" waits for Feedback.track(display.event). */
  trigger: "load" | "manual" | "event"
  event?: string
  after_s?: number
  position?: "bottom-right" | "bottom-left"
  style?: string
}

export interface Survey {
  key: string
  version: number
  metric: string
  scale: string
  question: string
  low_label: string
  high_label: string
  points: Point[]
  thanks: string | null
  display: Display
  theme?: Theme | null
}

export type TextName =
  | "close"
  | "send"
  | "skip"
  | "comment_label"
  | "comment_placeholder"
  | "thanks"
  | "saved"
  | "error_offline"
  | "error_refused"
  | "powered"
  | "region"

export interface Config {
  project: { name: string }
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
  identity?: string
  visitor?: string
  context: {
    page_url: string
    locale: string
    touchpoint?: string
    traits?: Record<string, string>
  }
}

/** The whole state so far, so that sending it again is safe. */
export interface Answer {
  token: string
  score?: number
  comment?: string
  complete?: boolean
  dismissed?: boolean
  context: { page_url: string; locale: string }
}

/** How one save ended. later: kept in the browser and sent again. */
export type Outcome =
  { kind: "saved"; band: string | null } | { kind: "later" } | { kind: "refused" }
