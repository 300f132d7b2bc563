import Testing

@Suite struct TokenTests {
  @Test
  func `A hundred mailboxes of one app share one token request when Microsoft calls their token expired`()
    async throws
  {
    try await Rig.run { rig in
      let accounts = try await rig.connectHundred()
      try await rig.sandbox.advance(seconds: 7200)
      try await rig.expectOneTokenRequest(accounts)
    }
  }

  @Test func `A hundred mailboxes of one app share one token request when we call their token expired`()
    async throws
  {
    try await Rig.run { rig in
      // Less than the five minutes that have to remain.
      try await rig.sandbox.settings(["accessTokenLifetime": 200])
      let accounts = try await rig.connectHundred()
      try await rig.sandbox.settings(["accessTokenLifetime": 3600])
      try await rig.expectOneTokenRequest(accounts)
    }
  }
}

extension Rig {
  fileprivate func connectHundred() async throws -> [String] {
    try await sandbox.settings(["sendLagMs": 0])
    let mailboxes = Array(sandbox.directory.mailboxes.suffix(100))
    try #require(mailboxes.count == 100)
    return try await connectDaemon(mailboxes)
  }

  /// Sends one message from each account and counts what that cost.
  fileprivate func expectOneTokenRequest(_ accounts: [String]) async throws {
    let before = try await sandbox.requests().count { $0.isToken }
    let recipient = try #require(sandbox.directory.mailboxes.first)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for account in accounts {
        tasks.addTask {
          _ = try await gateway.submit("from \(account)", from: account, to: recipient).expect()
        }
      }
      try await tasks.waitForAll()
    }
    try await eventually("all hundred messages have arrived") {
      Set(try await sandbox.subjects(of: recipient)).count == accounts.count
    }
    let after = try await sandbox.requests().count { $0.isToken }
    #expect(after - before == 1)
  }
}
