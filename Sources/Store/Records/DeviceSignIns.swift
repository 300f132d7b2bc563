package import Core

/// A sign-in by device code: a person was shown a code, and enters it in their own browser.
package struct DeviceSignInRecord: Sendable {
  package var workspace: WorkspaceID
  package var id: DeviceSignInID
  /// What the sign-in is for.
  package var form: FormID
  package var appWorkspace: WorkspaceID
  package var app: AppID
  /// A box with what Entra is polled with.
  package var code: [UInt8]
  /// What the person enters.
  package var userCode: String
  package var verificationURL: String
  /// Between two polls.
  package var pollInterval: Duration
  package var nextPoll: Instant
  package var state: DeviceSignInState
  package var account: AccountID?
  package var problem: ProblemRecord?
  package var created: Instant
  package var expires: Instant

  package init(
    workspace: WorkspaceID, id: DeviceSignInID, form: FormID, appWorkspace: WorkspaceID, app: AppID,
    code: [UInt8], userCode: String, verificationURL: String, pollInterval: Duration, created: Instant,
    expires: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.form = form
    self.appWorkspace = appWorkspace
    self.app = app
    self.code = code
    self.userCode = userCode
    self.verificationURL = verificationURL
    self.pollInterval = pollInterval
    nextPoll = created + pollInterval
    state = .pending
    self.created = created
    self.expires = expires
  }
}

package enum DeviceSignInState: String, Sendable, CaseIterable {
  /// The person has not finished.
  case pending
  case connected
  /// The person said no.
  case declined
  case expired
  /// Nothing was stored; the problem says why.
  case failed
}

extension DeviceSignInRecord {
  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    form = try row.identifier("form")
    appWorkspace = try row.identifier("app_workspace")
    app = try row.identifier("app")
    code = try row.bytes("code")
    userCode = try row.text("user_code")
    verificationURL = try row.text("verification_url")
    pollInterval = .microseconds(try row.integer("poll_interval"))
    nextPoll = try row.instant("next_poll")
    state = try row.value("state")
    account = try row.optionalIdentifier("account")
    problem = try row.optionalProblem("problem")
    created = try row.instant("created")
    expires = try row.instant("expires")
  }

  fileprivate static let columns: SQL = """
    workspace, id, form, app_workspace, app, code, user_code, verification_url, poll_interval, next_poll,
      state, account, problem, created, expires
    """
}

extension Transaction {
  package func insert(_ signIn: DeviceSignInRecord) throws {
    try execute(
      "INSERT INTO device_sign_in (" + DeviceSignInRecord.columns + """
        ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
      signIn.workspace, signIn.id, signIn.form, signIn.appWorkspace, signIn.app, signIn.code, signIn.userCode,
      signIn.verificationURL, signIn.pollInterval.microseconds, signIn.nextPoll, signIn.state.rawValue,
      signIn.account, signIn.problem, signIn.created, signIn.expires)
  }

  package func deviceSignIn(
    _ id: DeviceSignInID, in workspace: WorkspaceID
  ) throws -> DeviceSignInRecord? {
    try row(
      "SELECT " + DeviceSignInRecord.columns + " FROM device_sign_in WHERE workspace = $1 AND id = $2",
      workspace, id
    ) { try DeviceSignInRecord($0) }
  }

  /// One that still waits for the person, through that app, the newest.
  package func pendingDeviceSignIn(
    of form: FormID, app: AppID, in workspace: WorkspaceID
  ) throws -> DeviceSignInRecord? {
    try row(
      "SELECT " + DeviceSignInRecord.columns + """
         FROM device_sign_in
        WHERE state = 'pending' AND workspace = $1 AND form = $2 AND app = $3 ORDER BY created DESC LIMIT 1
        """, workspace, form, app
    ) { try DeviceSignInRecord($0) }
  }

  /// How many were started for a form since that instant, however they ended.
  package func deviceSignIns(of form: FormID, in workspace: WorkspaceID, since start: Instant) throws -> Int {
    try row(
      "SELECT COUNT(*) AS number FROM device_sign_in WHERE workspace = $1 AND form = $2 AND created > $3",
      workspace, form, start
    ) { Int(try $0.integer("number")) } ?? 0
  }

  /// Up to `limit` whose turn it is, in all workspaces. Each is put off until `lease`, so that no other node
  /// polls for it meanwhile; `nextPoll` of what is returned is that instant.
  package func takeDeviceSignIns(
    due now: Instant, until lease: Instant, limit: Int
  ) throws -> [DeviceSignInRecord] {
    try rows(
      """
      UPDATE device_sign_in SET next_poll = $2 WHERE (workspace, id) IN
        (SELECT workspace, id FROM device_sign_in WHERE state = 'pending' AND next_poll <= $1
         ORDER BY next_poll LIMIT $3)
      RETURNING
      """ + " " + DeviceSignInRecord.columns, now, lease, limit
    ) { try DeviceSignInRecord($0) }
  }

  /// When the next turn is, of all workspaces.
  package func nextDevicePoll() throws -> Instant? {
    try row("SELECT next_poll FROM device_sign_in WHERE state = 'pending' ORDER BY next_poll LIMIT 1") {
      try $0.instant("next_poll")
    }
  }

  /// Ends the lease under which it was taken. Returns whether it still belonged to that lease.
  @discardableResult
  package func putOff(_ signIn: DeviceSignInRecord, interval: Duration, until next: Instant) throws -> Bool {
    try execute(
      """
      UPDATE device_sign_in SET poll_interval = $4, next_poll = $5
      WHERE workspace = $1 AND id = $2 AND state = 'pending' AND next_poll = $3
      """, signIn.workspace, signIn.id, signIn.nextPoll, interval.microseconds, next) > 0
  }

  /// How it ended. Returns whether it was still pending, and still that lease's.
  @discardableResult
  package func settle(
    _ signIn: DeviceSignInRecord, as state: DeviceSignInState, account: AccountID? = nil,
    problem: ProblemRecord? = nil
  ) throws -> Bool {
    try execute(
      """
      UPDATE device_sign_in SET state = $4, account = $5, problem = $6
      WHERE workspace = $1 AND id = $2 AND state = 'pending' AND next_poll = $3
      """, signIn.workspace, signIn.id, signIn.nextPoll, state.rawValue, account, problem) > 0
  }

  /// Removes those that expired before that instant, however they ended.
  package func deleteDeviceSignIns(expiredBefore instant: Instant) throws {
    try execute("DELETE FROM device_sign_in WHERE expires < $1", instant)
  }
}
