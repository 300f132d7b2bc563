import Foundation

/// Messages a second over connections that each start TLS, authenticate, send one message of 2 KB and end, four at a
/// time, beside emailproxy (PyPI), which passes each message on to a server with OAuth2 while its client waits.
///
/// Heliograph's sandbox is stopped: a message counts when it is on disk. The server behind emailproxy takes every token
/// and keeps nothing.
struct RelayFigure {
  var bench: Bench
  /// A Python with emailproxy.
  var python: String

  private static let atATime = 4

  func table() async throws -> String {
    let certificate = try await Certificate.make(in: bench)
    var (gateway, proxy) = (Samples(), Samples())
    for round in 1...bench.rounds {
      bench.note("relay, round \(round) of \(bench.rounds)")
      gateway.add(try await throughGateway(certificate))
      proxy.add(try await throughProxy(certificate))
    }
    var table = Table("At a time", "Heliograph, messages/s", "emailproxy, messages/s", "Over emailproxy")
    table.add(
      "\(Self.atATime)", gateway.text(), proxy.text(decimals: 1), gateway.over(proxy).text(decimals: 1))
    return table.text
  }

  private func throughGateway(_ certificate: Certificate) async throws -> Double {
    try await Sandbox.run(bench) { sandbox in
      let mailbox = sandbox.mailboxes[0]
      return try await Gateway.run(
        bench, data: bench.fresh("relay"), microsoft: sandbox.service.url,
        arguments: ["--smtp-certificate", certificate.path, "--smtp-key", certificate.key]
      ) { gateway in
        try await gateway.connect([mailbox], of: sandbox)
        let password = try await gateway.password(of: mailbox)
        sandbox.child.freeze()
        return try await Self.rate(
          of: 400, from: mailbox, user: Gateway.account(mailbox), password, gateway.smtpPort)
      }
    }
  }

  private func throughProxy(_ certificate: Certificate) async throws -> Double {
    try await Sandbox.run(bench) { sandbox in
      let mailbox = sandbox.mailboxes[0]
      return try await SMTPSink.run(certificate) { sink in
        let port = try Service.freePort()
        let file = bench.fresh("emailproxy")
        let settings = settings(certificate, sink: sink, port: port, mailbox, sandbox)
        try settings.write(toFile: file, atomically: false, encoding: .utf8)
        return try await Child.run(
          python,
          ["-m", "emailproxy", "--no-gui", "--config-file", file, "--log-file", bench.folder + "/proxy.txt"],
          environment: ["SSL_CERT_FILE": certificate.path], log: bench.folder + "/emailproxy.log"
        ) { child in
          try await Service(port: port).untilListening(child)
          return try await Self.rate(of: 40, from: mailbox, user: mailbox, "password", port)
        }
      }
    }
  }

  private func settings(
    _ certificate: Certificate, sink: Int, port: Int, _ mailbox: String, _ sandbox: Sandbox
  ) -> String {
    """
    [SMTP-\(port)]
    local_address = 127.0.0.1
    local_starttls = True
    local_certificate_path = \(certificate.path)
    local_key_path = \(certificate.key)
    server_address = localhost
    server_port = \(sink)
    server_starttls = False

    [\(mailbox)]
    token_url = \(sandbox.service.url)/\(sandbox.daemon.tenantId)/oauth2/v2.0/token
    oauth2_scope = https://outlook.office365.com/.default
    oauth2_flow = client_credentials
    redirect_uri = http://localhost
    client_id = \(sandbox.daemon.clientId)
    client_secret = \(sandbox.daemon.secret ?? "")

    """
  }

  /// Messages a second, after one whose token is asked for.
  private static func rate(
    of count: Int, from mailbox: String, user: String, _ password: String, _ port: Int
  ) async throws -> Double {
    @Sendable func send(_ number: Int) async throws {
      try await SMTPClient.run(port: port) { client in
        try await client.startTLS()
        try await client.authenticate(user, password)
        let to = "b@example.com"
        try await client.send(
          SampleMessage(to: to, number: number).mime(from: mailbox), from: mailbox, to: to)
      }
    }
    try await send(0)
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...count {
        if number > atATime { try await group.next() }
        group.addTask { try await send(number) }
      }
      try await group.waitForAll()
    }
    return Double(count) / (ContinuousClock.now - start).seconds
  }
}

/// A certificate for `localhost` that signs itself.
struct Certificate: Sendable {
  var path: String
  var key: String

  static func make(in bench: Bench) async throws -> Certificate {
    let certificate = Certificate(path: bench.fresh("certificate"), key: bench.fresh("key"))
    let status = try await Child.status(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", certificate.key,
        "-out", certificate.path,
      ], log: bench.folder + "/openssl.log")
    guard status == 0 else { throw Failure("openssl makes no certificate; see \(bench.folder)/openssl.log.") }
    return certificate
  }
}
