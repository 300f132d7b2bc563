import Testing

@Suite struct MethodTests {
  @Test func `HEAD answers as GET does, without a body`() async throws {
    try await TestGateway.open { gateway in
      let answer = try await gateway.send("HEAD", "/health", token: nil)
      #expect(answer.status == 200 && answer.body.isEmpty)
      let refused = try await gateway.send("HEAD", "/v1/accounts", token: nil)
      #expect(refused.status == 401)
    }
  }

  @Test(arguments: [
    ("PUT", "/v1/outbox", "/v1/outbox does not support PUT, only GET, HEAD."),
    ("DELETE", "/v1/outbox/retry", "/v1/outbox/retry does not support DELETE, only PUT."),
    ("POST", "/v1/account/a", "/v1/account/a does not support POST, only GET, HEAD, PUT, DELETE."),
    ("GET", "/v1/account/a/submit", "/v1/account/a/submit does not support GET, only POST."),
  ])
  func `a method that a path does not support is refused with those that it does`(
    method: String, path: String, message: String
  ) async throws {
    try await TestGateway.open { gateway in
      let answer = try await gateway.send(method, path)
      #expect(answer.status == 405 && answer.problem == "request.methodNotAllowed")
      #expect(answer.text("message") == message)
    }
  }

  @Test func `an unknown path is told, at no greater length than is useful`() async throws {
    try await TestGateway.open { gateway in
      let answer = try await gateway.send("GET", "/v1/" + String(repeating: "x", count: 5000))
      #expect(answer.status == 404 && answer.problem == "request.notFound")
      #expect((answer.text("message")?.count ?? 0) < 300)
    }
  }

  @Test(arguments: [
    ("", "account.notFound"), (" ", "request.malformed"), ("{}", "account.notFound"),
    (#"{"pause":1}"#, "request.unknownField"), ("x", "request.malformed"), ("[]", "request.malformed"),
  ])
  func `an operation without fields refuses those that come`(body: String, problem: String) async throws {
    try await TestGateway.open { gateway in
      let answer = try await gateway.send("PUT", "/v1/account/nobody/pause", body)
      #expect(answer.problem == problem)
    }
  }
}
