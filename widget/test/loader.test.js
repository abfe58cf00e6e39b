import assert from "node:assert/strict"
import { test } from "node:test"
import { emit, on } from "../src/loader/events.js"
import { fits } from "../src/loader/fits.js"
import { installGlobal } from "../src/loader/global.js"
import { createStore } from "../src/loader/store.js"
import { currentVisitor } from "../src/loader/visitor.js"
import { memoryStore } from "../testing/memory-store.js"
import { openPage } from "../testing/page.js"

openPage()
const MINUTE_MS = 60_000
const EVERYBODY = { key: "nps" }
const visitor = { id: "v", visit: 1 }
const home = "https://shop.example/"

for (const [name, rule, expected] of [
  ["everybody", {}, true],
  ["a page that fits", { where: "^https://shop[.]example/$" }, true],
  ["another page", { where: "^https://shop[.]example/cart$" }, false],
  ["the first visit only", { visits: [1, 1] }, true],
  ["from the second visit", { visits: [2, 1e6] }, false],
  ["a trait that fits", { traits: { plan: ["pro", "team"] } }, true],
  ["a trait told as a number", { traits: { seats: ["3"] } }, true],
  ["a trait that does not fit", { traits: { plan: ["free"] } }, false],
  ["a trait nobody told", { traits: { country: ["de"] } }, false],
  ["nobody", { sample: 0 }, false],
]) {
  test(`whether a survey for ${name} fits`, () => {
    const known = { plan: "pro", seats: 3 }
    assert.equal(fits({ ...EVERYBODY, ...rule }, visitor, known, home), expected)
  })
}

test("a sample is that share of visitors, always the same ones, others for each survey", () => {
  const ids = Array.from({ length: 4000 }, (_, i) => ({ id: `${i * 7919}-${i}-5-6`, visit: 1 }))
  const asked = (key) =>
    ids.map((who) => fits({ ...EVERYBODY, key, sample: 2 ** 32 / 4 }, who, {}, home))
  const share = asked("nps").filter(Boolean).length / ids.length
  assert.ok(share > 0.22 && share < 0.28, `${share}`)
  assert.deepEqual(asked("nps"), asked("nps"))
  assert.notDeepEqual(asked("nps"), asked("csat"))
})

test("a browser keeps its random id; half an hour away makes the next visit", () => {
  const store = memoryStore()
  const now = 1e12
  const { id, visit } = currentVisitor(store, now)
  assert.match(id, /^(\d+-){3}\d+$/)
  assert.equal(visit, 1)
  assert.deepEqual(currentVisitor(store, now + 29 * MINUTE_MS), { id, visit })
  assert.deepEqual(currentVisitor(store, now + 58 * MINUTE_MS), { id, visit })
  assert.deepEqual(currentVisitor(store, now + 89 * MINUTE_MS), { id, visit: visit + 1 })
  assert.notEqual(currentVisitor(memoryStore(), now).id, id)
})

test("forbidden storage remembers for the page only and throws nothing", () => {
  const store = createStore(() => {
    throw new Error("SecurityError")
  })
  store.write("a", { b: 1 })
  assert.deepEqual(store.read("a"), { b: 1 })
  store.write("a")
  assert.equal(store.read("a"), undefined)
  assert.equal(store.read("c"), undefined)
})

test("calls queued before the script run in order, later pushes at once", () => {
  const heard = []
  const queue = [
    ["show", "nps"],
    ["track", "bought"],
  ]
  const scope = { Feedback: { q: queue } }
  const calls = { show: (key) => heard.push(`show ${key}`), track: (name) => heard.push(name) }
  installGlobal(scope, calls)
  scope.Feedback.q.push(["show", "csat"])
  assert.deepEqual(heard, ["show nps", "bought", "show csat"])
  assert.equal(scope.Feedback.version, "1.0.0")
})

test("nonsense in the queue and a failing call throw nothing into the page", async () => {
  const scope = { Feedback: { q: [null, ["nothing"], ["show"]] } }
  const calls = {
    show: () => Promise.reject(new Error("down")),
    close: () => {
      throw new Error("broken")
    },
  }
  installGlobal(scope, calls)
  assert.equal(scope.Feedback.close(), undefined)
  assert.equal(await scope.Feedback.show(), undefined)
})

test("events reach the document and listeners, until they unsubscribe", () => {
  const page = openPage()
  const heard = []
  page.addEventListener("feedback:scored", (event) => heard.push(event.detail))
  const stop = on("scored", (detail) => heard.push(detail))
  on("scored", () => {
    throw new Error("a listener of the page's")
  })
  emit("scored", { survey: "nps", score: 9 })
  stop()
  emit("scored", { survey: "nps", score: 8 })
  assert.deepEqual(
    heard.map(({ score }) => score),
    [9, 9, 8],
  )
})
