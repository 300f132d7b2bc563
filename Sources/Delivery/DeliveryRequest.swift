import Accounts
import Backends

/// What is asked of the sender for one message.
enum DeliveryRequest: Sendable, Hashable {
  case create
  case send(DraftID, inDoubt: Bool)
  case submit(inDoubt: Bool)
  /// Where is the message, after the reply to that step was lost?
  case look(LostStep)

  /// For the attempt's history.
  var name: String {
    switch self {
    case .create: "create"
    case .send: "send"
    case .submit: "submit"
    case .look: "look"
    }
  }

  var takesContent: Bool {
    switch self {
    case .create, .submit: true
    case .send, .look: false
    }
  }

  /// What must be on disk before the request leaves. Looking changes nothing, so nothing is recorded.
  var progress: Progress? {
    switch self {
    case .create: .creating
    case .send(let draft, let inDoubt): .sending(draft, inDoubt: inDoubt)
    case .submit: .submitting
    case .look: nil
    }
  }

  /// The progress of the message when the request certainly did nothing.
  var progressBefore: Progress {
    switch self {
    case .create, .submit(inDoubt: false): .fresh
    case .submit(inDoubt: true): .submitting
    case .send(let draft, let inDoubt): .drafted(draft, inDoubt: inDoubt)
    case .look(let lost): lost.progress
    }
  }

  /// The progress of the message when it is unknown what the request did.
  var progressUnknown: Progress {
    switch self {
    case .create: .creating
    case .send(let draft, _): .sending(draft, inDoubt: true)
    case .submit: .submitting
    case .look(let lost): lost.progress
    }
  }
}

/// A step whose reply was lost.
enum LostStep: Sendable, Hashable {
  case create
  case send(DraftID)
  case submit

  var progress: Progress {
    switch self {
    case .create: .creating
    case .send(let draft): .sending(draft, inDoubt: true)
    case .submit: .submitting
    }
  }

  var draft: DraftID? {
    if case .send(let draft) = self { draft } else { nil }
  }
}
