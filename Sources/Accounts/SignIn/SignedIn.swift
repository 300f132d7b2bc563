import Core
import Microsoft
import Store

/// Who signed in.
struct SignedIn: Sendable {
  /// What the mailbox is called. May be anything that the administrator of any tenant has entered.
  var address: String
  /// All that it is said to answer to. The claim `email` is not among them: it is whatever the administrator of any
  /// tenant says (Microsoft Learn, "Secure applications and APIs by validating claims").
  var aliases: [String]
  /// Those that prove something where the domain is that of the tenant, or Microsoft's own; a user's `mail` alone
  /// does not. None of a guest.
  var provable: [String]
  var name: String?
  var isPersonal: Bool
  /// `nil`, both of them, when only Graph has said who it is.
  var tenantID: String?
  var objectID: String?
  /// What is known about the addresses that matter, in lower case; see `judged`.
  var judgements: [String: AddressClaim] = [:]

  init(_ token: IDToken?, user: GraphUser) {
    address = user.address
    isPersonal = token?.isPersonal ?? false
    let isGuest = user.isGuest || token?.isGuest ?? false
    // Of a personal account only the name that it signs in with.
    let names = [user.userPrincipalName] + (isPersonal ? [] : user.proxyAddresses)
    aliases = [user.address] + names
    provable = isGuest ? [] : names
    name = user.displayName
    tenantID = token?.tenantID
    objectID = token?.objectID
  }

  /// All that is known without permission to read the profile. `nil` when there is no name.
  init?(_ token: IDToken) {
    guard let address = token.preferredUsername ?? token.email else { return nil }
    self.address = address
    isPersonal = token.isPersonal
    aliases = token.preferredUsername.map { [$0] } ?? []
    provable = token.isGuest ? [] : aliases
    name = token.name
    tenantID = token.tenantID
    objectID = token.objectID
  }
}

/// How far an address is the person's.
enum AddressClaim: Sendable, Hashable {
  /// The owner of its domain says so.
  case proven
  /// The person or some administrator says so.
  case unproven
  /// Only Microsoft could say, and does not: perhaps an alias of a personal account.
  case unknown
  /// Nobody says so.
  case foreign
}

extension SignedIn {
  /// Microsoft ignores the case of the whole address.
  func claim(to email: String) -> AddressClaim {
    let email = email.lowercased()
    if let judgement = judgements[email] { return judgement }
    return aliases.contains { $0.lowercased() == email } ? .unproven : .foreign
  }

  /// What the account is called: a proven address, if there is one. `wanted` is the one that a link is for.
  func address(wanted: String?) -> String {
    let names = [address, wanted].compactMap(\.self)
    if let proven = names.first(where: { claim(to: $0) == .proven }) { return proven }
    guard wanted == nil else { return address }
    return provable.first { claim(to: $0) == .proven } ?? address
  }

  func isOwner(of account: AccountRecord) -> Bool {
    account.tenantID == tenantID && account.objectID == objectID
  }

  /// Whether an account is theirs already, or may become theirs: the address suffices for one that has no owner yet.
  func matches(_ account: AccountRecord) -> Bool {
    if account.isOwnerKnown { return isOwner(of: account) }
    let claims = Set([claim(to: account.email), claim(to: account.mailbox)])
    return claims.contains(.proven) || !account.hasOwner && claims.contains(.unproven)
  }

  /// Whether it is proven that the account's mailbox is theirs.
  func identity(of account: AccountRecord) -> Identity {
    [account.email, account.mailbox].contains { claim(to: $0) == .proven } ? .verified : .unverified
  }

