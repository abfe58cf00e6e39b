/** The one global of the widget, for TypeScript pages: `/// <reference path="feedback.d.ts" />`. */

export type FeedbackEvent = "shown" | "scored" | "completed" | "dismissed"

export interface FeedbackDetail {
  survey: string
  score?: number
  /** promoter, passive, satisfied, low_effort …; there with the score. */
  band?: string
}

/** At most ten short facts; numbers and truth values travel as text. */
export type FeedbackTraits = Record<string, string | number | boolean>

export interface FeedbackOptions {
  /** Where in the journey, instead of data-touchpoint. */
  touchpoint?: string
  /** Added to what Feedback.traits() set, for this survey only. */
  traits?: FeedbackTraits
}

/** One call that waits for the script: its name and its arguments. */
export type FeedbackCall = readonly [name: string, ...args: unknown[]]

export interface FeedbackApi {
  /**
   * Ask at once: the survey named, else data-survey, else the site's first.
   * Resolves to whether it is on the page now: false while another is open or when the contact
   * policy forbids it, undefined when the service cannot be reached. Never rejects.
   */
  show(survey?: string, options?: FeedbackOptions): Promise<boolean | undefined>
  /** Say who is asked, with a JWT of your own; for surveys shown from now on. */
  identify(jwt: string): void
  /** Facts about who is here: surveys for some traits only are then looked at anew. */
  traits(traits: FeedbackTraits): Promise<void>
  /** Something happened: asks the survey whose display waits for this event, if any. */
  track(event: string): Promise<void>
  /** Close the card as its close button does. */
  close(): void
  /** Returns a function that stops listening. */
  on(event: FeedbackEvent, listener: (detail: FeedbackDetail) => void): () => void
  /** Calls by name, safe before and after the script arrived. */
  q: { push(...calls: FeedbackCall[]): void }
  readonly version: string
}

declare global {
  interface Window {
    /** Before the script: `{q: [["show", "nps"]]}` or nothing. */
    Feedback?: FeedbackApi | { q: FeedbackCall[] }
  }
  interface DocumentEventMap {
    "feedback:shown": CustomEvent<FeedbackDetail>
    "feedback:scored": CustomEvent<FeedbackDetail>
    "feedback:completed": CustomEvent<FeedbackDetail>
    "feedback:dismissed": CustomEvent<FeedbackDetail>
  }
}
