import assert from "node:assert/strict"
import { test } from "node:test"
import { createEvents } from "../src/boot/events.js"
import { createSession } from "../src/boot/session.js"
import { createSettled } from "../src/boot/settled.js"
import { memoryStore } from "../testing/memory-store.js"

const survey = (key, display = { trigger: "manual" }) => ({ key, display })

/** A session over doors that note who was asked; `closeCard` closes the open one. */
function given(surveys, { settings = {}, mayAsk = true, load } = {}) {
  const events = createEvents(new EventTarget())
  const settled = createSettled(memoryStore(), Date.now)
  const seen = { asked: [], people: [], pauses: [], settled, events, closeCard: () => {} }
  const session = createSession(settings, {
    load: load ?? (async () => ({ surveys })),
    ask: async (_config, { key }, person, closed) => {
      seen.asked.push(key)
      seen.people.push(person)
      seen.closeCard = closed
      return mayAsk ? { close: closed } : null
    },
    settled,
    events,
    pause: async (seconds) => void seen.pauses.push(seconds),
  })
  return { ...session, seen }
}

test("a survey that waits for the page is asked after its pause", async () => {
  const { start, seen } = given([survey("nps", { trigger: "load", after_s: 5 })])
  await start()
  assert.deepEqual([seen.pauses, seen.asked], [[5], ["nps"]])
})

test("a manual survey waits to be called", async () => {
  const { start, calls, seen } = given([survey("nps")])
  await start()
  assert.deepEqual(seen.asked, [])
  assert.equal(await calls.show("nps"), true)
})

test("there are never two surveys at once", async () => {
  const { calls, seen } = given([survey("nps"), survey("csat")])
  const both = await Promise.all([calls.show("nps"), calls.show("csat")])
  assert.deepEqual([both, seen.asked], [[true, false], ["nps"]])
  seen.closeCard()
  assert.equal(await calls.show("csat"), true)
})

test("a page that asked by itself is not asked unbidden as well", async () => {
  const { start, calls, seen } = given([survey("nps", { trigger: "load" }), survey("csat")])
  await calls.show("csat")
  calls.close()
  await start()
  assert.deepEqual(seen.asked, ["csat"])
})

test("an event asks the survey that waits for it, once it may be asked", async () => {
  const { calls, seen } = given([survey("ces", { trigger: "event", event: "returned" })])
  await calls.track("bought")
  assert.deepEqual(seen.asked, [])
  seen.settled.add("ces", 1)
  await calls.track("returned")
  assert.deepEqual(seen.asked, [])
})

test("an event asks its survey", async () => {
  const { calls, seen } = given([survey("ces", { trigger: "event", event: "returned" })])
  await calls.track("returned")
  assert.deepEqual(seen.asked, ["ces"])
})

test("a show by call asks even somebody who answered lately", async () => {
  const { calls, seen } = given([survey("nps")])
  seen.settled.add("nps", 30)
  assert.equal(await calls.show("nps"), true)
})

test("a refusal of the service frees the place for the next survey", async () => {
  const { calls } = given([survey("nps")], { mayAsk: false })
  assert.equal(await calls.show("nps"), false)
  assert.equal(await calls.show("nps"), false)
})

test("identity, traits and touchpoint travel with the next survey", async () => {
  const settings = { identity: "old", touchpoint: "shop" }
  const { calls, seen } = given([survey("nps")], { settings })
  calls.identify("new")
  calls.traits({ plan: "pro" })
  await calls.show("nps", { touchpoint: "checkout", traits: { cart: 3 } })
  assert.deepEqual(seen.people, [
    { identity: "new", touchpoint: "checkout", traits: { plan: "pro", cart: 3 } },
  ])
})

test("a configuration that failed is asked for again by the next call", async () => {
  let tries = 0
  const load = async () => {
    tries += 1
    if (tries === 1) throw new Error("offline")
    return { surveys: [survey("nps")] }
  }
  const { calls } = given([], { load })
  await assert.rejects(calls.show("nps"))
  assert.equal(await calls.show("nps"), true)
})

test("a listener of shown may close the card at once", async () => {
  const { calls, seen } = given([survey("nps"), survey("csat")])
  calls.on("shown", () => calls.close())
  await calls.show("nps")
  await calls.show("csat")
  assert.deepEqual(seen.asked, ["nps", "csat"])
})
