import Core
import JSON
import MIME
import Store
import StoreTesting
import Testing

@testable import Delivery

/// Messages of templates.
@Suite(.timeLimit(.minutes(10))) struct TemplateSubmitTests {
  @Test(arguments: StoreEngine.allCases)
  func `a message has the texts of its template, as it was when it was accepted`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox()) { $0.serviceURL = "https://mail.example" }
      let template = try await outbox.templates.add(
        .sample(
          subject: "Hello {{params.name}}",
          html: "<p>{{name}} {{account.email}} {{rcpt.address}} {{service.url}}"),
        of: nil, in: .default)
      var submission = try Submission.of(template.id, ["name": "A & B"])
      let first = try await outbox.submit(submission)
      #expect(try await outbox.entry(first.queueID).subject == "Hello A & B")
      let mime = MIMEMessage(parsing: try await bench.content(of: first.queueID))
      #expect(
        mime.html == "<p>A &amp; B anna@example.com bert@example.com https://mail.example\r\n")
      _ = try await outbox.templates.update(
        template.id, .sample(subject: "Bye {{params.name}}"), in: .default)
      #expect(try await outbox.entry(first.queueID).subject == "Hello A & B")
      let second = try await outbox.submit(submission)
      #expect(try await outbox.entry(second.queueID).subject == "Bye A & B")
      submission.subject = "My own {{name}}"
      let third = try await outbox.submit(submission)
      #expect(try await outbox.entry(third.queueID).subject == "My own A & B")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a repeat gets its receipt, even when its template is gone`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let template = try await outbox.templates.add(.sample(subject: "x"), of: nil, in: .default)
      var submission = try Submission.of(template.id)
      submission.idempotency = IdempotencyKey(key: "k", bodyHash: [1])
      let first = try await outbox.submit(submission)
      _ = try await outbox.templates.delete(template.id, in: .default)
      let second = try await outbox.submit(submission)
      #expect(second.queueID == first.queueID && second.idempotency == .hit)
      submission.idempotency = IdempotencyKey(key: "k", bodyHash: [2])
      #expect(await problem { try await outbox.submit(submission) }?.code == .idempotencyMismatch)
      submission.idempotency = IdempotencyKey(key: "new", bodyHash: [1])
      #expect(await problem { try await outbox.submit(submission) }?.code == .templateNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account's template is no other account's`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let template = try await outbox.templates.add(
        .sample(subject: "x"), of: AccountID("bert"), in: .default)
      #expect(await problem { try await outbox.submit(.of(template.id)) }?.code == .templateNotFound)
      _ = try await outbox.submit(.of(template.id, from: "bert"))
      let page = PageRequest()
      #expect(try await outbox.templates.templates(of: nil, in: .default, page).total == 0)
      #expect(try await outbox.templates.templates(of: AccountID("bert"), in: .default, page).total == 1)
      try await outbox.templates.deleteAll(of: AccountID("bert"), in: .default)
      #expect(
        await problem { try await outbox.submit(.of(template.id, from: "bert")) }?.code == .templateNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the template says what becomes of a variable without a value`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let texts = (subject: "{{params.name}}, {{city}}", html: "{{name}} {{zip}}")
      let policies: [(MissingVariables, JSONObject, subject: String?, missing: [String])] = [
        (.fail, ["name": "Ada"], nil, ["params.city", "params.zip"]), (.blank, [:], ", ", []),
        (.defaults(["name": "you", "city": "Bern"]), ["city": .null], nil, ["params.zip"]),
        (.defaults(["name": "you", "city": "Bern", "zip": 1]), ["name": "Ada"], "Ada, Bern", []),
      ]
      for (missing, params, subject, names) in policies {
        var draft = TemplateDraft.sample(subject: texts.subject, html: texts.html)
        draft.missing = missing
        let template = try await outbox.templates.add(draft, of: nil, in: .default)
        if let subject {
          let receipt = try await outbox.submit(.of(template.id, params))
          #expect(try await outbox.entry(receipt.queueID).subject == subject)
        } else {
          let problem = await problem { try await outbox.submit(.of(template.id, params)) }
          #expect(problem?.code == .templateMissingVariable)
          #expect(problem?.fields.map(\.key) == names)
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `texts of the request are rendered when it asks for that, and only then`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var submission = try Submission.sample(text: "Hello {{name}}")
      let plain = try await outbox.submit(submission)
      #expect(MIMEMessage(parsing: try await bench.content(of: plain.queueID)).text == "Hello {{name}}\r\n")
      submission.values = TemplateValues()
      #expect(await problem { try await outbox.submit(submission) }?.code == .templateMissingVariable)
      submission.values?.params = ["name": "<Ada>"]
      let rendered = try await outbox.submit(submission)
      #expect(MIMEMessage(parsing: try await bench.content(of: rendered.queueID)).text == "Hello <Ada>\r\n")
      submission.subject = "{{name}}"
      submission.values?.params = ["name": "x\r\nBcc: eve@example.com"]
      #expect(await problem { try await outbox.submit(submission) }?.code == .templateInvalidVariable)
      submission.text = "{{#if x}}"
      #expect(await problem { try await outbox.submit(submission) }?.code == .templateInvalid)
    }
  }

  @Test func `a preheader of a template is escaped, and put into the HTML`() async throws {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var draft = TemplateDraft.sample(subject: "x", html: "<body>{{name}}")
      draft.texts.previewText = "For {{name}}"
      let template = try await outbox.templates.add(draft, of: nil, in: .default)
      let receipt = try await outbox.submit(.of(template.id, ["name": "<\u{338}b"]))
      let html = try #require(MIMEMessage(parsing: try await bench.content(of: receipt.queueID)).html)
      #expect(Array(html.utf8).contains(Array("For &lt;\u{338}b".utf8)))
      #expect(Array(html.utf8).contains(Array("</div>&lt;\u{338}b".utf8)))
    }
  }
}

extension TemplateDraft {
  static func sample(subject: String? = nil, html: String? = nil) -> TemplateDraft {
    var draft = TemplateDraft()
    draft.name = "Sample"
    draft.texts.subject = subject
    draft.texts.html = html
    return draft
  }
}

extension Submission {
  static func of(
    _ template: TemplateID, _ params: JSONObject = [:], from account: String = "anna"
  ) throws -> Submission {
    var submission = Submission(account: AccountID(account))
    submission.to = [NamedAddress(address: try EmailAddress("bert@example.com"))]
    submission.template = template
    submission.values = TemplateValues()
    submission.values?.params = params
    return submission
  }
}

/// The problem that `body` throws.
func problem<Value>(_ body: () async throws -> Value) async -> Problem? {
  await #expect(throws: Problem.self) { _ = try await body() }
}
