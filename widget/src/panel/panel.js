import { element } from "./element.js"
import { createFollowUp } from "./follow-up.js"
import { createFrame } from "./frame.js"
import { lastWords } from "./last-words.js"
import { createScale } from "./scale.js"
import { watchPage } from "./watch-page.js"

/** @import { Answer, Band, Config, Survey } from "../wire" */
/** @import { EventName } from "../loader/events.js" */
/** @import { Sender } from "../sending/sender.js" */

const LATER_DAYS = 1

/**
 * @typedef {object} Job
 * @property {Config} config
 * @property {Answer} answer as it begins: it grows, and each save carries the whole state so far
 * @property {Sender} sender
 * @property {(name: EventName, detail: unknown) => void} emit
 * @property {(days: number) => void} settled answered or closed: leave this person alone so long
 * @property {() => void} closed the card is gone
 */

/**
 * Ask one survey: score, why, thanks. Every step saves.
 *
 * @param {Job} job
 */
export function openPanel({ config, answer, sender, emit, settled, closed }) {
  const { texts } = config
  const survey = /** @type {Survey} */ (config.surveys[0])
  const frame = createFrame(config, survey, close)
  const scale = createScale(survey, offerSend, choose)
  const more = createFollowUp(survey, texts)
  const later = element("button", { class: "later" }, texts.later)
  const send = element("button", { class: "send" }, texts.send)
  const watch = new AbortController()
  let sent = more.said()
  // Done: there is nothing left to save but what was. Gone: the card is off the page too.
  let isDone = false
  let isGone = false

  send.hidden = true
  later.hidden = !survey.later
  later.addEventListener("click", () => settle(LATER_DAYS))
  send.addEventListener("click", () => {
    const score = scale.selected()
    if (answer.score === undefined && score !== undefined) choose(score)
    else complete()
  })
  frame.content.append(
    scale.node,
    more.node,
    element("div", { class: "actions" }, frame.note, later, send),
  )
  frame.open()
  if (!frame.isModal) frame.tell("", `${texts.region}: ${survey.question}`)
  watchPage(watch, survey.key, leave, () => answer.score ?? remove())

  /** @returns {Partial<Band>} of the confirmed score */
  const band = () =>
    survey.bands[Number(survey.points.find(({ value }) => value === answer.score)?.band)] ?? {}

  /** @param {EventName} name */
  function say(name) {
    const { score } = answer
    emit(name, { survey: survey.key, ...(score !== undefined && { score, band: band().name }) })
  }

  /**
   * @param {Partial<Answer>} changes
   * @returns {Answer}
   */
  function grown(changes) {
    sent = more.said()
    return (answer = { ...answer, ...sent, ...changes })
  }

  function offerSend() {
    later.hidden = true
    send.hidden = false
  }

  /**
   * @param {Partial<Answer>} changes
   * @param {EventName} name what the page is told when they are taken
   */
  async function save(changes, name) {
    const outcome = await sender.save(grown(changes))
    if (outcome === "refused") finish({ thanks: texts.error_refused })
    else say(name)
    return outcome
  }

  /** @param {number} score */
  async function choose(score) {
    if (score === answer.score) return
    offerSend()
    settled(survey.again_after_days)
    const saving = save({ score }, "scored")
    const { follow_up, name } = band()
    more.ask(follow_up, name)
    // A low screen: what is asked next must not open below the card's edge.
    if (!frame.hasKeyboardFocus()) frame.content.scrollTop = more.node.offsetTop - 22
    frame.tell("")
    const outcome = await saving
    if (isDone) return
    const note = outcome === "saved" ? texts.saved : texts.error_offline
    frame.tell(note, `${note} ${follow_up}`)
  }

  async function complete() {
    // What is selected is what is seen: Send confirms a point reached by arrow keys too.
    const saving = save({ score: Number(scale.selected()), complete: true }, "completed")
    finish(band())
    if ((await saving) === "later") frame.tell(texts.error_offline)
  }

  /** @param {Partial<Band>} words */
  function finish(words) {
    if (isGone) return
    isDone = true
    watch.abort()
    lastWords(frame, close, words, texts.new_tab)
  }

  /** @param {Partial<Answer>} last */
  function leave(last) {
    if (JSON.stringify(more.said()) !== JSON.stringify(sent)) {
      sender.hurry({ ...grown({}), ...last })
    }
  }

  function remove() {
    isDone = isGone = true
    watch.abort()
    frame.remove()
    closed()
  }

  function close() {
    settle(survey.again_after_days, { dismissed: true })
  }

  /**
   * @param {number} days
   * @param {Partial<Answer>} [last] what to save, unless all is said
   */
  function settle(days, last) {
    if (isGone) return
    const wasDone = isDone
    remove()
    if (wasDone) return
    settled(days)
    if (last) sender.save(grown(last))
    say("dismissed")
  }

  return { close }
}
