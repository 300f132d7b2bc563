import Core
import Foundation
import Hummingbird

extension SandboxState {
  /// `GET /sandbox/directory`, and what changes it: `POST /sandbox/apps`, `users`, `tenants`; `policies`.
  func addDirectoryRoutes(to router: Router<SandboxContext>) {
    router.get("/sandbox/directory") { [self] _, _ in try Response.json(directory) }
    router.post("/sandbox/apps") { [self] request, _ in
      var body = try await ControlBody(request)
      let (directory, now) = (directory, clock.now)
      let app = try AppChange(&body, directory: directory, now: now).app
      changeDirectory { $0.apps.keep(app) { $0.clientId == app.clientId } }
      return try Response.json(app)
    }
    router.post("/sandbox/users") { [self] request, _ in
      var body = try await ControlBody(request)
      let user = try UserChange(&body, directory: directory).user
      changeDirectory { $0.users.keep(user) { $0.id == user.id } }
      for owner in SandboxDirectory(tenants: [], users: [user], apps: []).mailboxOwners {
        await mail.keep(owner)
      }
      return try Response.json(user)
    }
    router.post("/sandbox/tenants") { [self] request, _ in
      var body = try await ControlBody(request)
      let tenant = try directory.changedTenant(&body)
      changeDirectory { $0.tenants.keep(tenant) { $0.id == tenant.id } }
      return try Response.json(tenant)
    }
    router.get("/sandbox/policies") { [self] _, _ in try Response.json(policies { $0.policies }) }
    router.post("/sandbox/policies") { [self] request, _ in try await changePolicy(request) }
    router.delete("/sandbox/policies") { [self] _, _ in
      policies { $0 = PolicyBook() }
      return try Response.json([String: AccessPolicy]())
    }
  }

  /// Switches that are absent stay as they are.
  private func changePolicy(_ request: Request) async throws -> Response {
    var body = try await ControlBody(request)
    let (user, tenant) = (try body.string("user"), try body.string("tenant"))
    let subject: String
    switch (user, tenant) {
    case (let name?, nil): subject = try directory.knownUser(name).id
    case (nil, let name?): subject = try directory.knownTenant(name).id
    default: throw HTTPError(.badRequest, message: "A policy is for a user or for a tenant.")
    }
    var policy = policies { $0.policy(for: subject) }
    policy.mfa = try body.bool("mfa") ?? policy.mfa
    policy.block = try body.bool("block") ?? policy.block
    policy.disabled = try body.bool("disabled") ?? policy.disabled
    policy.loop = try body.bool("loop") ?? policy.loop
    try body.finish(known: ["user", "tenant", "mfa", "block", "disabled", "loop"])
    let new = policy
    policies { $0.set(new, for: subject) }
    return try .json(new)
  }
}

extension SandboxDirectory {
  /// Throws 400 when there is none of that name.
  func knownUser(_ name: String) throws -> User {
    guard let user = user(name) else { throw HTTPError(.badRequest, message: "There is no user '\(name)'.") }
    return user
  }

  /// Throws 400 when there is none of that name.
  func knownTenant(_ name: String) throws -> Tenant {
    guard let tenant = tenant(name) else {
      throw HTTPError(.badRequest, message: "There is no tenant '\(name)'.")
    }
    return tenant
  }
}

extension Array {
  /// Puts an element in the place of the one that is the same, or at the end.
  fileprivate mutating func keep(_ element: Element, where isSame: (Element) -> Bool) {
    if let index = firstIndex(where: isSame) { self[index] = element } else { append(element) }
  }
}
