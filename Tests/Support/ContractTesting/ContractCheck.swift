import API
import JSON

/// Holds replies of the API to the contract.
package enum ContractCheck {
  /// Where a reply differs from what its operation declares; empty for what is no operation's.
  ///
  /// - Parameter target: The path with its query, as in the request line.
  package static func differences(
    method: String, target: String, status: Int, body: some Collection<UInt8>
  ) -> [String] {
    let path = target.prefix { $0 != "?" }
    guard let operation = Operations.all.first(where: { $0.method.rawValue == method && matches($0, path) })
    else { return [] }
    let texts =
      status == 200 && operation.replyForm == .lines
      ? body.split(separator: 10).map { Array($0) } : [Array(body)]
    return texts.flatMap { text in
      do {
        return operation.check(status: status, reply: try JSONValue(parsing: text))
      } catch {
        return ["is not JSON: \(error)"]
      }
    }.map { "\(operation.id), \(status): \($0)" }
  }

  private static func matches(_ operation: OperationDescription, _ path: Substring) -> Bool {
    let wanted = operation.template.split(separator: "/", omittingEmptySubsequences: false)
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    return wanted.count == parts.count
      && zip(wanted, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") && !$1.isEmpty }
  }
}
