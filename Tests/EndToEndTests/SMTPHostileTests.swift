import Foundation
import Testing

/// Clients of the SMTP port that take without giving, or that mean harm.
@Suite struct SMTPHostileTests {
  @Test func `None of them keeps an honest client out, or makes the gateway grow`() async throws {
    try await SMTPRig.run { smtp in
      let idle = try (0..<500).map { _ in try SMTPClient(port: smtp.port) }
      for client in idle.prefix(20) { #expect(client.reply()?.hasPrefix("220 ") == true) }
      // Replies that nobody reads: the gateway stops reading.
      let deaf = try SMTPClient(port: smtp.port)
      let commands = String(repeating: "NOOP\r\n", count: 50_000)
      var pauses = 0
      try await eventually("the gateway reads no more") {
        pauses = deaf.sendWithoutWaiting(commands) == 0 ? pauses + 1 : 0
        return pauses == 10
      }

      let long = try SMTPClient(port: smtp.port)
      _ = long.reply()
      #expect(
        try long.say("EHLO " + String(repeating: "x", count: 10_240)) == "500 5.5.2 The line is too long")
      #expect(try long.say(String(repeating: "x", count: 1 << 20)) == "500 5.5.2 The line is too long")
      #expect(try long.say("NOOP") == "250 2.0.0 Ok")

      let greedy = try SMTPClient(port: smtp.port)
      #expect(try greedy.signIn("a0", smtp.password).hasPrefix("235"))
      _ = try greedy.say("MAIL FROM:<\(smtp.mailboxes[0])>")
      greedy.send((0..<10_000).map { "RCPT TO:<r\($0)@example.org>\r\n" }.joined())
      let replies = (0..<10_000).compactMap { _ in greedy.reply() }
      #expect(replies.filter { $0.hasPrefix("250") }.count == 1000)
      #expect(replies.filter { $0.hasPrefix("452 4.5.3") }.count == 9000)

      let garbage = try SMTPClient(port: smtp.port)
      _ = garbage.reply()
      garbage.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x03, 0x03])
      #expect(garbage.reply()?.hasPrefix("554 5.5.0") == true)
      #expect(garbage.ends())
      let clear = try SMTPClient(port: smtp.tlsPort)
      clear.send("EHLO x\r\n")
      #expect(clear.reply()?.hasPrefix("2") != true)

      let smuggler = try SMTPClient(port: smtp.port)
      #expect(try smuggler.signIn("a0", smtp.password).hasPrefix("235"))
      let tail =
        "\n.\r\nMAIL FROM:<\(smtp.mailboxes[0])>\r\nRCPT TO:<\(smtp.mailboxes[1])>\r\nDATA\r\nSubject: smuggled"
      let reply = try smuggler.submit(
        from: smtp.mailboxes[0], to: [smtp.mailboxes[1]], raw: "Subject: carrier\r\n\r\nText." + tail)
      #expect(reply.hasPrefix("554-5.6.0"))
      #expect(smuggler.ends())

