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
    guard let operation = Operations.all.first(where: { $0.method.rawValue == method && $0.matches(path) })
    else { return [] }
    if status == 200, [.message, .file, .events].contains(operation.replyForm) { return [] }
    let body = Array(body)
    let isLines = status == 200 && operation.replyForm == .lines
    let texts = isLines ? body.split(separator: 10).map { Array($0) } : [body]
    return texts.flatMap { text in
      do {
        return operation.check(status: status, reply: try JSONValue(parsing: text))
      } catch {
        return ["is not JSON: \(error)"]
      }
    }.map { "\(operation.id), \(status): \($0)" }
  }
}
