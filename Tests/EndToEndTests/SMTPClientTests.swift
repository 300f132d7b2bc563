import Foundation
import Testing

/// The programs that people send with, from the system's packages.
@Suite struct SMTPClientTests {
  @Test func `Each of the usual clients sends a message that arrives`() async throws {
    try await SMTPRig.run { smtp in
      let (from, to) = (smtp.mailboxes[0], smtp.mailboxes[1])
      func message(_ subject: String) -> String {
        "From: \(from)\r\nTo: \(to)\r\nSubject: \(subject)\r\n\r\nA text.\r\n.\r\nwith a dot\r\n"
      }
      let file = smtp.rig.folder.appending(path: "message.eml")

      try await smtp.client(
        "/usr/bin/python3", ["-c", Self.python],
        input: JSON.object([
          "port": .number(Double(smtp.port)), "tlsPort": .number(Double(smtp.tlsPort)),
          "password": .string(smtp.password),
          "from": .string(from), "to": .string(to),
        ]).written)
      try await smtp.arrives("smtplib in the clear")
      try await smtp.arrives("smtplib STARTTLS")
      try await smtp.arrives("smtplib TLS")

      try Data(message("curl STARTTLS").utf8).write(to: file)
      try await smtp.client(
        "/usr/bin/curl",
        [
          "--silent", "--show-error", "--ssl-reqd", "--insecure", "--url", "smtp://localhost:\(smtp.port)",
          "--user", "a0:\(smtp.password)", "--mail-from", from, "--mail-rcpt", to, "--upload-file", file.path,
        ])
      try await smtp.arrives("curl STARTTLS")
      try Data(message("curl OAUTHBEARER").utf8).write(to: file)
      try await smtp.client(
        "/usr/bin/curl",
        [
          "--silent", "--show-error", "--insecure", "--url", "smtps://localhost:\(smtp.tlsPort)",
          "--user", "a0:", "--oauth2-bearer", smtp.password, "--mail-from", from, "--mail-rcpt", to,
          "--upload-file", file.path,
        ])
      try await smtp.arrives("curl OAUTHBEARER")

      try await smtp.client(
        "/usr/bin/swaks",
        [
          "--server", "localhost", "--port", "\(smtp.port)", "--tls", "--auth", "LOGIN", "--auth-user", "a0",
          "--auth-password", smtp.password, "--from", from, "--to", to, "--header", "Subject: swaks",
        ])
      try await smtp.arrives("swaks")

      try await smtp.client(
        "/usr/bin/msmtp",
        [
          "--host=localhost", "--port=\(smtp.tlsPort)", "--tls=on", "--tls-starttls=off",
          "--tls-certcheck=off",
          "--auth=plain", "--user=a0", "--passwordeval=printf %s \(smtp.password)", "--from=\(from)", to,
        ], input: "From: \(from)\nTo: \(to)\nSubject: msmtp\n\nA text.\n")
      try await smtp.arrives("msmtp")
    }
  }

  @Test func `A client that knows no passwords sends from a listed network`() async throws {
    try await SMTPRig.run(arguments: ["--smtp-networks", "127.0.0.0/8=a0"]) { smtp in
      try await smtp.client(
        "/usr/sbin/smtp-source",
        [
          "-4", "-f", smtp.mailboxes[0], "-t", smtp.mailboxes[1], "-S", "smtp-source", "-m", "3", "-s", "2",
          "127.0.0.1:\(smtp.port)",
        ])
      try await eventually("three messages have arrived") {
        try await smtp.rig.sandbox.subjects(of: smtp.mailboxes[1]).filter { $0 == "smtp-source" }.count == 3
      }
    }
  }