      let honest = try SMTPClient(port: smtp.port)
      #expect(try honest.signIn("a0", smtp.password).hasPrefix("235"))
      #expect(
        try honest.submit(from: smtp.mailboxes[0], to: [smtp.mailboxes[1]], "Subject: honest\n\nText.")
          .hasPrefix("250 2.0.0 Queued"))
      try await smtp.arrives("honest")
      #expect(try await smtp.rig.sandbox.subjects(of: smtp.mailboxes[1]) == ["honest"])
      #expect(try smtp.peakMemory() < 200_000_000)
      withExtendedLifetime((idle, deaf)) {}
    }
  }

  @Test func `What is sent in the clear after STARTTLS is never obeyed`() async throws {
    try await SMTPRig.run { smtp in
      try await smtp.client("/usr/bin/python3", ["-c", Self.injection, "\(smtp.port)"])
    }
  }

  /// In one packet with STARTTLS, and in a packet of its own before the handshake.
  private static let injection = """
    import socket, ssl, sys
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    def start(packets):
        plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 20)
        assert plain.recv(999).startswith(b"220 ")
        for packet in packets: plain.sendall(packet)
        assert plain.recv(8) == b"220 2.0."
        while plain.recv(1) != b"\\n": pass
        return context.wrap_socket(plain)
    def told(client, text):
        client.sendall(text)
        told = b""
        while not told.endswith(b"Goodbye\\r\\n"): told += client.recv(999)
        return told.splitlines()
    replies = told(start([b"STARTTLS\\r\\nEHLO injected\\r\\nNOOP\\r\\n"]), b"MAIL FROM:<a@example.com>\\r\\nQUIT\\r\\n")
    assert len(replies) == 2 and replies[0].startswith(b"503 5.5.1 Send EHLO"), replies
    try:
        # Where both packets arrive as one, it is the same again.
        replies = told(start([b"STARTTLS\\r\\n", b"NOOP\\r\\nNOOP\\r\\n"]), b"QUIT\\r\\n")
        assert len(replies) == 1, replies
    except (ssl.SSLError, ConnectionError):
        pass
    """

  @Test func `A gateway that stops says so, and lets a message on its way come to its end`() async throws {
    try await SMTPRig.run { smtp in
      let (idle, busy) = (try SMTPClient(port: smtp.port), try SMTPClient(port: smtp.port))
      _ = idle.reply()
      #expect(try busy.signIn("a0", smtp.password).hasPrefix("235"))
      for command in ["MAIL FROM:<\(smtp.mailboxes[0])>", "RCPT TO:<\(smtp.mailboxes[1])>", "DATA"] {
        #expect(try "23".contains(busy.say(command).prefix(1)))
      }
      smtp.rig.gateway.child?.signal(SIGTERM)
      #expect(idle.reply() == "421 4.3.2 The server is shutting down")
      #expect(idle.ends())
      #expect(try busy.say("Subject: last\r\n\r\nText.\r\n.").hasPrefix("250 2.0.0 Queued"))
      #expect(busy.reply() == "421 4.3.2 The server is shutting down")
      #expect(try await smtp.rig.gateway.child?.status() == 0)
      try await smtp.rig.gateway.start()
      try await smtp.arrives("last")
    }
  }

  @Test(.enabled("only root may mount a small file system", { try await mayMount() }))
  func `A disk that fills while a message arrives costs a 452, and no message`() async throws {
    try await SMTPRig.run(isDiskSmall: true) { smtp in
      let client = try SMTPClient(port: smtp.port)
      #expect(try client.signIn("a0", smtp.password).hasPrefix("235"))
      let text = String(repeating: "Too much for this disk, line after line after line.\n", count: 20_000)
      for command in ["MAIL FROM:<\(smtp.mailboxes[0])>", "RCPT TO:<\(smtp.mailboxes[1])>", "DATA"] {
        #expect(try "23".contains(client.say(command).prefix(1)))
      }
      let filling = try smtp.rig.gateway.disk().appending(path: "filling").path
      let filled = try await Program.run(
        URL(filePath: "/bin/sh"), ["-c", #"head -c 16M /dev/zero > "$0""#, filling], in: smtp.rig.folder)
      #expect(filled.status != 0)
      let reply = try client.say(("Subject: during\n\n" + text).replacing("\n", with: "\r\n") + ".")
      #expect(reply.hasPrefix("452-4.3.1"), "\(reply)")
      #expect(try client.say("MAIL FROM:<\(smtp.mailboxes[0])> SIZE=100000").hasPrefix("452-4.3.1"))
      try FileManager.default.removeItem(atPath: filling)
      try await eventually("the gateway takes messages again") {
        _ = try client.say("RSET")
        return try client.submit(from: smtp.mailboxes[0], to: [smtp.mailboxes[1]], "Subject: after\n\nText.")
          .hasPrefix("250")
      }
      try await smtp.arrives("after")
    }
  }
}

extension SMTPRig {
  /// Bytes (proc(5), VmHWM).
  fileprivate func peakMemory() throws -> Int {
    let pid = try #require(rig.gateway.child?.pid)
    let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let words = line?.split(whereSeparator: \.isWhitespace) ?? []
    return try #require(words.count > 1 ? Int(words[1]) : nil) * 1024
  }
}
