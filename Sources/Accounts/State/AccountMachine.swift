package import Core
package import Events
package import Store

/// Decides what happens to an account after an event. The only place that does; it uses neither
/// database nor clock, and `Transaction.apply` carries out what it says.
package struct AccountMachine: Sendable, Hashable {
  package var status: AccountStatus
  package var tokenOwner: TokenOwner
  package var baseScopes: BaseScopes
  /// Of the grant that it uses; `nil` without one, and for an app's own token.
  package var grantVersion: Int64?
  /// Whether its app is of its own workspace, and not one that the operator shares.
  package var ownsApp: Bool
  /// Its name in events.
  package var mailbox: String
  /// Whether a person who granted access is proven to be the owner of the address; `nil` for all others.
  package var identity: Identity?

  /// Whose token an account uses.
  package enum TokenOwner: Sendable, Hashable {
    /// That of the person who signed in to it, or whose refresh token was imported.
    case itself
    case anotherAccount
    /// All accounts of the app share it.
    case app
  }

  /// How long a refusal is respected before another request: Entra treats a client that keeps getting refused as
  /// one that loops (AADSTS50196).
  package static let pause: Duration = .seconds(300)

  package init(
    _ status: AccountStatus, tokenOwner: TokenOwner = .itself, baseScopes: BaseScopes = .api,
    grantVersion: Int64? = nil, ownsApp: Bool = true, mailbox: String = "",
    identity: Identity? = nil
  ) {
    self.status = status
    self.tokenOwner = tokenOwner
    self.baseScopes = baseScopes
    self.grantVersion = grantVersion
    self.ownsApp = ownsApp
    self.mailbox = mailbox
    self.identity = identity
  }
}

/// What can happen to an account.
package enum AccountInput: Sendable, Hashable {
  /// It was entered, or entered again with other values; `false` for those of another mailbox.
  case entered(sameMailbox: Bool)
  /// Its owner has signed in: a new grant with a valid token is stored.
  case signedIn(mailboxFound: Bool)
  /// Its first token is about to be requested.
  case connecting
  /// There is a valid token for it, and this is the result of checking the mailbox with it.
  case tokenGained(MailboxFinding)
  /// Microsoft accepted a message from the mailbox.
  case messageAccepted
  /// Its token was refused permanently. A refusal of a grant that has been replaced since is void;
  /// `grantVersion` is `nil` for an app's own token.
  case tokenRefused(ProblemRecord, grantVersion: Int64?, blamesApp: Bool)
  /// It could not be connected; an account with a better explanation keeps that.
  case connectingFailed(ProblemRecord)
  /// The account whose grant it uses was refused a token, or has a valid one again.
  case grantOwnerRefused(ProblemRecord)
  case grantOwnerRestored
  /// An imported grant was tried and has replaced the one it had, or was refused and has not.
  case importAdopted
  case importRefused(ProblemRecord)
  case paused
  case resumed
  case reconnectRequested
  /// The settings of its app have been changed.
  case appChanged
}

/// The result of checking a mailbox.
package enum MailboxFinding: Sendable, Hashable {
  case found
  /// Reading was not allowed, or Graph was unavailable: the first message will show.
  case unknown
  /// The app is not let into it, which may change at Microsoft at any time: a message will show.
  case closed(ProblemRecord)
  /// The account cannot be connected: no such mailbox, no access to it, or a permission is missing.
  case unusable(ProblemRecord)
}

/// What follows for an account.
package struct AccountTransition: Sendable {
  package var status: AccountStatus
  /// What is recorded about its app.
  package var appError: AppErrorChange = .kept
  /// What its event log records.
  package var event: Event?
  /// Whether messages that wait for the account are sent now; otherwise they keep waiting.
  package var resumesMessages = false
  /// What happens with this to the accounts that use its grant.
  package var delegates: AccountInput?
  /// Whether the connector has something to do.
  package var wakesConnector = false

  package enum AppErrorChange: Sendable, Hashable {
    case kept
    case cleared
    case set(ProblemRecord)
  }
}

extension AccountMachine {
  package func transition(for input: AccountInput) -> AccountTransition {
    switch input {
    case .entered(let sameMailbox):
      var next = moved(to: .initial)
      next.status.mailboxFound = status.mailboxFound && sameMailbox
      next.wakesConnector = true
      return next
    case .signedIn(let found): return connected(mailboxFound: found)
    case .connecting: return status.state == .initial ? moved(to: .connecting) : unchanged
    case .tokenGained(let finding): return gained(finding)
    case .messageAccepted:
      var next = unchanged
      next.status.mailboxFound = true
      if status.isClosed { next.status.lastError = nil }
      return next
    case .tokenRefused(let problem, let version, let blamesApp):
      guard version == nil || version == grantVersion else { return unchanged }
      var next = refused(problem)
      next.delegates = .grantOwnerRefused(problem)
      if blamesApp { next.appError = .set(problem) }
      return next
    case .connectingFailed(let problem):
      switch status.state {
      case .initial, .connecting: return failed(problem)
      case .connectError:
        return problem.code == ProblemCode.accountNotConnected.rawValue ? unchanged : failed(problem)
      case .unset, .connected, .authenticationError: return unchanged
      }
    case .grantOwnerRefused(let problem): return refused(problem)
    case .grantOwnerRestored: return restored
    case .importAdopted: return adopted
    case .importRefused(let problem):
      var next = unchanged
      next.status.lastError = problem
      if status.lastError?.code != problem.code { next.event = .authenticationError(problem) }
      return next
    case .paused:
      var next = unchanged
      next.status.paused = true
      return next
    case .resumed:
      guard status.paused else { return unchanged }
      var next = unchanged
      next.status.paused = false
      next.resumesMessages = true
      next.wakesConnector = true
      return next
    case .reconnectRequested:
      var next = moved(to: .connecting)
      // One workspace must not make all the others try a shared app again.
      if ownsApp { next.appError = .cleared }
      next.wakesConnector = true
      return next
    case .appChanged:
      guard isRefused else {
        // Messages of a connected account may wait for the app too.
        var next = unchanged
        next.resumesMessages = isConnected && !status.paused
        return next
      }
      guard status.lastError?.scope == .app else { return unchanged }
      var next = moved(to: .connecting)
      next.wakesConnector = true
      return next
    }
  }

