/// Whose resource a request may touch, and how: decided from the token and the path alone.
struct GraphAccess: Sendable {
  /// The owner of the resource that the path names.
  var user: SandboxDirectory.User
  var claims: AccessTokenClaims
  /// The token allows no more than `Mail.ReadBasic`.
  var isBasic = false

  enum Need: Hashable, Sendable { case profile, read, write, send }

  /// - Throws: in the order in which Graph checks: no such user, no permission, no mailbox.
  init(_ claims: AccessTokenClaims, _ path: GraphPath, need: Need, in directory: SandboxDirectory)
    throws(GraphError)
  {
    self.claims = claims
    user = try Self.user(claims, path, in: directory)
    if need == .profile {
      guard Self.mayReadProfile(claims, of: user) else { throw .insufficientPrivileges }
      return
    }
    isBasic = try Self.grant(need, to: claims, in: user, directory: directory)
    guard user.hasMailbox else { throw .noMailbox }
  }

  /// The mailbox; its existence was checked by `init`.
  var mailbox: MailboxID {
    get throws(GraphError) {
      guard let id = MailboxID(user.id) else { throw .noMailbox }
      return id
    }
  }

  /// Who the message is from and who sends it, when it leaves this mailbox: its owner, or another in whose name the
  /// person may send (Microsoft Learn, "Send Outlook messages from another user").
  ///
  /// - Parameter keepsAliases: else the author's primary address stands in for any other one.
  func author(
    of message: Message, in directory: SandboxDirectory, keepsAliases: Bool
  ) throws(GraphError) -> SendingAuthor {
    let from = message.from ?? Correspondent(name: user.displayName, address: user.primaryAddress)
    guard let author = directory.owner(of: from.address) else { throw .sendAsDenied }
    let isAlias = from.key != author.primaryAddress.lowercased()
    let shown = isAlias && !keepsAliases ? author.correspondent : from
    guard let me = claims.userID else {
      guard author.id == user.id else { throw .sendAsDenied }
      return SendingAuthor(from: shown, sender: shown)
    }
    if author.id == me {
      guard user.id == me else { throw .sendAsDenied }
      return SendingAuthor(from: shown, sender: shown)
    }
    let right = Self.right(in: author, of: claims, directory)
    guard claims.scopes.contains("Mail.Send.Shared"), let right, right.sendAs || right.sendOnBehalf,
      let person = directory.user(me)
    else { throw .sendAsDenied }
    // Who has both rights sends as the other.
    return SendingAuthor(from: shown, sender: right.sendAs ? shown : person.correspondent)
  }

  private static func user(
    _ claims: AccessTokenClaims, _ path: GraphPath, in directory: SandboxDirectory
  ) throws(GraphError) -> SandboxDirectory.User {
    switch path.owner {
    case .me:
      guard let id = claims.userID else { throw .meWithoutUser }
      guard let user = directory.user(id) else { throw .userNotFound(id) }
      return user
    case .user(let name):
      // Users of another tenant are not found.
      guard let user = directory.user(name), user.tenantId == claims.tenantID else {
        throw path.route == .user ? .userNotFound(name) : .invalidUser(name)
      }
      return user
    }
  }

  private static func mayReadProfile(_ claims: AccessTokenClaims, of user: SandboxDirectory.User) -> Bool {
    let everybody: Set = ["User.Read.All", "User.ReadWrite.All", "User.ReadBasic.All", "Directory.Read.All"]
    if claims.isAppOnly { return !everybody.isDisjoint(with: claims.roles) }
    if !everybody.isDisjoint(with: claims.scopes) { return true }
    return claims.userID == user.id && !Set(["User.Read", "User.ReadWrite"]).isDisjoint(with: claims.scopes)
  }

  /// Whether the permission is a basic one; throws without a permission.
  private static func grant(
    _ need: Need, to claims: AccessTokenClaims, in user: SandboxDirectory.User, directory: SandboxDirectory
  ) throws(GraphError) -> Bool {
    let held = Set(claims.isAppOnly ? claims.roles : claims.scopes)
    // Sending from another's mailbox takes Full Access besides the right to send in its name.
    let isReached = right(in: user, of: claims, directory)?.fullAccess == true
    let scope = directory.app(claims.clientID)?.mailboxScope
    func holds(_ names: [String]) -> Bool {
      if claims.isAppOnly { return admits(user, scope, hasRole: !held.isDisjoint(with: names)) }
      let shared = names.map { $0 + ".Shared" }
      return claims.userID == user.id
        ? !held.isDisjoint(with: names + shared) : isReached && !held.isDisjoint(with: shared)
    }
    switch need {
    case .profile: return false
    case .send: if holds(["Mail.Send"]) { return false }
    case .write: if holds(["Mail.ReadWrite"]) { return false }
    case .read:
      if holds(["Mail.Read", "Mail.ReadWrite"]) { return false }
      if holds(["Mail.ReadBasic"]) || (claims.isAppOnly && held.contains("Mail.ReadBasic.All")) {
        return true
      }
    }
    if claims.isAppOnly, scope?.kind == .accessPolicy, scope?.covers(user) == false { throw .blockedByPolicy }
    throw .accessDenied
  }

  /// Whether an app with its own token reaches a mailbox. Roles in its token and a scoped role at Exchange
  /// add up; an access policy only takes away (Microsoft Learn, "Role Based Access Control for Applications
  /// in Exchange Online").
  private static func admits(
    _ user: SandboxDirectory.User, _ scope: SandboxDirectory.MailboxScope?, hasRole: Bool
  ) -> Bool {
    guard let scope else { return hasRole }
    return scope.kind == .rbac ? hasRole || scope.covers(user) : hasRole && scope.covers(user)
  }

  /// The rights of the token's user in another mailbox.
  private static func right(
    in user: SandboxDirectory.User, of claims: AccessTokenClaims, _ directory: SandboxDirectory
  ) -> SandboxDirectory.Member? {
    guard user.tenantId == claims.tenantID else { return nil }
    return claims.userID.flatMap(directory.user).flatMap(user.member)
  }
}

extension GraphError {
  init(_ fault: AccessTokenFault) {
    switch fault {
    case .malformed: self = .tokenMalformed
    case .signature: self = .badSignature
    case .expired: self = .tokenExpired
    case .audience: self = .wrongAudience
    }
  }
}

extension SandboxDirectory {
  var mailboxOwners: [MailboxOwner] {
    users.filter(\.hasMailbox).compactMap { user in
      guard let id = MailboxID(user.id) else { return nil }
      return MailboxOwner(id: id, displayName: user.displayName, addresses: user.addresses)
    }
  }

  /// Whose address it is, an alias or not.
  func owner(of address: String) -> User? {
    let key = address.lowercased()
    return user(address) ?? users.first { $0.addresses.contains { $0.lowercased() == key } }
  }
}

extension SandboxDirectory.User {
  /// All at which mail arrives, the primary one first.
  var addresses: [String] {
    var seen: Set<String> = []
    return ([mail, userPrincipalName].compactMap { $0 } + aliases).filter {
      seen.insert($0.lowercased()).inserted
    }
  }

  var primaryAddress: String { mail ?? userPrincipalName }

  var correspondent: Correspondent { Correspondent(name: displayName, address: primaryAddress) }
}

extension SandboxDirectory.MailboxScope {
  func covers(_ user: SandboxDirectory.User) -> Bool {
    mailboxes.contains { $0.lowercased() == user.userPrincipalName.lowercased() }
  }
}