  /// The mailbox must be the one that the link is for; a link for an account that exists, and that names no
  /// address, is for that account's mailbox. The person who connected an account stays its owner, because an
  /// address may pass to another person.
  ///
  /// Returns whether it is proven that the mailbox is theirs.
  func check(_ form: HostedFormRecord, existing: AccountRecord?) throws(Problem) -> Identity {
    var identity: Identity = claim(to: address(wanted: nil)) == .proven ? .verified : .unverified
    if let wanted = form.wantedEmail {
      identity = try accept(wanted, asProven: form.expectedEmail != nil)
    }
    guard let existing else { return identity }
    guard !form.delegated || existing.isDelegated(to: form.email) else {
      throw .otherMailbox(existing.id, existing.mailbox)
    }
    if existing.isOwnerKnown {
      guard isOwner(of: existing) else { throw .ownerMismatch(of: existing.email, signedIn: address) }
    } else if !form.delegated, !existing.delegated {
      if form.wantedEmail == nil, claim(to: existing.mailbox) != .proven {
        identity = try accept(existing.email, asProven: existing.hasOwner)
      } else if existing.hasOwner, !matches(existing) {
        throw .identityUnproven(existing.email, signedIn: address)
      }
    }
    return identity
  }

  private func accept(_ wanted: String, asProven: Bool) throws(Problem) -> Identity {
    switch claim(to: wanted) {
    case .proven: return .verified
    case .unproven, .unknown:
      if asProven { throw .identityUnproven(wanted, signedIn: address) }
      return .unverified
    case .foreign: throw .identityMismatch(expected: wanted, signedIn: address)
    }
  }
}

extension AccountRecord {
  /// Whether it is, or waits to be, an account of that mailbox for which another person signs in.
  func isDelegated(to mailbox: String?) -> Bool {
    delegated && self.mailbox.lowercased() == mailbox?.lowercased()
  }

  /// Whether Microsoft has said who its owner is.
  var isOwnerKnown: Bool { tenantID != nil && objectID != nil }

  /// Whether it is somebody's, also where Microsoft has not said whose.
  var hasOwner: Bool { isOwnerKnown || identity == .verified || state == .connected }
}

// Whose domain it is
extension Endpoints {
  /// Who a token is of: by Graph where it may say so, otherwise by the id_token alone; `nil` where neither does.
  ///
  /// - Parameter addresses: those that matter, besides what the person is called.
  func person(
    _ accessToken: Secret, _ scopes: [String], _ idToken: IDToken?, _ app: OAuth2AppRecord,
    judging addresses: [String?]
  ) async throws -> SignedIn? {
    let person: SignedIn?
    if Scopes.grant(scopes, includes: "User.Read") {
      let graph = try graph(for: app, mailbox: .me, token: accessToken)
      person = SignedIn(idToken, user: try await graph.user(inDirectory: idToken?.isPersonal == false))
    } else {
      person = idToken.flatMap { SignedIn($0) }
    }
    guard var person else { return nil }
    let names = [person.address, person.provable.first] + addresses
    for address in Set(names.compactMap { $0?.lowercased() }) {
      person.judgements[address] = try await claim(of: person, to: address, app)
    }
    return person
  }

  /// Throws when Entra cannot be asked.
  private func claim(
    of person: SignedIn, to address: String, _ app: OAuth2AppRecord
  ) async throws(Problem) -> AddressClaim {
    let claim = person.claim(to: address)
    let isProvable = person.provable.contains { $0.lowercased() == address }
    let domain = String(address.split(separator: "@").last ?? "")
    if person.isPersonal {
      guard try cloud(of: app).consumerDomains.contains(domain) else { return claim }
      return isProvable ? .proven : claim == .foreign ? .unknown : claim
    }
    guard isProvable, let tenant = person.tenantID, try await isDomain(domain, of: tenant, app) else {
      return claim
    }
    return .proven
  }

  /// Whether the tenant has proved to Microsoft that the domain is its own: only one tenant can.
  private func isDomain(
    _ domain: String, of tenantID: String, _ app: OAuth2AppRecord
  ) async throws(Problem) -> Bool {
    guard let name = try? Authority(domain), name.isConcrete, !isGUID(domain) else { return false }
    let entra = try entra(for: app)
    do throws(Problem) {
      let issuer = try await entra.discover(tenant: name.segment).issuer
      return issuer.lowercased() == "\(entra.cloud.login)/\(tenantID)/v2.0".lowercased()
    } catch {
      // Entra knows no such domain.
      if error.retry == .futile { return false }
      throw error
    }
  }
}
