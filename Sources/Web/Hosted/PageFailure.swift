import Core
import HTTPTypes
import Store

/// A failure as a page shows it, whether it has just happened or was stored.
struct PageFailure: Sendable {
  let code: String
  let summary: String
  let remedy: String?
  let actor: Responsible?
  let link: String?
  let peerCode: String?
  let requestID: String?

  init(_ problem: Problem) {
    code = problem.code.rawValue
    summary = problem.summary
    // If there is nothing to do but wait, the page says so.
    remedy = problem.remedy ?? (problem.retry == .futile ? nil : "Wait a few minutes, then try again.")
    actor = problem.actor
    link = problem.link
    peerCode = problem.origin?.code
    requestID = problem.origin?.requestID
  }

  init(_ record: ProblemRecord) {
    code = record.code
    summary = record.summary
    remedy = record.remedy
    actor = record.actor
    link = record.link
    peerCode = record.peerCode
    requestID = record.requestID
  }

  var status: HTTPResponse.Status { HTTPResponse.Status(code: ProblemCode(rawValue: code)?.status ?? 400) }

  /// Microsoft's own code and request id, for a support ticket.
  var peer: String? {
    let parts = [peerCode, requestID].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " · ")
  }

  var cure: Cure { Cure(remedy: remedy, actor: actor, link: link) }

  /// Who can do what the remedy says.
  static func words(_ actor: Responsible) -> String {
    switch actor {
    case .user: "You, the owner of the mailbox."
    case .appOwner: "The person who set up this sign-in at Microsoft. Send them this text."
    case .administrator: "An administrator of your organisation. Send them this text."
    case .operator: "The operator of this gateway. Send them this text."
    case .nobody: "Nobody; this resolves itself."
    }
  }
}
