import Core
import Foundation
import HTTPTypes
import Hummingbird
import JSON

/// What a request to `/subscriptions` does.
enum SubscriptionOperation: Hashable, Sendable {
  case list, create
  case show(String)
  case update(String)
  case delete(String)
  case reauthorize(String)

  /// - Parameter segments: of the path, after `subscriptions`.
  init(_ method: HTTPRequest.Method, _ segments: ArraySlice<String>) throws(GraphError) {
    let segments = Array(segments)
    switch (method, segments.count) {
    case (.get, 0): self = .list
    case (.post, 0): self = .create
    case (.get, 1): self = .show(segments[0])
    case (.patch, 1): self = .update(segments[0])
    case (.delete, 1): self = .delete(segments[0])
    case (_, 2...):
      let action = segments[1].lowercased().trimmingPrefix("microsoft.graph.")
      guard segments.count == 2, action == "reauthorize" else { throw .unknownSegment(segments[1]) }
      guard method == .post else { throw .methodNotAllowed }
      self = .reauthorize(segments[0])
    default: throw .methodNotAllowed
    }
  }
}

extension GraphExchange {
  func perform(
    _ operation: SubscriptionOperation, _ claims: AccessTokenClaims
  ) async throws -> Response {
    guard (request.uri.query ?? "").isEmpty else {
      throw GraphError.notSupported("A query option in a request to subscriptions")
    }
    if operation.takesNoBody { try await refuseBody() }
    switch operation {
    case .create: return try await createSubscription(claims)
    case .list:
      let own = await state.notifier.current.filter { $0.belongs(to: claims) }
      return json([
        "@odata.context": .string("\(context.origin)/v1.0/$metadata#subscriptions"),
        "value": .array(own.map { $0.json(showsState: false) }),
      ])
    case .show(let id): return show(try await own(id, claims), showsState: false)
    case .update(let id): return try await updateSubscription(own(id, claims), claims)
    case .delete(let id):
      await state.notifier.remove(try await own(id, claims).id)
      return response(.noContent)
    case .reauthorize(let id):
      try await refuseParameters(of: "reauthorize")
      let subscription = try await own(id, claims)
      _ = try reading(of: subscription.fields.resource, claims)
      _ = await state.notifier.change(subscription.id) { $0.isPaused = false }
      return response(.noContent)
    }
  }

  private func own(_ id: String, _ claims: AccessTokenClaims) async throws -> Subscription {
    guard let subscription = await state.notifier.subscription(id), subscription.belongs(to: claims) else {
      throw GraphError.subscriptionNotFound
    }
    return subscription
  }

  private func show(
    _ subscription: Subscription, status: HTTPResponse.Status = .ok, showsState: Bool = true
  ) -> Response {
    let members = subscription.json(showsState: showsState).object?.members ?? []
    let place = "\(context.origin)/v1.0/$metadata#subscriptions/$entity"
    return json(
      .object(JSONObject([(key: "@odata.context", value: .string(place))] + members)), status: status)
  }
}

// Creating and renewing.
extension GraphExchange {
  private func createSubscription(_ claims: AccessTokenClaims) async throws -> Response {
    let fields = try SubscriptionFields(try await jsonBody())
    let kinds = try fields.kinds
    let expires = try expiry(fields.expires)
    let (access, folder, filter) = try reading(of: fields.resource, claims)
    let place: MailFolder? =
      if let folder { try await state.mail.folder(folder, in: access.mailbox) } else { nil }
    for address in [fields.notificationURL, fields.lifecycleURL].compactMap({ $0 }) {
      try await validate(address)
    }
    let subscription = Subscription(
      id: UUID().uuidString.lowercased(), applicationID: claims.clientID, creatorID: claims.creatorID,
      tenantID: claims.tenantID, mailbox: try access.mailbox, folder: place, filter: filter,
      hasImmutableIDs: preferences.immutableIDs, fields: fields, kinds: kinds,
      notificationURL: fields.notificationURL, expires: expires)
    try await state.notifier.add(subscription)
    return show(subscription, status: .created)
  }

