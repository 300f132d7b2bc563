import Core
import JSON

/// Which requests fail, how, and how often: one `POST /sandbox/faults`.
struct Fault: Sendable, Equatable {
  /// Those that Entra and Graph have.
  enum Method: String, CaseIterable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  /// What it applies to.
  enum Target: String, CaseIterable, Sendable { case request, notification }

  /// What becomes of a notification.
  enum NotificationEffect: Sendable, Equatable { case drop, double, reorder, delay(Int) }

  enum Closing: String, CaseIterable, Sendable {
    /// The connection closes and nothing has been done.
    case before
    /// All is done, and the connection closes without an answer.
    case after
  }

  /// `nil`: all.
  var method: Method?
  /// Matched against the request's path without regard to case: a part of it, or, when it has a `*`, all of
  /// it, the `*` standing for anything. `nil`: every path of Entra and Graph.
  var path: String?
  /// The user whom the request is about, by id, user principal name or address. `nil`: all users.
  var user: String?
  /// How many requests that match are answered as usual before it applies.
  var skip = 0
  /// The answer's status, 400 to 599; nothing is done then. Of an authorize request 302 too: the client gets
  /// the error.
  var status: Int?
  /// The request is carried out, and its success is answered with this status, 400 to 599.
  var then: Int?
  /// A Graph code (`ErrorServerBusy`) or an AADSTS number (`AADSTS90033`), depending on whose path
  /// it is.
  var code: String?
  /// Seconds, for the `Retry-After` header of the answer.
  var retryAfter: Int?
  /// Before anything else.
  var delayMs: Int?
  /// The sandbox's clock jumps before the request is carried out, forward or back.
  var advanceSeconds: Int?
  var close: Closing?
  var on = Target.request
  /// Of a notification: it is not sent, sent twice, or sent after the next one to the same address.
  var drop = false
  var double = false
  var reorder = false
  /// How many requests it takes; 0 or less: all, until it is deleted.
  var count: Int
  /// By which it is removed; the store gives it.
  var id = 0

  var json: JSONValue {
    .object(omittingAbsent: [
      "id": JSONValue(id), "method": method.map { .string($0.rawValue) }, "path": path.map { .string($0) },
      "user": user.map { .string($0) }, "skip": skip > 0 ? JSONValue(skip) : nil,
      "status": status.map { JSONValue($0) }, "then": then.map { JSONValue($0) },
      "code": code.map { .string($0) },
      "retryAfter": retryAfter.map { JSONValue($0) },
      "delayMs": delayMs.map { JSONValue($0) }, "advanceSeconds": advanceSeconds.map { JSONValue($0) },
      "close": close.map { .string($0.rawValue) },
      "on": on == .notification ? .string(on.rawValue) : nil, "drop": drop ? true : nil,
      "double": double ? true : nil, "reorder": reorder ? true : nil,
      "count": JSONValue(count),
    ])
  }

  /// Why its members contradict each other; `nil` if they do not.
  var contradiction: String? {
    if on == .notification { return notificationContradiction }
    if drop || double || reorder {
      return "'drop', 'double' and 'reorder' need \"on\": \"notification\"."
    }
    if status == nil, then == nil, delayMs == nil, close == nil, advanceSeconds == nil {
      return "A fault needs a status, then, delayMs, advanceSeconds or close."
    }
    if then != nil, status != nil || close != nil {
      return "A fault with 'then' does the request, so it has neither a status nor close."
    }
    if status == 302, code == nil { return "A fault that redirects needs a code." }
    if status != nil, close != nil { return "A fault either answers with a status or closes." }
    if status == nil, then == nil, code != nil || retryAfter != nil {
      return "'code' and 'retryAfter' need a status or then."
    }
    return nil
  }

  private var notificationContradiction: String? {
    let isOfRequests =
      method != nil || path != nil || status != nil || then != nil || code != nil || retryAfter != nil
      || advanceSeconds != nil || close != nil
    if isOfRequests { return "A fault on notifications has 'user', 'skip' and 'count' besides its effect." }
    let effects = [drop, double, reorder, delayMs != nil].count { $0 }
    return effects == 1
      ? nil : "A fault on notifications needs one of 'drop', 'double', 'delayMs' and 'reorder'."
  }

  var notificationEffect: NotificationEffect {
    if drop { .drop } else if double { .double } else if reorder { .reorder } else { .delay(delayMs ?? 0) }
  }

  /// A fault on notifications, for the mailbox of this owner.
  func matches(notificationTo owner: SandboxDirectory.User?) -> Bool {
    guard on == .notification else { return false }
    return user == nil || owner.map(concerns) == true
  }

  private func concerns(_ subject: SandboxDirectory.User) -> Bool {
    let user = user?.lowercased()
    return [subject.id, subject.userPrincipalName, subject.mail ?? ""].contains { $0.lowercased() == user }
  }

  func matches(
    _ method: String, path requested: String, user subject: SandboxDirectory.User?
  ) -> Bool {
    guard on == .request else { return false }
    if let wanted = self.method, wanted.rawValue != method { return false }
    if let path, !Self.matches(path.lowercased(), requested.lowercased()) { return false }
    return user == nil || subject.map(concerns) == true
  }

  private static func matches(_ pattern: String, _ path: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return path.contains(pattern)
    }
    guard path.hasPrefix(first) else { return false }
    var rest = path.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(last)
  }
}
