import HTML

/// What a form of the control page does. Each is an operation of the control API, with the same fields.
enum ControlForm: String, Sendable {
  case addFault, removeFault, removeFaults, setting, clock, reset
}

/// What was done, as the page says it after a form was sent; in the address, so that a reload does nothing again.
enum ControlNotice: String, Sendable {
  case faultAdded, faultRemoved, faultGone, faultsRemoved, settingChanged, clockMoved, reset

  var section: ControlPage.Section {
    switch self {
    case .faultAdded, .faultRemoved, .faultGone, .faultsRemoved: .faults
    case .settingChanged: .settings
    case .clockMoved: .clock
    case .reset: .reset
    }
  }

  var words: Markup {
    switch self {
    case .faultAdded: "The fault was added."
    case .faultRemoved: "The fault was removed."
    case .faultGone: "The fault no longer exists: it was used up or removed elsewhere."
    case .faultsRemoved: "All faults were removed."
    case .settingChanged: "The setting was changed."
    case .clockMoved: "The clock was moved."
    case .reset: "The sandbox is as it was when it started."
    }
  }
}

/// A form that was refused: what was entered, and why not.
struct RefusedForm: Sendable {
  var form: ControlForm
  var fields: FormFields
  var refusal: ControlRefusal
}

/// A fault that is often wanted, for one button.
struct FaultPreset: Sendable {
  let label: Markup
  let fields: [(name: String, value: String)]

  /// `/send` is part of both ways to send: `sendMail`, and `send` of a draft.
  static let all = [
    FaultPreset(
      label: "Throttle the next send: 429, Retry-After 30 s",
      fields: [
        ("path", "/send"), ("status", "429"), ("code", "ApplicationThrottled"), ("retryAfter", "30"),
      ]),
    FaultPreset(
      label: "Accept the next send, lose the reply", fields: [("path", "/send"), ("close", "after")]),
    FaultPreset(
      label: "Carry out the next send, reply with 504",
      fields: [("path", "/send"), ("then", "504"), ("code", "UnknownError")]),
    FaultPreset(
      label: "Refuse the next send: 403",
      fields: [("path", "/send"), ("status", "403"), ("code", "ErrorAccessDenied")]),
    FaultPreset(
      label: "Graph is busy once: 503",
      fields: [("path", "/v1.0/"), ("status", "503"), ("code", "ErrorServerBusy")]),
    FaultPreset(
      label: "Graph takes 10 s once", fields: [("path", "/v1.0/"), ("delayMs", "10000")]),
    FaultPreset(
      label: "Entra is busy once: 503",
      fields: [("path", "/token"), ("status", "503"), ("code", "AADSTS90033")]),
    FaultPreset(
      label: "The grant was revoked: AADSTS50173",
      fields: [("path", "/token"), ("status", "400"), ("code", "AADSTS50173")]),
    FaultPreset(
      label: "The client secret has expired: AADSTS7000222",
      fields: [("path", "/token"), ("status", "401"), ("code", "AADSTS7000222")]),
    FaultPreset(
      label: "Microsoft is unreachable until this is removed", fields: [("close", "before"), ("count", "0")]),
  ]
}

// What a person reads of a fault.
extension Fault {
  /// `Next 3 requests to paths that contain /send, about bob@contoso.test`
  var scope: Markup {
    let kind = Markup(method) { "\($0.rawValue) " }
    let what: Markup = on == .notification ? "notification" : "request"
    let which: Markup =
      count == 1
      ? "Next \(kind)\(what)" : count > 1 ? "Next \(count) \(kind)\(what)s" : "Every \(kind)\(what)"
    let paths: Markup =
      if on == .notification {
        ""
      } else if let path {
        path.contains("*")
          ? " to paths that match <code>\(.shown(path))</code>"
          : " to paths that contain <code>\(.shown(path))</code>"
      } else {
        " to Entra or Graph"
      }
    let end: Markup = count < 1 ? ", until this is removed" : ""
    let later: Markup = skip == 0 ? "" : skip == 1 ? ", after one more" : ", after \(skip) more"
    return "\(which)\(paths)\(Markup(user) { ", about \(.shown($0))" })\(later)\(end)"
  }

  /// `reply 503 without carrying it out, code ErrorServerBusy, Retry-After 30 s`
  var effect: Markup {
    var parts: [Markup] = []
    if drop { parts.append("lose it") }
    if double { parts.append("send it twice") }
    if reorder { parts.append("send it after the next one to the same URL") }
    if let delayMs { parts.append("wait \(delayMs) ms") }
    if let advanceSeconds { parts.append("move the clock by \(advanceSeconds) s") }
    if let status { parts.append("reply \(status) without carrying it out") }
    if let then { parts.append("carry it out, then reply \(then)") }
    if let code { parts.append("code <code>\(.shown(code))</code>") }
    if let retryAfter { parts.append("Retry-After \(retryAfter) s") }
    switch close {
    case .before: parts.append("close the connection without carrying it out")
    case .after: parts.append("carry it out, then close the connection without a reply")
    case nil: break
    }
    return Markup(joining: parts.enumerated().map { $0.offset == 0 ? $0.element : ", \($0.element)" })
  }
}