  private func updateSubscription(
    _ subscription: Subscription, _ claims: AccessTokenClaims
  ) async throws -> Response {
    let object = try await jsonBody().object
    for (name, value) in object?.members ?? [] where !name.hasPrefix("@odata.") {
      guard ["expirationDateTime", "notificationUrl"].contains(name) || value.isNull else {
        throw GraphError.subscription("The property '\(oneLine(name, limit: 64))' cannot be changed.")
      }
    }
    let text = try object?["expirationDateTime"]?.nullableText("expirationDateTime")
    let expires = try text.map { text throws(GraphError) in try expiry(SubscriptionFields.instant(text)) }
    let address = try object?["notificationUrl"]?.nullableText("notificationUrl")
    guard expires != nil || address != nil else {
      throw GraphError.subscriptionLacks("expirationDateTime")
    }
    _ = try reading(of: subscription.fields.resource, claims)
    if let address { try await validate(address) }
    let changed = await state.notifier.change(subscription.id) {
      $0.expires = expires ?? $0.expires
      $0.notificationURL = address ?? $0.notificationURL
      $0.isPaused = false
    }
    guard let changed else { throw GraphError.subscriptionNotFound }
    return show(changed)
  }

  private func validate(_ address: String) async throws {
    guard NotificationClient.mayReach(address) else {
      throw GraphError.subscription("The notification URL '\(oneLine(address, limit: 128))' must use https.")
    }
    try await state.notifier.validate(address)
  }

  /// What is too short is raised, as users report; what is too long is refused.
  private func expiry(_ wanted: Instant) throws(GraphError) -> Instant {
    let minutes = state.settings.subscriptionMaxMinutes
    guard wanted > now else { throw .subscription("The expiration date must be in the future.") }
    guard wanted <= now + .seconds(60 * minutes) else { throw .subscriptionTooLong(minutes) }
    return max(wanted, now + .seconds(60 * min(Self.minimumMinutes, minutes)))
  }

  private static let minimumMinutes = 45

  /// Whose mailbox, which folder of it, and which messages, if the token may read them.
  private func reading(
    of resource: String, _ claims: AccessTokenClaims
  ) throws -> (GraphAccess, folder: String?, ODataFilter.Expression?) {
    let parts = resource.split(separator: "?", maxSplits: 1).map(String.init)
    let path = try GraphPath("/" + (parts.first ?? "").trimmingPrefix("/"))
    guard case .messages(let folder) = path.route else {
      throw GraphError.notSupported("A subscription to '\(oneLine(resource, limit: 128))'")
    }
    let shape = ODataQuery.Shape(allowed: [.filter, .select], isCollection: true)
    let options = try ODataQuery(FormFields(urlEncoded: parts.count > 1 ? parts[1] : ""), for: shape)
    try MessageJSON.validate(options)
    guard !options.select.contains(where: { ["body", "uniquebody"].contains($0.lowercased()) }) else {
      throw GraphError.subscription("'$select' of a subscription cannot have body or uniqueBody.")
    }
    let access = try GraphAccess(claims, path, need: .read, in: state.directory)
    let isOwn = claims.isAppOnly || claims.userID == access.user.id
    let app = state.directory.app(claims.clientID)
    let scopes = Set(claims.isAppOnly ? claims.roles : claims.scopes)
    let mayRead =
      !state.settings.requireReadScope || app?.mailboxScope?.kind == .rbac
      || !scopes.isDisjoint(with: ["Mail.Read", "Mail.ReadBasic", "Mail.ReadBasic.All"])
    guard isOwn, mayRead else { throw GraphError.accessDenied }
    return (access, folder, options.filter?.expression)
  }
}

extension SubscriptionOperation {
  fileprivate var takesNoBody: Bool {
    switch self {
    case .list, .show, .delete: true
    case .create, .update, .reauthorize: false
    }
  }
}

extension Subscription {
  /// An app sees its own; with a person's token those that it made for that person.
  fileprivate func belongs(to claims: AccessTokenClaims) -> Bool {
    applicationID == claims.clientID && tenantID == claims.tenantID && creatorID == claims.creatorID
  }
}

extension AccessTokenClaims {
  /// The person, or the service principal of the app in its tenant.
  fileprivate var creatorID: String {
    userID ?? RandomText.guid(from: "service principal \(clientID) \(tenantID)")
  }
}
