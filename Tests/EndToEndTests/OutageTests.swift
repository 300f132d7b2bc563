import Foundation
import StoreTesting
import Testing

/// A database that is full or gone: nothing new is acknowledged, and what was acknowledged stays.
@Suite struct OutageTests {
  @Test(.enabled(if: StoreEngine.allCases.contains { $0 == .postgres }))
  func `A PostgreSQL server that goes away costs a 503, and no message`() async throws {
    let server = try await PostgresServer()
    // A commit that the server took with it leaves a step in doubt, which is looked into after this wait.
    let environment = ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "4"]
    try await Rig.run(.postgres, environment: environment, server: server) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try await rig.connectDaemon([mailboxes[0]])[0]
      // Slow enough for some to be in the queue when it goes.
      try await rig.sandbox.fault(["path": "*/send", "delayMs": 500, "count": 20])
      for number in 0..<12 {
        _ = try await rig.gateway.submit("before \(number)", from: account, to: mailboxes[1]).expect()
      }
      try await server.stop()
      let refused = try await rig.gateway.submit("during", from: account, to: mailboxes[1])
      #expect(refused.status == 503)
      refused.expectRefusal("store.unavailable")
      #expect(rig.gateway.child?.isRunning == true)
      try await server.start()
      try await eventually("it accepts again") {
        try await rig.gateway.submit("after", from: account, to: mailboxes[1], idempotencyKey: "after").status
          == 200
      }
      try await rig.expectArrived(
        (0..<12).map { "before \($0)" } + ["after"], not: "during", at: mailboxes[1])
    }
    try await server.remove()
  }

  @Test(.enabled("only root may mount a small file system", { try await mayMount() }))
  func `A full disk costs a 503, and no message, and passes when there is room`() async throws {
    try await Rig.run(isDiskSmall: true) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try await rig.connectDaemon([mailboxes[0]])[0]
      _ = try await rig.gateway.submit("before", from: account, to: mailboxes[1]).expect()
      try await rig.expectArrived(["before"], at: mailboxes[1])
      let filling = try rig.gateway.disk().appending(path: "filling").path
      // Writes as much as there is room for.
      let filled = try await Program.run(
        URL(filePath: "/bin/sh"), ["-c", #"head -c 16M /dev/zero > "$0""#, filling], in: rig.folder)
      #expect(filled.status != 0)
      let body: JSON = [
        "to": [["address": .string(mailboxes[1])]], "subject": "during",
        "text": .string(String(repeating: "Too much for this disk. ", count: 50_000)),
      ]
      let refused = try await rig.gateway.post("/v1/account/\(account)/submit", body)
      #expect(refused.status == 503)
      refused.expectRefusal("store.full")
      #expect(rig.gateway.child?.isRunning == true)
      try FileManager.default.removeItem(atPath: filling)
      let after = try await rig.gateway.post("/v1/account/\(account)/submit", body.with("subject", "after"))
      #expect(after.status == 200, "\(after)")
      try await rig.expectArrived(["before", "after"], not: "during", at: mailboxes[1])
    }
  }
}

/// Not in every container, even as root.
func mayMount() async throws -> Bool {
  try await withFolder { folder in
    let mount = ["--mount", "mount", "-t", "tmpfs", "tmpfs", folder.path]
    return try await Program.run(URL(filePath: "/usr/bin/unshare"), mount, in: folder).status == 0
  }
}

extension Rig {
  fileprivate func expectArrived(
    _ subjects: [String], not refused: String? = nil, at recipient: String
  ) async throws {
    try await eventually("\(subjects) have arrived") {
      Set(try await sandbox.subjects(of: recipient)).isSuperset(of: subjects)
    }
    let found = try await sandbox.subjects(of: recipient)
    #expect(found.sorted() == subjects.sorted())
    #expect(!found.contains(refused ?? ""))
  }
}
