package import Core
import Foundation
package import HTTP
import NIOHTTP1

/// One mailbox on Microsoft Graph, with the token for it: a value made for an attempt and thrown away.
///
/// Unless it says otherwise a function is one exchange, and nothing is repeated here.
package struct Graph: Sendable {
  let cloud: Cloud
  let http: HTTPExchange
  let mailbox: GraphMailbox
  let token: Secret
  private let values: ErrorValues

  /// - Parameter values: what the caller knows beside the mailbox, such as its address and the From address, for the
  ///   words of a refusal.
  package init(
    cloud: Cloud, http: HTTPExchange, mailbox: GraphMailbox, token: Secret,
    values: ErrorValues = ErrorValues()
  ) {
    self.cloud = cloud
    self.http = http
    self.mailbox = mailbox
    self.token = token
    self.values = values
  }

  /// Asked with `.me`, needs User.Read; asked with `.user`, User.Read.All.
  package func user() async throws(Problem) -> GraphUser {
    try await get(
      url: cloud.graph + mailbox.path + "?$select=id,mail,userPrincipalName,displayName", needs: .readUser)
  }
}

/// A permission of Graph, for the words of a refusal.
enum Need: String {
  case send = "Mail.Send"
  case readWrite = "Mail.ReadWrite"
  case readUser = "User.Read"
}

/// What a repeated request does at Graph.
enum Effect: Sendable {
  /// The same as once.
  case idempotent
  /// It acts a second time: a second draft, a second message.
  case acts
}

extension Graph {
  func get<Value: Decodable>(_ path: String) async throws(Problem) -> Value {
    try await get(url: cloud.graph + path)
  }

  func get<Value: Decodable>(
    url: String, needs need: Need = .readWrite
  ) async throws(Problem) -> Value {
    let reply = try await exchange(.GET, url: url, effect: .idempotent)
    guard reply.status == 200 else { throw refusal(reply, effect: .idempotent, needs: need) }
    guard let value = reply.decode(Value.self) else {
      throw Problem(unexpected: reply, effect: .idempotent)
    }
    return value
  }

  /// What a reply with another status than the one of success says.
  func refusal(_ reply: HTTPReply, effect: Effect, needs need: Need) -> Problem {
    var values = values
    values.cloud = cloud
    values.mailbox = values.mailbox ?? mailbox.name
    switch (mailbox, need) {
    case (.shared, .send), (.shared, .readWrite): values.permission = need.rawValue + ".Shared"
    case (.user, .readUser): values.permission = need.rawValue + ".All"
    default: values.permission = need.rawValue
    }
    return Problem(reply, effect: effect, values: values)
  }

  func exchange(
    _ method: HTTPMethod, url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, effect: Effect
  ) async throws(Problem) -> HTTPReply {
    var headers = headers
    headers.add(name: "Authorization", value: "Bearer " + token.reveal())
    // Ids that survive a move between folders, on every request: the two kinds do not compare.
    headers.add(name: "Prefer", value: "IdType=\"ImmutableId\"")
    do throws(HTTPFailure) {
      return try await http.send(HTTPRequest(method: method, url: url, headers: headers, body: body))
    } catch {
      throw Problem(error, host: cloud.graph, effect: effect)
    }
  }
}