  @Test func `A command makes a password and says what to enter`() async throws {
    try await SMTPRig.run { smtp in
      let made = try await smtp.rig.command([
        "smtp-credential", "--account", "a1", "--description", "Printer", "--allow-address", "127.0.0.1",
      ])
      #expect(made.status == 0, "\(made.errors)")
      let fields = Dictionary(
        uniqueKeysWithValues: made.output.split(separator: "\n").map { line in
          (String(line.prefix { $0 != "\t" }), String(line.drop { $0 != "\t" }.dropFirst()))
        })
      #expect(fields["port"] == "\(smtp.port), encryption STARTTLS; or \(smtp.tlsPort), encryption SSL/TLS")
      #expect(fields["server"] == "localhost" && fields["user name"] == "a1")
      #expect(fields["sender"] == smtp.mailboxes[1])
      let password = try #require(fields["password"])
      let client = try SMTPClient(port: smtp.port)
      #expect(try client.signIn("a1", password).hasPrefix("235"))
      let far = try await smtp.rig.command([
        "smtp-credential", "--account", "a1", "--allow-address", "10.0.0.0/8", "--json",
      ])
      let other = try #require(try JSON(parsing: far.output)["token"].text, "\(far.errors)")
      #expect(try SMTPClient(port: smtp.port).signIn("a1", other).hasPrefix("535-5.7.8"))
      let refused = try await smtp.rig.gateway.get("/v1/account/a1", token: password)
      #expect(refused.status == 403)
      let nobody = try await smtp.rig.command(["smtp-credential", "--account", "nobody"])
      #expect(nobody.status == 1 && nobody.output.isEmpty)
    }
  }

  @Test func `A certificate that is renewed is used without a restart, a broken one is not`() async throws {
    try await withFolder { folder in
      let (certificate, key) = (
        folder.appending(path: "smtp.pem").path, folder.appending(path: "smtp.key").path
      )
      func make(_ name: String) async throws {
        let made = try await Program.run(
          URL(filePath: "/usr/bin/openssl"),
          [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out",
            certificate,
          ], in: folder)
        #expect(made.status == 0, "\(made.errors)")
      }
      try await make("first.test")
      try await SMTPRig.run(arguments: ["--smtp-certificate", certificate, "--smtp-key", key]) { smtp in
        func subject() async throws -> String {
          try await Program.run(
            URL(filePath: "/bin/sh"),
            [
              "-c",
              "openssl s_client -connect 127.0.0.1:\(smtp.port) -starttls smtp </dev/null 2>/dev/null | openssl x509 -noout -subject",
            ], in: folder
          ).output
        }
        // With the file as the authority a client verifies it.
        try await smtp.client(
          "/usr/bin/curl",
          [
            "--silent", "--show-error", "--ssl-reqd", "--cacert", certificate, "--url",
            "smtp://localhost:\(smtp.port)",
            "--user", "a0:\(smtp.password)", "--request", "NOOP",
          ])
        #expect(try await subject().contains("first.test"))
        try await make("second.test")
        try await eventually("the new certificate is shown") { try await subject().contains("second.test") }
        try Data("no key".utf8).write(to: URL(filePath: key))
        try await eventually("the log tells of the broken key") {
          _ = try await subject()
          return smtp.rig.gateway.errors.contains("The last certificate stays in use.")
        }
        #expect(try await subject().contains("second.test"))
      }
    }
  }

  private static let python = """
    import json, smtplib, ssl, sys
    given = json.load(sys.stdin)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    def send(client, subject):
        client.login("a0", given["password"])
        refused = client.sendmail(given["from"], [given["to"]],
            f"From: {given['from']}\\r\\nTo: {given['to']}\\r\\nSubject: {subject}\\r\\n\\r\\n.dot\\r\\n")
        assert not refused, refused
        client.quit()
    send(smtplib.SMTP("localhost", int(given["port"])), "smtplib in the clear")
    client = smtplib.SMTP("localhost", int(given["port"]))
    client.starttls(context=context)
    send(client, "smtplib STARTTLS")
    send(smtplib.SMTP_SSL("localhost", int(given["tlsPort"]), context=context), "smtplib TLS")
    """
}
