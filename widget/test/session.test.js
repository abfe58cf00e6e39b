import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { emit } from "../src/loader/events.js"
import { createSession } from "../src/loader/session.js"
import { memoryStore } from "../testing/memory-store.js"
import { openPage } from "../testing/page.js"

const rule = (key, more = {}) => ({
  key,
  trigger: "load",
  value: null,
  after_s: 0,
  where: "",
  visits: [1, 1e6],
  traits: {},
  sample: 2 ** 32,
  element: null,
  ...more,
})
let page

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1e12 })
  page = openPage()
})

/** Let time pass, and everything that waits for it happen. */
async function pass(seconds) {
  for (let i = 0; i < seconds * 5 + 5; i += 1) {
    mock.timers.tick(200)
    for (let turn = 0; turn < 9; turn += 1) await null
  }
}

/** A session over doors that note who was asked; `closeCard` closes the open one. */
function given(surveys, { tag = {}, mayAsk = true, load } = {}) {
  const seen = { asked: [], people: [], loads: 0, store: memoryStore(), closeCard: () => {} }
  const session = createSession(tag, {
    load: async () => {
      seen.loads += 1
      return load ? load() : { surveys }
    },
    ask: async (key, person, closed) => {
      seen.asked.push(key)
      seen.people.push(person)
      seen.closeCard = closed
      return mayAsk ? { close: closed } : undefined
    },
    store: seen.store,
    visitor: { id: "v", visit: 1 },
  })
  return { ...session, seen }
}

test("a survey that waits for the page is asked after its pause", async () => {
  const { start, seen } = given([rule("nps", { after_s: 5 })])
  void start()
  await pass(4)
  assert.deepEqual(seen.asked, [])
  await pass(2)
  assert.deepEqual(seen.asked, ["nps"])
})

test("a manual survey waits to be called, unless the tag names it", async () => {
  const surveys = [rule("nps", { trigger: "" })]
  const { start, calls, seen } = given(surveys)
  void start()
  await pass(1)
  assert.deepEqual(seen.asked, [])
  assert.equal(await calls.show("nps"), true)
  const named = given(surveys, { tag: { survey: "nps" } })
  void named.start()
  await pass(1)
  assert.deepEqual(named.seen.asked, ["nps"])
})

for (const [name, more, happen] of [
  ["an event", { trigger: "feedback:track", value: "bought" }, () => emit("track", "bought")],
  [
    "the pointer leaving at the top",
    { trigger: "mouseout" },
    () => page.dispatchEvent(Object.assign(new Event("mouseout"), { clientY: -1 })),
  ],
  [
    "a scroll far enough",
    { trigger: "scroll", value: 50 },
    () => {
      page.documentElement.scrollTop = 500
      page.dispatchEvent(new Event("scroll"))
    },
  ],
]) {
  test(`${name} brings the survey that waits for it`, async () => {
    const { start, seen } = given([rule("ces", { ...more, after_s: 0 })])
    void start()
    await pass(1)
    emit("track", "looked")
    page.dispatchEvent(Object.assign(new Event("mouseout"), { clientY: 40 }))
    page.documentElement.scrollTop = 400
    page.dispatchEvent(new Event("scroll"))
    await pass(1)
    assert.deepEqual(seen.asked, [])
    happen()
    await pass(1)
    assert.deepEqual(seen.asked, ["ces"])
  })
}

test("there are never two surveys at once", async () => {
  const { calls, seen } = given([rule("nps"), rule("csat")])
  const both = await Promise.all([calls.show("nps"), calls.show("csat")])
  assert.deepEqual([both, seen.asked], [[true, false], ["nps"]])
  seen.closeCard()
  assert.equal(await calls.show("csat"), true)
})

test("a page that asked by itself is not asked unbidden as well", async () => {
  const { start, calls, seen } = given([rule("nps", { after_s: 3 }), rule("csat")], {
    tag: { survey: "nps" },
  })
  void start()
  await calls.show("csat")
  calls.close()
  await pass(5)
  assert.deepEqual(seen.asked, ["csat"])
})

test("who was shown a survey lately rests, and nothing is even loaded", async () => {
  const { start, calls, seen } = given([rule("nps")])
  seen.store.write("rest", { until: Date.now() + 60_000 })
  await start()
  await pass(1)
  assert.deepEqual([seen.asked, seen.loads], [[], 0])
  assert.equal(await calls.show("nps"), true)
})

test("a settled survey makes way for the next one", async () => {
  const { start, seen } = given([rule("nps"), rule("csat")])
  seen.store.write("seen:nps", { until: Date.now() + 60_000 })
  void start()
  await pass(1)
  assert.deepEqual(seen.asked, ["csat"])
})

test("a refusal ends the asking for this page, but a call may try again", async () => {
  const { start, calls, seen } = given([rule("nps"), rule("csat", { after_s: 2 })], {
    mayAsk: false,
  })
  void start()
  await pass(5)
  assert.deepEqual(seen.asked, ["nps"])
  assert.equal(await calls.show("nps"), false)
})

test("traits told later are looked at anew", async () => {
  const { start, calls, seen } = given([rule("nps", { traits: { plan: ["pro"] } })])
  void start()
  await pass(1)
  assert.deepEqual(seen.asked, [])
  void calls.traits({ plan: "pro" })
  await pass(1)
  assert.deepEqual(seen.asked, ["nps"])
})

test("identity, traits and touchpoint travel with the next survey", async () => {
  const tag = { identity: "old", touchpoint: "shop", survey: "nps" }
  const { calls, seen } = given([rule("nps", { after_s: 99 })], { tag })
  calls.identify("new")
  void calls.traits({ plan: "pro" })
  await calls.show(undefined, { touchpoint: "checkout", traits: { cart: 3 } })
  assert.deepEqual(seen.people, [
    { identity: "new", touchpoint: "checkout", traits: { plan: "pro", cart: 3 } },
  ])
})

test("rules that could not be loaded are asked for again by the next call", async () => {
  let tries = 0
  const load = () => {
    tries += 1
    if (tries === 1) throw new Error("offline")
    return { surveys: [rule("nps")] }
  }
  const { calls } = given([], { load })
  await assert.rejects(calls.show("nps"))
  assert.equal(await calls.show("nps"), true)
})

test("no survey comes while a dialog of the page is open", async () => {
  const { start, seen } = given([rule("nps")])
  page.querySelector = () => ({})
  void start()
  await pass(3)
  assert.deepEqual(seen.asked, [])
  page.querySelector = () => null
  await pass(1)
  assert.deepEqual(seen.asked, ["nps"])
})

test("a listener of shown may close the card at once", async () => {
  const { calls, seen } = given([rule("nps"), rule("csat")])
  page.addEventListener("feedback:shown", () => calls.close())
  await calls.show("nps")
  await calls.show("csat")
  assert.deepEqual(seen.asked, ["nps", "csat"])
})
