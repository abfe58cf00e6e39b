import assert from "node:assert/strict"
import { test } from "node:test"
import { createOutbox } from "../src/sending/outbox.js"
import { outcomeOf } from "../src/sending/outcome.js"
import { createSender } from "../src/sending/sender.js"
import { memoryStore } from "../testing/memory-store.js"

const HOST = "https://f.example"
const DAY_MS = 86_400_000
const answer = (token, more = {}) => ({ token, context: { page_url: "/", locale: "en" }, ...more })

for (const [status, kind] of [
  [201, "saved"],
  [200, "saved"],
  [0, "later"],
  [429, "later"],
  [500, "later"],
  [503, "later"],
  [401, "refused"],
  [409, "refused"],
  [410, "refused"],
  [422, "refused"],
]) {
  test(`status ${status} means ${kind}`, () => assert.equal(outcomeOf(status, null).kind, kind))
}

/** A sender over a line that answers with `statuses`, the last for ever; timers wait for `tick`. */
function given(statuses) {
  const seen = { sent: [], waits: [], now: DAY_MS, tick: () => {} }
  const clock = () => seen.now
  const outbox = createOutbox(memoryStore(), clock)
  const sender = createSender(HOST, outbox, {
    send: async (url, body, type) => {
      seen.sent.push(body)
      assert.equal(url, `${HOST}/v1/responses`)
      assert.equal(type, "text/plain;charset=UTF-8")
      return { status: statuses.length > 1 ? statuses.shift() : statuses[0], reply: { band: "b" } }
    },
    now: clock,
    later: (fn, ms) => {
      seen.waits.push(ms)
      seen.tick = fn
    },
  })
  return { sender, outbox, seen }
}

test("a saved answer leaves nothing behind", async () => {
  const { sender, outbox } = given([201])
  assert.deepEqual(await sender.save(answer("a", { score: 9 })), { kind: "saved", band: "b" })
  assert.deepEqual(outbox.entries(), [])
})

test("an answer is kept before it is sent, so a crash loses nothing", () => {
  const { sender, outbox } = given([201])
  void sender.save(answer("a"))
  assert.equal(outbox.entries().length, 1)
})

test("a refused answer is not sent again", async () => {
  const { sender, outbox } = given([409])
  assert.equal((await sender.save(answer("a"))).kind, "refused")
  assert.deepEqual(outbox.entries(), [])
})

test("an answer without a line is sent again with the same token, later each time", async () => {
  const { sender, outbox, seen } = given([0, 503, 201])
  await sender.save(answer("a", { score: 3 }))
  for (let round = 0; round < 2; round += 1) {
    seen.now += 60_000
    seen.tick()
    await sender.resume()
  }
  assert.deepEqual(
    seen.sent.map(({ token }) => token),
    ["a", "a", "a"],
  )
  assert.ok(seen.waits[1] > seen.waits[0])
  assert.deepEqual(outbox.entries(), [])
})

test("only the newest state of a token is sent again", async () => {
  const { sender, seen } = given([0, 0, 201])
  await sender.save(answer("a", { score: 3 }))
  await sender.save(answer("a", { score: 3, comment: "late" }))
  seen.now += 60_000
  await sender.resume()
  assert.equal(seen.sent.length, 3)
  assert.equal(seen.sent[2].comment, "late")
})

test("saves leave in the order they were made", async () => {
  const { sender, seen } = given([201])
  await Promise.all([
    sender.save(answer("a", { score: 3 })),
    sender.save(answer("a", { score: 4 })),
  ])
  assert.deepEqual(
    seen.sent.map(({ score }) => score),
    [3, 4],
  )
})

test("an answer another tab may be sending right now is left alone for a moment", async () => {
  const { sender, outbox, seen } = given([201])
  outbox.put(HOST, answer("a"))
  await sender.resume()
  assert.equal(seen.sent.length, 0)
  seen.now += 10_000
  seen.tick()
  await sender.resume()
  assert.equal(seen.sent.length, 1)
})

test("answers of another service on the same site are not ours to send", async () => {
  const { sender, outbox, seen } = given([201])
  outbox.put("https://other.example", answer("a"))
  seen.now += 60_000
  await sender.resume()
  assert.equal(seen.sent.length, 0)
})

test("the outbox keeps the newest twenty, for seven days", () => {
  let now = DAY_MS
  const outbox = createOutbox(memoryStore(), () => now)
  for (let i = 0; i < 25; i += 1) outbox.put(HOST, answer(`token-${i}`))
  assert.equal(outbox.entries().length, 20)
  assert.equal(outbox.entries()[0].answer.token, "token-5")
  now += 7 * DAY_MS
  assert.deepEqual(outbox.entries(), [])
})

test("an outbox somebody else wrote nonsense into is empty", () => {
  const store = memoryStore()
  store.write("queue", [null, 3, { answer: {} }])
  assert.deepEqual(createOutbox(store, Date.now).entries(), [])
})
