import assert from "node:assert/strict"
import { test } from "node:test"
import { dueSurvey } from "../src/boot/due.js"
import { createEvents } from "../src/boot/events.js"
import { installGlobal } from "../src/boot/global.js"
import { chosenLocale } from "../src/boot/locale.js"
import { scriptSettings } from "../src/boot/script.js"
import { createSettled } from "../src/boot/settled.js"
import { visitorId } from "../src/boot/visitor.js"
import { createStore } from "../src/store.js"
import { memoryStore } from "../testing/memory-store.js"

const never = () => false

for (const [src, host] of [
  ["https://f.example/widget.js", "https://f.example"],
  ["https://f.example/some/prefix/widget.js", "https://f.example/some/prefix"],
  ["https://f.example/widget.js?v=3#x", "https://f.example"],
  ["https://f.example/w/1.4.2/widget.js", "https://f.example"],
  ["https://f.example/p/w/1.4.2/widget.js", "https://f.example/p"],
  ["http://127.0.0.1:8000/w/widget.js", "http://127.0.0.1:8000/w"],
]) {
  test(`the service of ${src} is ${host}`, () => {
    assert.equal(scriptSettings({ src, dataset: { key: "fbp_x" } })?.host, host)
  })
}

test("a tag without a key, or no tag, gives no settings", () => {
  assert.equal(scriptSettings({ src: "https://f.example/widget.js", dataset: {} }), null)
  assert.equal(scriptSettings({ src: "file:///widget.js", dataset: { key: "fbp_x" } }), null)
  assert.equal(scriptSettings(null), null)
})

test("the embedder's language wins over the page's, the page's over the browser's", () => {
  assert.equal(chosenLocale("de", "fr", "en-US"), "de")
  assert.equal(chosenLocale(undefined, "fr", "en-US"), "fr")
  assert.equal(chosenLocale("", "", "en-US"), "en-US")
})

const surveys = [
  { key: "later", display: { trigger: "manual" } },
  { key: "first", display: { trigger: "load" } },
  { key: "second", display: { trigger: "load" } },
]

test("the first survey that waits for the page is due", () => {
  assert.equal(dueSurvey({ surveys }, undefined, never)?.key, "first")
})

test("a survey answered lately makes way for the next one", () => {
  assert.equal(dueSurvey({ surveys }, undefined, (key) => key === "first")?.key, "second")
})

test("a survey named in the tag is due whatever its trigger, and no other", () => {
  assert.equal(dueSurvey({ surveys }, "later", never)?.key, "later")
  assert.equal(
    dueSurvey({ surveys }, "later", (key) => key === "later"),
    undefined,
  )
})

test("a settled survey may be asked again when its days are over", () => {
  let now = 0
  const settled = createSettled(memoryStore(), () => now)
  settled.add("nps", 30)
  now = 29 * 86_400_000
  assert.ok(settled.has("nps"))
  now = 30 * 86_400_000
  assert.ok(!settled.has("nps"))
  assert.ok(!settled.has("csat"))
})

test("a browser keeps its random id", () => {
  const store = memoryStore()
  const first = visitorId(store)
  assert.match(first, /^[0-9a-f]{32}$/)
  assert.equal(visitorId(store), first)
  assert.notEqual(visitorId(memoryStore()), first)
})

test("forbidden storage remembers for the page only and throws nothing", () => {
  const store = createStore(() => {
    throw new Error("SecurityError")
  })
  store.write("a", { b: 1 })
  assert.deepEqual(store.read("a"), { b: 1 })
  assert.equal(store.read("c"), undefined)
})

test("calls queued before the script run in order, later pushes at once", () => {
  const heard = []
  const scope = {
    Feedback: {
      q: [
        ["show", "nps"],
        ["track", "bought"],
      ],
    },
  }
  const calls = { show: (key) => heard.push(`show ${key}`), track: (name) => heard.push(name) }
  installGlobal(scope, calls, "1.0.0")
  scope.Feedback.q.push(["show", "csat"])
  assert.deepEqual(heard, ["show nps", "bought", "show csat"])
})

test("nonsense in the queue and a failing call throw nothing into the page", async () => {
  const scope = { Feedback: { q: [null, ["toString"], ["show"]] } }
  const calls = {
    show: () => Promise.reject(new Error("down")),
    close: () => {
      throw new Error("broken")
    },
  }
  installGlobal(scope, calls, "1.0.0")
  assert.equal(scope.Feedback.close(), undefined)
  assert.equal(await scope.Feedback.show(), undefined)
})

test("events reach the document and listeners, until they unsubscribe", () => {
  const page = new EventTarget()
  const heard = []
  page.addEventListener("feedback:scored", (event) => heard.push(event.detail))
  const events = createEvents(page)
  const stop = events.on("scored", (detail) => heard.push(detail))
  events.on("scored", () => {
    throw new Error("a listener of the page's")
  })
  events.emit("scored", { survey: "nps", score: 9 })
  stop()
  events.emit("scored", { survey: "nps", score: 8 })
  assert.deepEqual(
    heard.map(({ score }) => score),
    [9, 9, 8],
  )
})
