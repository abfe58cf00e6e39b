import { createAnswer } from "./answer.js"
import { closeWhenIdle } from "./close-when-idle.js"
import { element } from "./element.js"
import { createFollowUp } from "./follow-up.js"
import { createFrame } from "./frame.js"
import { createScale } from "./scale.js"
import { watchLeaving } from "./watch-leaving.js"

/** @import { Answer, Config, Outcome, Survey } from "../wire" */
/** @import { Events } from "../boot/events.js" */
/** @import { Sender } from "../sending/sender.js" */

const THANKS_MS = 5_000

/**
 * @typedef {object} Job
 * @property {Config} config
 * @property {Survey} survey
 * @property {string} token
 * @property {Answer["context"]} context
 * @property {Sender} sender
 * @property {Events["emit"]} emit
 * @property {() => void} settled somebody answered or closed it
 * @property {() => void} closed the card is gone
 */

/**
 * Ask one survey: score, why, thanks. Every step saves the whole answer so far.
 *
 * @param {Job} job
 */
export function openPanel({ config, survey, token, context, sender, emit, settled, closed }) {
  const { texts } = config
  const answer = createAnswer(token, context)
  const frame = createFrame(config, survey, close)
  const scale = createScale(survey, () => followUp.offerSend(), choose)
  const followUp = createFollowUp(texts, send, () => complete(""))
  const stopWatching = watchLeaving((isLeft) => {
    const words = answer.leave(followUp.text(), isLeft)
    if (words) sender.hurry(words)
  })
  // Done: there is nothing left to save but what was. Gone: the card is off the page too.
  let isDone = false
  let isGone = false
  frame.content.append(scale.node, followUp.node)
  frame.announce(`${texts.region}: ${survey.question}`)

  /** @param {number} score */
  async function choose(score) {
    if (score === answer.score()) return
    const point = survey.points.find((one) => one.score === score)
    followUp.ask(point?.follow_up ?? null)
    // A low screen: what is asked next must not open below the card's edge.
    if (!frame.hasKeyboardFocus()) frame.card.scrollTop = frame.card.scrollHeight
    frame.say("")
    settled()
    const outcome = await sender.save(answer.choose(score, followUp.text()))
    if (outcome.kind !== "refused") emit("scored", detail(outcome))
    if (isDone) return
    if (outcome.kind === "refused") finish(texts.error_refused)
    else {
      const note = outcome.kind === "saved" ? texts.saved : texts.error_offline
      frame.say(note)
      frame.announce(`${note} ${point?.follow_up ?? ""}`)
    }
  }

  /** @param {Outcome} outcome */
  function detail(outcome) {
    const band = outcome.kind === "saved" && outcome.band
    return { survey: survey.key, score: Number(answer.score()), ...(band && { band }) }
  }

  function send() {
    const score = scale.selected()
    if (answer.score() === undefined && score !== undefined) void choose(score)
    else void complete(followUp.text())
  }

  /** @param {string} words */
  async function complete(words) {
    // What is selected is what is seen: Send and Skip confirm a point reached by arrow keys too.
    const score = scale.selected() ?? Number(answer.score())
    finish(survey.thanks || texts.thanks, "last thanks")
    const outcome = await sender.save(answer.complete(score, words))
    if (outcome.kind === "refused") {
      finish(texts.error_refused)
      return
    }
    if (outcome.kind === "later") {
      frame.say(texts.error_offline)
      frame.announce(texts.error_offline)
    }
    emit("completed", detail(outcome))
  }

  /**
   * @param {string} text the last words: thanks, or why the answer was not taken
   * @param {string} [look]
   */
  function finish(text, look = "last") {
    if (isGone) return
    const last = element("p", { class: look, tabindex: "-1" }, text)
    const takesFocus = frame.hasKeyboardFocus()
    isDone = true
    stopWatching()
    frame.say("")
    frame.card.classList.add("done")
    frame.content.replaceChildren(last)
    // The button just pressed is gone; whoever works by keyboard must not be thrown off the card.
    if (takesFocus) last.focus({ preventScroll: true })
    frame.announce(takesFocus ? "" : text)
    closeWhenIdle(frame.card, THANKS_MS, close)
  }

  function close() {
    if (isGone) return
    isGone = true
    stopWatching()
    frame.remove()
    closed()
    if (isDone) return
    isDone = true
    settled()
    void sender.save(answer.dismiss(followUp.text()))
    const score = answer.score()
    emit("dismissed", { survey: survey.key, ...(score !== undefined && { score }) })
  }

  return { close }
}
