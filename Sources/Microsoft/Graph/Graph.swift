package import Core
import Foundation
package import HTTP
import JSON
import NIOHTTP1

/// One mailbox on Microsoft Graph, with a token for it; made for one attempt.
///
/// Unless it says otherwise a function is one exchange, and nothing is repeated here.
package struct Graph: Sendable {
  let cloud: Cloud
  let http: HTTPExchange
  let mailbox: GraphMailbox
  let token: Secret
  private let values: ErrorValues

  /// - Parameter values: what the caller knows in addition to the mailbox, such as its address and the From
  ///   address, to explain a refusal.
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
  ///
  /// - Parameter inDirectory: also all addresses, and whether the user is a guest. For work accounts only.
  package func user(inDirectory: Bool = false) async throws(Problem) -> GraphUser {
    let more = inDirectory ? ",proxyAddresses,userType" : ""
    return try await get(
      url: cloud.graph + mailbox.path + "?$select=id,mail,userPrincipalName,displayName" + more,
      needs: .readUser
    ) { (json) throws(ReplyFault) in try GraphUser(json) }
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
  /// The value of a reply with status 200.
  func get<Value>(
    url: String, needs need: Need = .readWrite, limits: JSONLimits = .reply,
    replyLimit: Int = HTTPRequest.replyLimit, _ value: (JSONValue) throws(ReplyFault) -> Value
  ) async throws(Problem) -> Value {
    let reply = try await exchange(.GET, url: url, effect: .idempotent, replyLimit: replyLimit)
    guard reply.status == 200 else { throw refusal(reply, effect: .idempotent, needs: need) }
    return try read(reply, effect: .idempotent, limits: limits, value)
  }

  /// Throws `graph.unexpectedReply` if the reply is not what Graph documents.
  func read<Value>(
    _ reply: HTTPReply, effect: Effect, limits: JSONLimits = .reply,
    _ value: (JSONValue) throws(ReplyFault) -> Value
  ) throws(Problem) -> Value {
    do throws(ReplyFault) {
      return try reply.read(limits: limits, value)
    } catch {
      throw Problem(unexpected: reply, effect: effect, fault: error)
    }
  }

  /// The problem for a reply with a status other than the one of success.
  func refusal(_ reply: HTTPReply, effect: Effect, needs need: Need) -> Problem {
    var values = values
    values.cloud = cloud
    values.mailbox = values.mailbox ?? mailbox.name
    switch (mailbox, need) {
    case (.shared, .send), (.shared, .readWrite): values.permission = need.rawValue + ".Shared"
    case (.user, .readUser): values.permission = need.rawValue + ".All"
    case (.me, _), (.user, .send), (.user, .readWrite), (.shared, .readUser):
      values.permission = need.rawValue
    }
    return Problem(reply, effect: effect, values: values)
  }

  func exchange(
    _ method: HTTPMethod, url: String, headers: HTTPHeaders = [:], body: [UInt8]? = nil, effect: Effect,
    replyLimit: Int = HTTPRequest.replyLimit
  ) async throws(Problem) -> HTTPReply {
    let request = HTTPRequest(
      method: method, url: url, headers: self.headers(headers), body: body, replyLimit: replyLimit)
    do throws(HTTPFailure) {
      return try await http.send(request)
    } catch {
      throw Problem(error, host: cloud.graph, effect: effect)
    }
  }

  /// With the token.
  func headers(_ headers: HTTPHeaders) -> HTTPHeaders {
    var headers = headers
    headers.add(name: "Authorization", value: "Bearer " + token.reveal())
    // Ids that survive a move between folders, on every request: the two kinds do not compare.
    headers.add(name: "Prefer", value: "IdType=\"ImmutableId\"")
    return headers
  }
}

/// Whose mailbox a request is about.
package enum GraphMailbox: Sendable, Hashable {
  /// The one of the person whose token it is. An app's own token has none.
  case me
  /// A user's id or principal name, or the address of a shared mailbox, with an app's own token.
  case user(String)
  /// The address of a mailbox that is open to the person whose token it is.
  case shared(String)

  var path: String {
    switch self {
    case .me: "/me"
    case .user(let name), .shared(let name): "/users/" + percentEncoded(name)
    }
  }

  var name: String? {
    switch self {
    case .me: nil
    case .user(let name), .shared(let name): name
    }
  }
}
