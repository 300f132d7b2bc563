package import Core
import HTTP
import JSON
package import Store
import Vault

// The routes of a workspace, as people add and change them.
extension Webhooks {
  /// So many are read for every batch of events.
  static var routeLimit: Int { 100 }

  /// Events that happen from now on are posted.
  ///
  /// - Returns: The key that signs posts; it is not shown again.
  /// - Throws: `webhook.invalid`, `webhook.addressRefused`.
  package func add(
    _ new: NewRoute, in workspace: WorkspaceID
  ) async throws -> (id: WebhookRouteID, secret: WebhookSecret) {
    let now = time.now
    let id = WebhookRouteID.make(at: now)
    let url = try await checked(new.targetURL)
    let key = WebhookSecret.make()
    let secrets = RouteSecrets(key: key, headers: new.customHeaders)
    let box = try secrets.sealed(id, in: workspace, vault)
    let events = Self.events(new.events)
    let (filter, payload) = (try Self.filter(new.filter), try Self.payload(new.payload))
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      let position = try tx.lockPositions(in: workspace)
      let count = try tx.sharedWebhookRouteCount(in: workspace)
      guard count < Self.routeLimit else {
        throw Problem.webhookInvalid(
          "name", "cannot be added: there are \(count) routes, as many as there may be")
      }
      try tx.insert(
        WebhookRouteRecord(
          workspace: workspace, id: id, name: new.name, description: new.description, enabled: new.enabled,
          targetURL: url.text, secrets: box, events: events, accounts: new.accounts, filter: filter,
          payload: payload, ordering: new.ordering, startPosition: position,
          created: now))
    }
    return (id, key)
  }

  package func route(_ id: WebhookRouteID, in workspace: WorkspaceID) async throws -> ShownRoute {
    let (record, counts) = try await store.read { (tx: borrowing Transaction) in
      let route = try tx.knownRoute(id, in: workspace)
      return (route, try tx.webhookTaskCounts(of: route))
    }
    return try shown(record, counts)
  }

  /// Oldest first.
  package func routes(_ request: PageRequest, in workspace: WorkspaceID) async throws -> Page<ShownRoute> {
    let page = try await store.read { (tx: borrowing Transaction) in
      try tx.webhookRoutes(request, in: workspace).map { ($0, try tx.webhookTaskCounts(of: $0)) }
    }
    return try page.map { try shown($0.0, $0.1) }
  }

  private func shown(_ record: WebhookRouteRecord, _ counts: WebhookTaskCounts) throws -> ShownRoute {
    let secrets = try RouteSecrets(record.secrets, of: record.id, in: record.workspace, vault)
    return ShownRoute(
      record: record, headerNames: secrets.headers.map(\.name),
      rotatingUntil: secrets.rotatingUntil(at: time.now), tasks: counts)
  }

  /// One that is enabled continues where it stopped, unless what was missed is to be skipped.
  package func update(
    _ id: WebhookRouteID, _ change: RouteChange, in workspace: WorkspaceID
  ) async throws {
    let now = time.now
    var url: GuardedURL?
    if let target = change.targetURL { url = try await checked(target) }
    let events = change.events.map { Self.events($0) }
    let (filter, payload) = (
      try change.filter.map { try Self.filter($0) }, try change.payload.map { try Self.payload($0) }
    )
    let (vault, target) = (vault, url)
    let lane = try await store.write(isolation: .readCommitted) {
      (tx: borrowing Transaction) -> LaneKey in
      let position = try tx.lockPositions(in: workspace)
      let old = try tx.knownRoute(id, in: workspace)
      guard old.kind == .route || old.kind == .settings && change.isSwitch else {
        throw Problem.webhookOfOther(old)
      }
      try tx.wake(old.lane, due: now)
      var route = old
      var secrets = try RouteSecrets(route.secrets, of: id, in: workspace, vault)
      if let headers = change.customHeaders { secrets.setHeaders(headers) }
      if let target { route.targetURL = target.text }
      route.secrets = try secrets.sealed(id, in: workspace, vault)
      if let name = change.name { route.name = name }
      if let description = change.description { route.description = description.isEmpty ? nil : description }
      if let enabled = change.enabled { route.enabled = enabled }
      if let events { route.events = events }
      if let accounts = change.accounts { route.accounts = accounts }
      if let filter { route.filter = filter }
      if let payload { route.payload = payload }
      if let ordering = change.ordering { route.ordering = ordering }
      route.updated = now
      try tx.apply(old, to: route, skippingTo: change.skipsMissed ? position : nil, at: now)
      return route.lane
    }
    wake([lane])
  }

  package func delete(_ id: WebhookRouteID, in workspace: WorkspaceID) async throws {
    try await store.write { (tx: borrowing Transaction) in
      let route = try tx.knownRoute(id, in: workspace)
      guard route.kind == .route else { throw Problem.webhookOfOther(route) }
      try tx.wake(route.lane, due: route.updated)
      try tx.deleteWebhookRoute(route)
    }
  }

  /// Makes a new key. Posts are signed with the old one too until `overlap` has passed.
  package func rotate(
    _ id: WebhookRouteID, overlap: Duration, in workspace: WorkspaceID
  ) async throws -> (secret: WebhookSecret, oldExpires: Instant) {
    let (now, key, vault) = (time.now, WebhookSecret.make(), vault)
    try await store.write { (tx: borrowing Transaction) in
      var route = try tx.knownRoute(id, in: workspace)
      var secrets = try RouteSecrets(route.secrets, of: id, in: workspace, vault)
      secrets.rotate(to: key, keepingOldFor: overlap, at: now)
      route.secrets = try secrets.sealed(id, in: workspace, vault)
      route.updated = now
      try tx.update(route)
    }
    return (key, now + overlap)
  }

  /// - Throws: `webhook.invalid` for what is no URL, `webhook.addressRefused` for a host that may not be posted to.
  package func checked(_ text: String, field: String = "targetUrl") async throws -> GuardedURL {
    do {
      let url = try GuardedURL(text)
      if case .refusedAddress(let address) = await exchange.refusal(of: url) {
        throw Problem.webhookAddressRefused(url.host, address)
      }
      return url
    } catch let fault as GuardedURLFault {
      throw Problem.webhookInvalid(field, fault.message)
    }
  }

  private static func events(_ given: [String]) -> [String] { given.isEmpty ? ["*"] : given }

  private static func filter(_ json: JSONValue?) throws -> String? {
    guard let json, json != [:] else { return nil }
    return try stored(json) { (json) throws(RouteFault) in _ = try EventFilter(json) }
  }

  private static func payload(_ json: JSONValue?) throws -> String? {
    guard let json, json != [:] else { return nil }
    return try stored(json) { (json) throws(RouteFault) in _ = try PayloadTemplate(json) }
  }

  private static func stored(
    _ json: JSONValue, _ check: (JSONValue) throws(RouteFault) -> Void
  ) throws -> String {
    do throws(RouteFault) {
      try check(json)
    } catch {
      throw Problem.webhookInvalid(error.field, error.message)
    }
    return json.text
  }
}

extension Transaction {
  /// Stores a changed route, and what follows for its tasks. Its lane is locked.
  ///
  /// - Parameter position: Everything up to there is passed over.
  func apply(
    _ old: WebhookRouteRecord, to route: WebhookRouteRecord, skippingTo position: Int64?, at now: Instant
  ) throws {
    var route = route
    if let position {
      route.startPosition = position
      try dropTasks(of: route)
      try forgetStreams(to: route)
    } else if old.enabled, old.events != route.events || old.accounts != route.accounts {
      try passStreams(to: old)
    }
    if route.enabled, !old.enabled { try enqueueStreams(to: route, at: now) }
    try update(route)
    if route.enabled { try restart(route.lane, now: now) }
  }

  /// - Throws: `webhook.routeNotFound`, also for `webhooks` that an account had.
  func knownRoute(_ id: WebhookRouteID, in workspace: WorkspaceID) throws -> WebhookRouteRecord {
    guard let route = try webhookRoute(id, in: workspace), route.kind != .formerAccount else {
      throw Problem.webhookRouteNotFound(id)
    }
    return route
  }
}