  private func gained(_ finding: MailboxFinding) -> AccountTransition {
    switch finding {
    case .unusable(let problem): return isConnected ? unchanged : failed(problem)
    case .closed(let problem):
      guard !isConnected else { return unchanged }
      var next = connected(mailboxFound: false)
      next.status.lastError = problem
      return next
    case .found, .unknown:
      guard !isConnected else {
        var next = unchanged
        next.status.mailboxFound = status.mailboxFound || finding == .found
        return next
      }
      return connected(mailboxFound: status.mailboxFound || finding == .found)
    }
  }

  /// The grant that it uses works again: what was refused with the previous one is tried again.
  private var restored: AccountTransition {
    guard isRefused else { return unchanged }
    if status.state == .authenticationError, status.mailboxFound {
      return connected(mailboxFound: true)
    }
    var next = moved(to: .connecting)
    next.wakesConnector = true
    return next
  }

  /// An account that was not connected is connected by the token that came with the grant, as usual.
  private var adopted: AccountTransition {
    var next = isConnected ? connected(mailboxFound: status.mailboxFound) : moved(to: .connecting)
    if isConnected { next.event = success }
    next.wakesConnector = !isConnected
    return next
  }

  private func connected(mailboxFound: Bool) -> AccountTransition {
    var next = moved(to: connectedState)
    next.status.mailboxFound = mailboxFound
    if !isConnected { next.event = success }
    next.appError = .cleared
    next.resumesMessages = true
    next.delegates = .grantOwnerRestored
    return next
  }

  private var success: Event { .authenticationSuccess(user: mailbox, identity) }

  /// Only the first of a run of refusals is reported.
  private func refused(_ problem: ProblemRecord) -> AccountTransition {
    var next = moved(to: .authenticationError)
    next.status.lastError = problem
    if status.state != .authenticationError { next.event = .authenticationError(problem) }
    return next
  }

  /// Only the first of a run of failures is reported.
  private func failed(_ problem: ProblemRecord) -> AccountTransition {
    var next = moved(to: .connectError)
    next.status.lastError = problem
    if status.state != .connectError { next.event = .connectError(problem) }
    return next
  }

  private func moved(to state: AccountState) -> AccountTransition {
    var next = unchanged
    next.status.state = state
    next.status.lastError = nil
    return next
  }

  private var unchanged: AccountTransition { AccountTransition(status: status) }
}

extension AccountStatus {
  /// Whether the account has a token with which, as far as is known, nothing can be sent; `lastError` says why.
  package var isClosed: Bool {
    state == .connected && !mailboxFound && lastError?.code == ProblemCode.graphAccessDenied.rawValue
  }
}

// What the state means for a request for a token
extension AccountMachine {
  /// The state of an account with a token: without a backend it cannot send, so it is not connected.
  package var connectedState: AccountState {
    switch baseScopes {
    case .api: .connected
    case .imap: .unset
    }
  }

  /// Whether it is in the state that a token leads to.
  package var isConnected: Bool { status.state == connectedState }

  /// Whether the mailbox is checked before it is connected: not if it only comes back from a refusal.
  package var needsLook: Bool {
    !isConnected && !(status.state == .authenticationError && status.mailboxFound)
  }

  private var isRefused: Bool { status.state == .authenticationError || status.state == .connectError }

  /// Why no token is requested at this time: a lost grant blocks until a person signs in again, and any
  /// other refusal for a while, because it may be fixed at Microsoft without notice.
  ///
  /// - Parameter appError: the app's last refusal, for any of its accounts.
  package func refusalInForce(_ appError: ProblemRecord?, at now: Instant) -> ProblemRecord? {
    if let refusal = status.lastError {
      let isRecent = now < refusal.occurred + Self.pause
      let isLoss = refusal.knownCode?.fault == .grant && tokenOwner != .app
      if status.state == .authenticationError, isRecent || isLoss { return refusal }
      if status.state == .connectError, isRecent, !refusal.passesByItself { return refusal }
    }
    return appError.flatMap { now < $0.occurred + Self.pause ? $0 : nil }
  }
}

extension AccountMachine {
  package init(_ details: AccountDetails) {
    let account = details.account
    self.init(
      account.status,
      tokenOwner: details.provider == .outlookService
        ? .app : account.delegatedAccount == nil ? .itself : .anotherAccount,
      baseScopes: details.baseScopes, grantVersion: details.grantVersion,
      ownsApp: account.appWorkspace == account.workspace, mailbox: account.mailbox,
      identity: details.provider == .outlook && account.delegatedAccount == nil ? account.identity : nil)
  }
}

extension ProblemRecord {
  /// The row of the catalogue; `nil` for a code of a newer version.
  var knownCode: ProblemCode? { ProblemCode(rawValue: code) }

  /// Whether the cause is Microsoft or this installation, not the account.
  fileprivate var passesByItself: Bool { scope == .service || scope == .installation }
}
