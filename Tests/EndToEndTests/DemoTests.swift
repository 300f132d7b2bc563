import Foundation
import Testing

@Suite struct DemoTests {
  @Test func `The demo ends with 0 once its message has arrived`() async throws {
    try await withFolder { folder in
      let ended = try await Program.run(Self.arguments(["--exit"]), in: folder)
      #expect(ended.status == 0, "\(ended.output)\n\(ended.errors)")
    }
  }

  @Test func `The demo asks the sandbox for authorize, token, draft and send`() async throws {
    try await withFolder { folder in
      try await HTTP.run { http in
        let port = FreePort.take()
        let child = try await Child(
          Program.heliograph, ["demo", "--port", "\(FreePort.take())", "--sandbox-port", "\(port)"],
          name: "demo", folder: folder)
        let requests = try await eventually("the demo's message was sent") {
          () -> [SandboxProcess.Request]? in
          guard child.isRunning else { throw UnexpectedAnswer(description: "it ended: \(child.errors)") }
          struct Log: Decodable { let value: [SandboxProcess.Request] }
          guard let answer = try? await http.send("GET", "http://localhost:\(port)/sandbox/requests") else {
            return nil
          }
          let log = try JSONDecoder().decode(Log.self, from: Data(answer.body.utf8)).value
          return log.contains { $0.isSend } ? log : nil
        }
        try await eventually("the demo says that the message arrived") { child.output.contains("arrived") }
        let answered = requests.filter { (200..<400).contains($0.status ?? 0) }
        #expect(answered.contains { $0.isAuthorize })
        #expect(answered.contains { $0.isToken })
        #expect(answered.contains { $0.isDraft && $0.status == 201 })
        #expect(answered.contains { $0.isSend && $0.status == 202 })
        child.signal(SIGTERM)
        let status = try await child.status()
        #expect(status == 0)
      }
    }
  }

  @Test func `A demo whose port is taken says so and fails`() async throws {
    try await withFolder { folder in
      try await HTTP.run { http in
        let sandbox = try await SandboxProcess(folder: folder, http: http)
        let taken = try #require(sandbox.origin.split(separator: ":").last)
        let ended = try await Program.run(
          ["demo", "--exit", "--port", "\(FreePort.take())", "--sandbox-port", String(taken)], in: folder)
        #expect(ended.status != 0)
        #expect(ended.errors.contains(taken))
        try await sandbox.child.killHard()
      }
    }
  }

  private static func arguments(_ more: [String]) -> [String] {
    ["demo", "--port", "\(FreePort.take())", "--sandbox-port", "\(FreePort.take())"] + more
  }
}
