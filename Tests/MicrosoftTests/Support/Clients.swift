import Core

@testable import HTTP
@testable import Microsoft

/// An exchange for the length of `body`.
func withHTTP<Value>(
  _ configuration: HTTPExchange.Configuration = .init(userAgent: "Heliograph/test"),
  isolation: isolated (any Actor)? = #isolation, _ body: (HTTPExchange) async throws -> Value
) async throws -> Value {
  let http = try HTTPExchange(configuration)
  let result: Result<Value, any Error>
  do {
    result = .success(try await body(http))
  } catch {
    result = .failure(error)
  }
  try await http.shutdown()
  return try result.get()
}

/// A mailbox on a server that reacts to each request as said.
func withGraph<Value>(
  _ mailbox: GraphMailbox = .me, react: @escaping @Sendable (WireServer.Request) -> WireServer.Reaction,
  isolation: isolated (any Actor)? = #isolation, _ body: (Graph, WireServer) async throws -> Value
) async throws -> Value {
  try await WireServer.run(react: react) { server in
    try await withHTTP { http in
      let cloud = try Cloud(replacing: server.origin)
      return try await body(
        Graph(cloud: cloud, http: http, mailbox: mailbox, token: Secret("opaque-token")), server)
    }
  }
}

func withEntra<Value>(
  react: @escaping @Sendable (WireServer.Request) -> WireServer.Reaction,
  isolation: isolated (any Actor)? = #isolation, _ body: (Entra, WireServer) async throws -> Value
) async throws -> Value {
  try await WireServer.run(react: react) { server in
    try await withHTTP { http in
      try await body(Entra(cloud: try Cloud(replacing: server.origin), http: http), server)
    }
  }
}
