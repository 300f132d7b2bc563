import Accounts
import Backends

/// What is asked of the sender for one message.
enum DeliveryRequest: Sendable, Hashable {
  case create
  /// Attach the small file after `files` others.
  case attach(DraftID, files: Int)
  /// Begin to upload the file after `files` others.
  case open(DraftID, files: Int)
  /// Send its bytes from that offset on.
  case upload(DraftID, files: Int, UploadSession, from: Int)
  /// How much of it has arrived?
  case resume(DraftID, files: Int, UploadSession)
  /// Which files does the draft have?
  case list(DraftID)
  case send(DraftID, inDoubt: Bool)
  case submit(inDoubt: Bool)
  /// Where is the message, after the reply to that step was lost?
  case look(LostStep)

  /// For the attempt's history.
  var name: String {
    switch self {
    case .create: "create"
    case .attach: "attach"
    case .open: "open"
    case .upload: "upload"
    case .resume: "resume"
    case .list: "list"
    case .send: "send"
    case .submit: "submit"
    case .look: "look"
    }
  }

  /// Whether it carries the message, or, where files are attached on their own, what remains of it.
  var takesContent: Bool {
    switch self {
    case .create, .submit: true
    case .attach, .open, .upload, .resume, .list, .send, .look: false
    }
  }

  /// What must be on disk before the request leaves. Looking changes nothing, so nothing is recorded.
  var progress: Progress? {
    switch self {
    case .create: .creating
    case .attach(let draft, let files): .attaching(draft, files: files)
    case .open(let draft, let files): .attached(draft, files: files)
    case .upload(let draft, let files, let session, _): .uploading(draft, files: files, session)
    case .send(let draft, let inDoubt): .sending(draft, inDoubt: inDoubt)
    case .submit: .submitting
    case .resume, .list, .look: nil
    }
  }

  /// The progress of the message when the request certainly did nothing.
  var progressBefore: Progress {
    switch self {
    case .create, .submit(inDoubt: false): .fresh
    case .attach(let draft, let files), .open(let draft, let files): .attached(draft, files: files)
    case .upload(let draft, let files, let session, _), .resume(let draft, let files, let session):
      .uploading(draft, files: files, session)
    // Any number: they are listed first.
    case .list(let draft): .attaching(draft, files: 0)
    case .submit(inDoubt: true): .submitting
    case .send(let draft, let inDoubt): .drafted(draft, inDoubt: inDoubt)
    case .look(let lost): lost.progress
    }
  }

  /// The progress of the message when it is unknown what the request did.
  var progressUnknown: Progress {
    switch self {
    case .create: .creating
    case .attach(let draft, let files): .attaching(draft, files: files)
    case .open, .upload, .resume, .list: progressBefore
    case .send(let draft, _): .sending(draft, inDoubt: true)
    case .submit: .submitting
    case .look(let lost): lost.progress
    }
  }

  /// Whether it only asks. Whatever becomes of it, it may be repeated.
  var isQuestion: Bool {
    switch self {
    case .look, .resume, .list: true
    case .create, .attach, .open, .upload, .send, .submit: false
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
