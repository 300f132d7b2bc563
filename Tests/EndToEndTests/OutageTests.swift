import Foundation
import StoreTesting
import Testing

/// A database that is full or gone: nothing new is acknowledged, and what was acknowledged stays.
@Suite struct OutageTests {
  @Test(.enabled(if: StoreEngine.allCases.contains { $0 == .postgres }))
  func `A PostgreSQL server that goes away costs a 503, and no letter`() async throws {
    let server = try await PostgresServer()
    try await Rig.run(.postgres, server: server) { rig in
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

  @Test(.enabled(if: getuid() == 0, "only root may mount a small file system"))
  func `A full disk costs a 503, and no letter, and passes when there is room`() async throws {
    try await Rig.run(start: false) { rig in
      try await rig.withSmallDisk { fill in
        try await rig.gateway.start()
        try await rig.sandbox.settings(["sendLagMs": 0])
        let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
        let account = try await rig.connectDaemon([mailboxes[0]])[0]
        _ = try await rig.gateway.submit("before", from: account, to: mailboxes[1]).expect()
        try await rig.expectArrived(["before"], at: mailboxes[1])
        try Data(repeating: 1, count: 16 << 20).write(
          to: fill, options: .withoutOverwriting, ignoring: ENOSPC)
        let body: JSON = [
          "to": [["address": .string(mailboxes[1])]], "subject": "during",
          "text": .string(String(repeating: "Too much for this disk. ", count: 50_000)),
        ]
        let refused = try await rig.gateway.post("/v1/account/\(account)/submit", body)
        #expect(refused.status == 503)
        refused.expectRefusal("store.full")
        #expect(rig.gateway.child?.isRunning == true)
        try FileManager.default.removeItem(at: fill)
        let after = try await rig.gateway.post(
          "/v1/account/\(account)/submit", body.with("subject", "after"))
        #expect(after.status == 200, "\(after)")
        try await rig.expectArrived(["before", "after"], not: "during", at: mailboxes[1])
      }
    }
  }
}

extension Rig {
  fileprivate func expectArrived(
    _ subjects: [String], not refused: String? = nil, at recipient: String
  ) async throws {
    try await eventually(within: .seconds(60), "\(subjects) have arrived") {
      Set(try await sandbox.subjects(of: recipient)).isSuperset(of: subjects)
    }
    let found = try await sandbox.subjects(of: recipient)
    #expect(found.sorted() == subjects.sorted())
    #expect(!found.contains(refused ?? ""))
  }

  /// Puts the gateway's data folder on a file system of 8 MB for the length of `body`, which gets the path of a
  /// file to fill it with.
  fileprivate func withSmallDisk(_ body: (URL) async throws -> Void) async throws {
    try FileManager.default.createDirectory(at: gateway.data, withIntermediateDirectories: true)
    let mounted = try await Program.run(
      URL(filePath: "/usr/bin/mount"), ["-t", "tmpfs", "-o", "size=8m", "tmpfs", gateway.data.path],
      in: folder)
    guard mounted.status == 0 else { throw RigFailure(description: "mount: \(mounted.errors)") }
    let result: Result<Void, any Error>
    do {
      result = .success(try await body(gateway.data.appending(path: "fill")))
    } catch {
      result = .failure(error)
    }
    try await gateway.killHard()
    _ = try await Program.run(URL(filePath: "/usr/bin/umount"), [gateway.data.path], in: folder)
    try result.get()
  }
}

extension Data {
  /// Writes as much as there is room for.
  fileprivate func write(to file: URL, options: WritingOptions, ignoring number: Int32) throws {
    let descriptor = open(file.path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
    guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    defer { close(descriptor) }
    try withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        let written = Glibc.write(
          descriptor, bytes.baseAddress.map { $0 + offset }, Swift.min(4096, bytes.count - offset))
        if written > 0 {
          offset += written
        } else if errno == number {
          return
        } else {
          throw CocoaError(.fileWriteUnknown)
        }
      }
    }
  }
}
