import Core
import Hummingbird
import JSON

extension SandboxState {
  /// `GET /sandbox/directory`, and what changes it: `POST /sandbox/apps`, `users`, `tenants`; `policies`.
  func addDirectoryRoutes(to router: Router<SandboxContext>) {
    router.get("/sandbox/directory") { [self] _, _ in Response.json(directory.json) }
    router.post("/sandbox/apps") { [self] request, _ in
      var body = try await ControlBody(request)
      let (directory, now) = (directory, clock.now)
      let app = try AppChange(&body, directory: directory, now: now).app
      changeDirectory { $0.apps.keep(app) { $0.clientId == app.clientId } }
      return Response.json(app.json)
    }
    router.post("/sandbox/users") { [self] request, _ in
      var body = try await ControlBody(request)
      let user = try UserChange(&body, directory: directory).user
      changeDirectory { $0.users.keep(user) { $0.id == user.id } }
      for owner in SandboxDirectory(tenants: [], users: [user], apps: []).mailboxOwners {
        await mail.keep(owner)
      }
      return Response.json(user.json)
    }
    router.post("/sandbox/tenants") { [self] request, _ in
      var body = try await ControlBody(request)
      let tenant = try directory.changedTenant(&body)
      changeDirectory { $0.tenants.keep(tenant) { $0.id == tenant.id } }
      return Response.json(tenant.json)
    }
    router.get("/sandbox/policies") { [self] _, _ in Response.json(policies { $0.json }) }
    router.post("/sandbox/policies") { [self] request, _ in try await changePolicy(request) }
    router.delete("/sandbox/policies") { [self] request, _ in
      try await ControlBody(request).finish(known: [])
      policies { $0 = PolicyBook() }
      return Response.json(.object([:]))
    }
  }

  /// Absent switches stay as they are.
  private func changePolicy(_ request: Request) async throws -> Response {
    var body = try await ControlBody(request)
    let (user, tenant) = (try body.string("user"), try body.string("tenant"))
    let subject: String
    switch (user, tenant) {
    case (let name?, nil): subject = try directory.knownUser(name).id
    case (nil, let name?): subject = try directory.knownTenant(name).id
    case (nil, nil), (.some, .some):
      throw HTTPError(.badRequest, message: "A policy needs either 'user' or 'tenant'.")
    }
    var policy = policies { $0.policy(for: subject) }
    policy.mfa = try body.bool("mfa") ?? policy.mfa
    policy.block = try body.bool("block") ?? policy.block
    policy.disabled = try body.bool("disabled") ?? policy.disabled
    policy.loop = try body.bool("loop") ?? policy.loop
    try body.finish(known: ["user", "tenant", "mfa", "block", "disabled", "loop"])
    let new = policy
    policies { $0.set(new, for: subject) }
    return .json(new.json)
  }
}

extension SandboxDirectory {
  /// Throws 400 if there is none with that name.
  func knownUser(_ name: String) throws -> User {
    guard let user = user(name) else { throw HTTPError(.badRequest, message: "There is no user '\(name)'.") }
    return user
  }

  /// Throws 400 if there is none with that name.
  func knownTenant(_ name: String) throws -> Tenant {
    guard let tenant = tenant(name) else {
      throw HTTPError(.badRequest, message: "There is no tenant '\(name)'.")
    }
    return tenant
  }
}

extension Array {
  /// Replaces the element that is the same, or appends.
  fileprivate mutating func keep(_ element: Element, where isSame: (Element) -> Bool) {
    if let index = firstIndex(where: isSame) { self[index] = element } else { append(element) }
  }
}
