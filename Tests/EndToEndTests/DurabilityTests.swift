import Foundation
import Testing

/// kill -9 alone would pass with `synchronous=OFF`: the kernel still has what was written. So the system calls
/// are watched.
@Suite struct DurabilityTests {
  @Test func `The write-ahead log is synced before each acknowledgement`() async throws {
    try await Rig.run { rig in
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let accounts = try await rig.connectDaemon(mailboxes)
      // Four messages that hang keep the lane from writing for its own sake.
      try await rig.sandbox.fault(["path": "*/messages", "delayMs": 60000, "count": 4])
      for number in 0..<4 {
        _ = try await rig.gateway.submit("hanging \(number)", from: accounts[0], to: mailboxes[1]).expect()
      }
      try await eventually("four messages are in flight") {
        let messages = try await rig.gateway.get("/v1/outbox").expect()["messages"].list
        return messages.allSatisfy { $0["progress"]["status"].text == "processing" }
      }
      let text = try await rig.trace {
        for number in 0..<10 {
          _ = try await rig.gateway.submit("message \(number)", from: accounts[0], to: mailboxes[1]).expect()
        }
      }
      let verdict = TraceVerdict(text, port: rig.gateway.port)
      #expect(verdict.acknowledgements == 10)
      #expect(verdict.unsafe == [])
      // Leases are renewed and events numbered now and then, and a trace cannot tell those writes from a message's.
      #expect(verdict.unsynced.count <= 6, "acknowledged before the log was synced: \(verdict.unsynced)")
    }
  }

  @Test func `The log is synced before each 250 of SMTP`() async throws {
    try await SMTPRig.run { smtp in
      // So that deliveries do not write for their own sake.
      try await smtp.rig.sandbox.fault(["path": "*/messages", "delayMs": 60000, "count": 4])
      let client = try SMTPClient(port: smtp.port)
      #expect(try client.signIn("a0", smtp.password).hasPrefix("235"))
      func send(_ number: Int) throws {
        let reply = try client.submit(
          from: smtp.mailboxes[0], to: [smtp.mailboxes[1]], "Subject: message \(number)\n\nA text.")
        #expect(reply.hasPrefix("250 2.0.0 Queued"), "\(reply)")
      }
      for number in 0..<4 { try send(number) }
      try await eventually("four messages are in flight") {
        let messages = try await smtp.rig.gateway.get("/v1/outbox").expect()["messages"].list
        return messages.allSatisfy { $0["progress"]["status"].text == "processing" }
      }
      let text = try await smtp.rig.trace { for number in 4..<14 { try send(number) } }
      let verdict = TraceVerdict(
        text, port: smtp.port, request: "MAIL FROM", acknowledgement: "250 2.0.0 Queued")
      #expect(verdict.acknowledgements == 10)
      #expect(verdict.unsafe == [])
      #expect(verdict.unsynced.count <= 6, "acknowledged before the log was synced: \(verdict.unsynced)")
    }
  }

  @Test func `The reader of traces finds what was acknowledged too early`() {
    let log = "9</d/heliograph.sqlite-wal>"
    let client = "8<TCP:[127.0.0.1:3000->127.0.0.1:9]>"
    let request = #"12 read(\#(client), "POST /v1/account/a/submit HTTP"..., 2048) = 300"#
    let write = #"11 pwrite64(\#(log), "x"..., 24, 32) = 24"#
    let sync = "11 fdatasync(\(log)) = 0"
    let syncBegins = "11 fdatasync(\(log) <unfinished ...>"
    let syncEnds = "11 <... fdatasync resumed>) = 0"
    let answer = #"12 write(\#(client), "HTTP/1.1 200 OK\r\n"..., 99) = 99"#
    let good = [
      [request, write, sync, answer], [request, write, syncBegins, syncEnds, answer],
      [request, write, sync, write, sync, answer],
    ]
    let bad = [
      [request, write, answer], [request, answer, write, sync],
      [request, write, syncBegins, answer, syncEnds],
      [request, syncBegins, write, syncEnds, answer], [request, write, sync, write, answer],
    ]
    for trace in good {
      let verdict = TraceVerdict(trace.joined(separator: "\n"), port: 3000)
      #expect(verdict.unsynced.isEmpty && verdict.unsafe.isEmpty, "\(trace)")
    }
    for trace in bad {
      let verdict = TraceVerdict(trace.joined(separator: "\n"), port: 3000)
      #expect(verdict.acknowledgements == 1 && verdict.unsynced.count == 1, "\(trace)")
      // The last could be another's write.
      #expect(verdict.unsafe.isEmpty == (trace == bad.last), "\(trace)")
    }
  }
}

extension Rig {
  /// The gateway's system calls during `body`.
  fileprivate func trace(_ body: () async throws -> Void) async throws -> String {
    let process = try #require(gateway.child)
    let trace = folder.appending(path: "trace")
    let calls = "trace=fdatasync,fsync,pwrite64,read,recvfrom,recvmsg,write,writev,sendto,sendmsg"
    let strace = try await Child(
      URL(filePath: "/usr/bin/strace"),
      ["-f", "-yy", "-s", "40", "-e", calls, "-o", trace.path, "-p", "\(process.pid)"],
      name: "strace", folder: folder)
    try await eventually("strace is attached") {
      guard strace.isRunning else { throw RigFailure(description: "strace: \(strace.errors)") }
      return strace.errors.contains("attached")
    }
    try await body()
    strace.signal(SIGINT)
    _ = try await strace.status()
    return try String(contentsOf: trace, encoding: .utf8)
  }
}

/// What a trace of one client's requests says, one after the other.
struct TraceVerdict {
  private(set) var acknowledgements = 0
  /// The lines of acknowledgements that left before everything that was written to the log since their request
  /// came was synced, or without any such write.
  private(set) var unsynced: [String] = []
  /// Those of them before which no write since their request was synced at all.
  private(set) var unsafe: [String] = []

  /// - Parameters:
  ///   - port: the gateway's.
  ///   - request: how a request begins.
  ///   - acknowledgement: how its acknowledgement begins.
  init(
    _ trace: String, port: Int, request: String = "POST /v1/account", acknowledgement: String = "HTTP/1.1 200"
  ) {
    var wrote = false
    var isSynced = false
    var wasSynced = false
    /// The threads whose sync began after the last write and has not come back.
    var syncing: Set<Substring> = []
    for line in trace.split(separator: "\n") {
      let thread = line.prefix { $0 != " " }
      let isLog = line.contains("-wal>")
      if line.contains(":\(port)->"), line.contains("\"" + request) {
        (wrote, isSynced, wasSynced, syncing) = (false, false, false, [])
      } else if isLog, line.contains(" pwrite64(") || line.contains(" write(") {
        (wrote, isSynced, syncing) = (true, false, [])
      } else if isLog, line.contains("sync("), line.contains("<unfinished") {
        syncing.insert(thread)
      } else if isLog, line.contains("sync("), line.contains("= 0") {
        isSynced = true
        wasSynced = wasSynced || wrote
      } else if line.contains("sync resumed>"), line.contains("= 0"), syncing.remove(thread) != nil {
        isSynced = true
        wasSynced = wasSynced || wrote
      } else if line.contains(":\(port)->"), line.contains("\"" + acknowledgement) {
        acknowledgements += 1
        if !wrote || !isSynced { unsynced.append(String(line)) }
        if !wasSynced { unsafe.append(String(line)) }
      }
    }
  }
}
