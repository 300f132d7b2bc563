import Core
import JSON
import ProcessTesting
import Testing

@testable import API

/// Bodies that are not what they seem: each is refused with its place, and none is read as if something were
/// missing.
@Suite struct HostileBodyTests {
  @Test(
    arguments: [
      ("{\"text\":\"line1\nline2\"}", "line 1, column 15, at text: a control character U+000A"),
      ("{\"subject\":\"\u{9}\"}", "a control character U+0009"),
      (#"{"subject":"\ud800"}"#, "half of a surrogate pair"),
      (#"{"subject":"\udc00\ud800"}"#, "half of a surrogate pair"),
      (#"{"subject":"\x"}"#, "backslash"),
      (#"{"subject":"\u00g0"}"#, "hexadecimal digit"),
      (#"{"subject":"a","subject":"b"}"#, "twice"),
      (#"{"to":[{"address":"a@x.example","address":"b@x.example"}]}"#, "twice"),
      (#"{"subject":"a"}{"#, "the end"),
      (#"{"subject":"a""#, "ends before"),
      (#"{"subject":01}"#, "column"),
      (#"{'subject':1}"#, "key in double quotes"),
      ("\u{FEFF}{}", "byte order mark"),
    ])
  func `what is not JSON is malformed and says where`(body: String, words: String) throws {
    let problem = try #require(throws: Problem.self) { try SubmitRequest.read(body.utf8) }
    #expect(problem.code == .requestMalformed)
    #expect(problem.summary.contains(words), "\(problem.summary)")
    #expect(problem.summary.contains("line "))
    var reader = BodyReader<SubmitRequest>()
    let streamed = #expect(throws: Problem.self) {
      for byte in body.utf8 { try reader.feed([byte]) }
      _ = try reader.finish()
    }
    #expect(streamed == problem)
  }

  @Test(
    arguments: [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xC3, 0x22],
    ] as [[UInt8]])
  func `text that is not UTF-8 is malformed`(value: [UInt8]) throws {
    let body = Array(#"{"subject":"#.utf8) + value + Array("}".utf8)
    let problem = try #require(throws: Problem.self) { try SubmitRequest.read(body) }
    #expect(problem.code == .requestMalformed)
    #expect(problem.summary.contains("UTF-8"))
  }

  /// Each once counted as not given: a token for the whole workspace, one that never expired, every host
  /// allowed, anybody let in, another tenant.
  @Test func `a control character where one line is meant is a fault that names it`() throws {
    func check<Body: Contract>(_ type: Body.Type, _ body: String, _ key: String, _ name: String) {
      let problem = #expect(throws: Problem.self) { try Body.read(body.utf8) }
      #expect(problem?.code == .requestInvalidField)
      #expect(problem?.fields.map(\.key) == [key])
      #expect(problem?.summary.contains(name) == true, "\(problem?.summary ?? "")")
    }
    check(TokenRequest.self, #"{"description":"d","account":"sales\t"}"#, "account", "U+0009")
    check(TokenRequest.self, #"{"description":"d","expires":"2026-12-01\t"}"#, "expires", "U+0009")
    check(
      WorkspaceRequest.self, #"{"name":"n","redirectHosts":["crm.example\t"]}"#, "redirectHosts[0]", "U+0009")
    check(
      SignInRequest.self, #"{"redirectUrl":"https://x.example","email":"a@x.example\r"}"#, "email", "U+000D")
    check(AppUpdateRequest.self, #"{"authority":"contoso.example\t"}"#, "authority", "U+0009")
    check(SubmitRequest.self, #"{"subject":"a\r\nBcc: b@x.example"}"#, "subject", "U+000D")
    check(SubmitRequest.self, #"{"subject":"a\u0085b"}"#, "subject", "U+0085")
    check(SubmitRequest.self, #"{"subject":"a\u007fb"}"#, "subject", "U+007F")
    check(SubmitRequest.self, #"{"text":"a\u0000b"}"#, "text", "U+0000")
    check(SubmitRequest.self, #"{"headers":{"X-A":"a\nB: c"}}"#, "headers.X-A", "U+000A")
    check(SubmitRequest.self, #"{"headers":{"X\n":"a"}}"#, "headers[\"X\\u{A}\"]", "U+000A")
    check(
      AppRequest.self, #"{"name":"n","provider":"outlook","clientId":"c","clientSecret":"a\tb"}"#,
      "clientSecret", "U+0009")
  }

  @Test func `all faults are counted, twenty are told, and time grows with the body alone`() throws {
    let body = "{\"to\":[" + Array(repeating: "{}", count: 60_000).joined(separator: ",") + "]}"
    let before = processorTime()
    let problem = try #require(throws: Problem.self) { try SubmitRequest.read(body.utf8) }
    // A linear reader takes a few milliseconds, one that searches for each fault most of a minute.
    #expect(processorTime() - before < .seconds(2))
    #expect(problem.fields.count == 20)
    #expect(problem.fields[0].key == "to")
    #expect(problem.fields[0].message == "has 60000 elements, more than the limit of 1000")
    #expect(problem.fields[1] == FieldFault(message: "is required", key: "to[0].address"))
    #expect(problem.summary.hasSuffix("to[18].address: is required; and 981 more."))

    let keys = "{" + (0..<50_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
    let unknown = try #require(throws: Problem.self) { try SubmitRequest.read(keys.utf8) }
    #expect(unknown.fields.count == 20)
    #expect(unknown.summary.hasSuffix("and 49980 more."))
  }

  @Test func `the fault that decides the code is always told`() throws {
    let many = Array(repeating: "{}", count: 100).joined(separator: ",")
    let problem = try #require(throws: Problem.self) {
      try SubmitRequest.read("{\"to\":[\(many)],\"zzz\":1,\"sentMailPath\":\"x\",\"yyy\":2}".utf8)
    }
    #expect(problem.code == .requestNotSupported)
    #expect(problem.fields.count == 20)
    #expect(problem.fields.last?.key == "sentMailPath")
    #expect(problem.summary.hasSuffix("and 83 more."))
  }

  @Test(arguments: [
    (#"{"subject":5,"text":[],"zzz":1}"#, ProblemCode.requestUnknownField, ["subject", "text", "zzz"]),
    (
      #"{"proxy":"de","zzz":1,"subject":5}"#, .requestNotSupported,
      ["proxy", "zzz", "subject"]
    ),
    (#"{"to":[{"adress":"bob@example.com"}]}"#, .requestUnknownField, ["to[0].adress", "to[0].address"]),
    (#"{"to":"bob@example.com"}"#, .requestInvalidField, ["to"]),
    (#"{"to":[null]}"#, .requestInvalidField, ["to[0]"]),
    (#"{"attachments":[{"filename":5}]}"#, .requestInvalidField, ["attachments[0].filename"]),
    (#"{"headers":{"X-A":1,"X-B":"b"}}"#, .requestInvalidField, ["headers.X-A"]),
    (#"{"from":{"address":""}}"#, .requestInvalidField, ["from.address"]),
    (
      #"{"attachments":[{"content":"","contentDisposition":"inlined","encoding":"hex"}]}"#,
      .requestInvalidField,
      ["attachments[0].contentDisposition", "attachments[0].encoding"]
    ),
  ])
  func `each fault is told with its path`(body: String, code: ProblemCode, keys: [String]) throws {
    let problem = try #require(throws: Problem.self) { try SubmitRequest.read(body.utf8) }
    #expect(problem.code == code)
    #expect(problem.fields.map(\.key) == keys)
  }

  @Test func `values are quoted in part and secrets never`() throws {
    let long = String(repeating: "x", count: 500)
    let word = try #require(throws: Problem.self) {
      try AppUpdateRequest.read(#"{"baseScopes":"a\u0007\#(long)"}"#.utf8)
    }
    #expect(word.summary.contains("must be api or imap, not “aU+0007xxx"))
    #expect(word.summary.utf8.count < 200)

    let secret = String(repeating: "GEHEIM", count: 60)
    for body in [
      #"{"clientSecret":"\#(secret)"}"#, #"{"clientSecret":"GEHEIM\n"}"#, #"{"clientSecret":["GEHEIM"]}"#,
    ] {
      let problem = try #require(throws: Problem.self) { try AppUpdateRequest.read(body.utf8) }
      #expect(problem.fields.map(\.key) == ["clientSecret"])
      #expect(!problem.description.contains("GEHEIM"))
    }
    let mask = try #require(throws: Problem.self) {
      try AppRequest.read(
        #"{"name":"n","provider":"outlook","clientId":"c","clientSecret":"******"}"#.utf8)
    }
    #expect(mask.fields == [FieldFault(message: "is the mask, not a secret", key: "clientSecret")])
    // In a change it means that the secret stays.
    #expect(try AppUpdateRequest.read(#"{"clientSecret":"******"}"#.utf8).clientSecret == nil)
  }

  @Test(arguments: [
    ("subject", 10_240), ("messageId", 996),
  ])
  func `a limit is in bytes and the last byte fits`(field: String, limit: Int) throws {
    let fits = String(repeating: "é", count: limit / 2)
    _ = try SubmitRequest.read(#"{"\#(field)":"\#(fits)"}"#.utf8)
    let problem = try #require(throws: Problem.self) {
      try SubmitRequest.read(#"{"\#(field)":"\#(fits)x"}"#.utf8)
    }
    #expect(problem.fields == [FieldFault(message: "is longer than \(limit) bytes", key: field)])
  }

  @Test(arguments: ["attachments", "headers"])
  func `lists end at their limits`(field: String) throws {
    func body(_ count: Int) -> String {
      field == "headers"
        ? "{\"headers\":{" + (0..<count).map { "\"X-\($0)\":\"\"" }.joined(separator: ",") + "}}"
        : "{\"attachments\":[" + Array(repeating: #"{"content":""}"#, count: count).joined(separator: ",")
          + "]}"
    }
    _ = try SubmitRequest.read(body(100).utf8)
    let problem = try #require(throws: Problem.self) { try SubmitRequest.read(body(101).utf8) }
    #expect(problem.fields.map(\.key) == [field])
  }
}
