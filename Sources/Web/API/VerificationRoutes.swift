import API
import Core
import Diagnosis
import MIME

/// Tries out an app or an account, and reports each step. What is wrong with it is part of the reply.
struct VerificationRoutes: Sendable {
  let verifier: Verifier

  func add(to router: APIRouter) {
    router.on(Operations.verifyApp) { call in
      let body = call.body
      return VerificationReply(
        try await verifier.verify(
          app: call.path, account: body.account, sendTo: try recipient(body.sendTo), in: call.workspace))
    }
    router.on(Operations.verifyAccount) { call in
      VerificationReply(
        try await verifier.verify(
          account: call.path, sendTo: try recipient(call.body.sendTo), in: call.workspace))
    }
  }

  private func recipient(_ text: String?) throws -> EmailAddress? {
    var reader = AddressReader()
    let address = text.flatMap { reader.address($0, "sendTo", code: .requestInvalidField) }
    try reader.finish()
    return address
  }
}

extension VerificationReply {
  fileprivate init(_ verification: Verification) {
    self.init()
    app = verification.app
    provider = Word(verification.provider)
    account = verification.account
    ok = verification.isFine
    steps = verification.steps.map { VerificationStepReply($0) }
  }
}

extension VerificationStepReply {
  fileprivate init(_ step: VerificationStep) {
    self.init()
    // Both lists have the same words.
    id = Word(ID(rawValue: step.id.rawValue) ?? .dns)
    label = step.id.label
    status = Word(Status(step.status))
    message = step.message
    hint = step.hint
    problem = step.problem
    remedy = step.remedy
    actor = step.actor.map { Word($0) }
    link = step.link
  }
}

extension VerificationStepReply.Status {
  fileprivate init(_ status: VerificationStep.Status) {
    self =
      switch status {
      case .ok: .ok
      case .fail: .fail
      case .skip: .skip
      }
  }
}
