import Core
import Testing

@testable import API

/// Queries, forms and paths: the same tables, and one grammar.
@Suite struct FormTests {
  @Test(arguments: [
    ("", 0, 20), ("page=3", 3, 20), ("page=3&pageSize=1000", 3, 1000), ("pageSize=", 0, 20),
    ("&&page=1&", 1, 20),
    ("%70age=%31", 1, 20), ("page=1&access_token=secret", 1, 20),
  ])
  func `a page is asked for`(query: String, page: Int, size: Int) throws {
    let read = try Operations.apps.query(query)
    #expect((read.page, read.pageSize) == (page, size))
  }

  @Test(arguments: [
    ("page=-1", "page"), ("page=1.0", "page"), ("page=+1", "page"), ("page=%2B1", "page"),
    ("page=%201", "page"),
    ("page=1e3", "page"),
    ("page=9999999999999999999999", "page"), ("pageSize=0", "pageSize"), ("pageSize=1001", "pageSize"),
    ("page=x", "page"), ("pagesize=1", "pagesize"), ("dryRun", "dryRun"),
  ])
  func `what is not a number in its range, or not a name, is a fault`(query: String, key: String) throws {
    let problem = try #require(throws: Problem.self) { try Operations.apps.query(query) }
    #expect(problem.fields.map(\.key) == [key])
    #expect([.requestInvalidField, .requestUnknownField].contains(problem.code))
  }

  @Test(arguments: [
    ("dryRun", true), ("dryRun=", true), ("dryRun=1", true), ("dryRun=true", true), ("dryRun=0", false),
    ("dryRun=false", false), ("", false),
  ])
  func `a flag has one grammar`(query: String, isSet: Bool) throws {
    #expect(try Operations.importAccounts.query(query).isDryRun == isSet)
  }

  @Test(arguments: ["dryRun=yes", "dryRun=TRUE", "dryRun=2", "dryRun=%00", "dryRun=true%20"])
  func `anything else is not a flag`(query: String) throws {
    let problem = try #require(throws: Problem.self) { try Operations.importAccounts.query(query) }
    #expect(problem.fields.map(\.key) == ["dryRun"])
    #expect(problem.summary.contains("must be true or false, not “"))
  }

  @Test(arguments: [
    "query=%", "query=%4", "query=%4x", "query=%zz", "%=1", "query=%ff", "query=%c3%28", "query=%ed%a0%80",
    "query=a&query=b", "query=a&qu%65ry=b", "page=1&page=1",
  ])
  func `a broken encoding or a name that comes twice is malformed`(query: String) throws {
    let problem = try #require(throws: Problem.self) { try Operations.accounts.query(query) }
    #expect(problem.code == .requestMalformed)
    #expect(problem.fields.isEmpty)
  }

  @Test func `lengths and numbers of names are limited`() throws {
    let long = try #require(throws: Problem.self) {
      try Operations.accounts.query("query=" + String(repeating: "a", count: 50_000))
    }
    #expect(long.fields == [FieldFault(message: "is longer than 1024 bytes", key: "query")])
    for query in [
      "query=" + String(repeating: "a", count: 70_000), (0..<101).map { "a\($0)=" }.joined(separator: "&"),
    ] {
      let problem = try #require(throws: Problem.self) { try Operations.accounts.query(query) }
      #expect(problem.code == .requestMalformed)
    }
  }

  @Test func `words and texts are read and written in queries`() throws {
    let read = try Operations.accounts.query("state=connectError&query=a%2Bb+c%C3%A9")
    #expect(read.state == .connectError)
    #expect(read.query == "a+b cé")
    let target = Operations.accounts.target(Nothing(), read)
    #expect(target == "/v1/accounts?page=0&pageSize=20&state=connectError&query=a%2Bb%20c%C3%A9")
    #expect(try Operations.accounts.query(String(target.dropFirst("/v1/accounts?".count))) == read)
    let unsupported = try #require(throws: Problem.self) { try Operations.accounts.query("state=syncing") }
    #expect(unsupported.code == .requestNotSupported)
    let newline = try #require(throws: Problem.self) { try Operations.accounts.query("query=a%0Ab") }
    #expect(newline.summary.contains("U+000A"))
  }

  @Test func `a form is read by its table`() throws {
    let form = try StartForm.read(form: Array("data=abc&sig=x%2By&app=app_1".utf8))
    #expect((form.data, form.sig, form.app.rawValue) == ("abc", "x+y", "app_1"))
    for (body, key) in [
      ("data=abc&sig=x", "app"), ("data=abc&sig=&app=a", "sig"), ("data=a&sig=b&app=c&x=1", "x"),
    ] {
      let problem = try #require(throws: Problem.self) { try StartForm.read(form: Array(body.utf8)) }
      #expect(problem.fields.map(\.key) == [key])
    }
    let bytes = try #require(throws: Problem.self) { try StartForm.read(form: [0x61, 0x3D, 0xFF]) }
    #expect(bytes.code == .requestMalformed)
  }

  @Test(arguments: [
    ("alice", "alice"), ("a%40b.example", "a@b.example"), ("a+b", "a+b"), ("a%2Fb", "a/b"), ("%C3%A9", "é"),
    ("...", "..."),
    (String(repeating: "a", count: 256), String(repeating: "a", count: 256)),
  ])
  func `a part of a path is decoded`(raw: String, text: String) throws {
    #expect(try PathPart.decode(raw, name: "account") == text)
    #expect(try PathPart.decode(PathPart.encode(text), name: "account") == text)
  }

  @Test(arguments: [
    ("%", ProblemCode.requestMalformed), ("a%2", .requestMalformed), ("%ff", .requestMalformed),
    ("%c0%af", .requestMalformed), ("", .requestInvalidField), ("a%00b", .requestInvalidField),
    ("a%0d%0a", .requestInvalidField), (".", .requestInvalidField), ("%2e.", .requestInvalidField),
    ("a%E2%80%AEb", .requestInvalidField), (String(repeating: "a", count: 257), .requestInvalidField),
  ])
  func `a part of a path that is none is refused`(raw: String, code: ProblemCode) throws {
    let problem = try #require(throws: Problem.self) { try PathPart.decode(raw, name: "account") }
    #expect(problem.code == code)
    #expect(problem.summary.contains("{account}"))
    #expect(problem.summary.utf8.count < 400)
  }
}
