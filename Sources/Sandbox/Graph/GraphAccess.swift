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

  /// Whether a message from this mailbox may carry that address: its own ones, and those of a shared mailbox
  /// in whose name the person may send (Microsoft Learn, "Send Outlook messages from another user").
  func maySend(as address: String, in directory: SandboxDirectory) -> Bool {
    guard let other = directory.user(address) else { return false }
    guard let me = claims.userID else { return other.id == user.id }
    if other.id == me { return user.id == me }
    return claims.scopes.contains("Mail.Send.Shared")
      && Self.right(in: other, of: claims, directory)?.sendAs == true
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
    let right = right(in: user, of: claims, directory)
    let isReached = right?.fullAccess == true || (need == .send && right?.sendAs == true)
    func holds(_ names: [String]) -> Bool {
      if claims.isAppOnly {
        return admits(
          user, directory.app(claims.clientID)?.mailboxScope, hasRole: !held.isDisjoint(with: names))
      }
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
    throw .accessDenied
  }

  /// Whether an app with its own token reaches a mailbox. Roles in its token and a scoped role at Exchange
  /// add up; an access policy only takes away (Microsoft Learn, "Role Based Access Control for Applications
  /// in Exchange Online").
  private static func admits(
    _ user: SandboxDirectory.User, _ scope: SandboxDirectory.MailboxScope?, hasRole: Bool
  ) -> Bool {
    guard let scope else { return hasRole }
    let isInside = scope.mailboxes.contains { $0.lowercased() == user.userPrincipalName.lowercased() }
    return scope.kind == .rbac ? hasRole || isInside : hasRole && isInside
  }

  /// The rights of the token's user in a shared mailbox.
  private static func right(
    in user: SandboxDirectory.User, of claims: AccessTokenClaims, _ directory: SandboxDirectory
  ) -> SandboxDirectory.Member? {
    guard user.kind == .shared, user.tenantId == claims.tenantID else { return nil }
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
      let addresses = [user.mail, user.userPrincipalName].compactMap { $0 }
      return MailboxOwner(
        id: id, displayName: user.displayName,
        addresses: addresses.count > 1 && addresses[0] == addresses[1]
          ? [addresses[0]] : addresses)
    }
  }
}
