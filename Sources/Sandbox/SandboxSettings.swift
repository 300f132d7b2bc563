import JSON

/// How strict and how slow Exchange and Entra are: the settings of `POST /sandbox/settings`, with their values at
/// start. What each means is in `SandboxSettings.all`.
package struct SandboxSettings: Sendable, Equatable {
  package var sendLagMs = 2000
  package var newIdOnSend = false
  package var replaceMessageId = false
  package var strictRotation = false
  package var concurrencyLimit = 4
  /// Exchange's, unless an administrator has changed it (Microsoft Learn, "attachment: createUploadSession").
  package var messageSizeLimit = 35 << 20
  /// Microsoft Learn, "message resource type".
  package var recipientLimit = 500
  /// Microsoft documents no length of time.
  package var uploadSessionLifetime = 86_400
  /// Entra's real tokens live for 60 to 90 minutes; 3599 is the default that it documents.
  package var accessTokenLifetime = 3599
  package var deviceInterval = 5
  /// Microsoft documents no length of time.
  package var deltaTokenLifetime = 0
  /// The older of the two limits that Microsoft documents for messages; the newer is 10,080.
  package var subscriptionMaxMinutes = 4230
  package var requireReadScope = true
  package var dropUnknownHeaders = true
  package var sentCopyHeaders = false
  package var sendFromAlias = false
  package var requireRefreshScope = false

  /// Bytes; no administrator can raise the limit beyond it.
  static let maximumMessageSize = 150 << 20

  package init() {}

  var json: JSONValue {
    .object(JSONObject(Self.all.map { (key: $0.name, value: $0.json(in: self)) }))
  }

  /// Absent fields stay as they are.
  mutating func change(_ body: ControlBody) throws {
    var (body, new) = (body, self)
    for setting in Self.all {
      switch setting.kind {
      case .flag(let path): new[keyPath: path] = try body.bool(setting.name) ?? new[keyPath: path]
      case .number(let path, let range):
        new[keyPath: path] = try body.integer(setting.name, in: range) ?? new[keyPath: path]
      }
    }
    try body.finish(known: Self.all.map(\.name))
    self = new
  }
}

/// One setting: its name, the values that it may have, and what it means.
struct SandboxSetting: Sendable {
  enum Kind: Sendable {
    case flag(any WritableKeyPath<SandboxSettings, Bool> & Sendable)
    case number(any WritableKeyPath<SandboxSettings, Int> & Sendable, ClosedRange<Int>)
  }

  let name: String
  let kind: Kind
  /// A sentence for a person; of a flag, what happens while it is on.
  let meaning: String

  func json(in settings: SandboxSettings) -> JSONValue {
    switch kind {
    case .flag(let path): .bool(settings[keyPath: path])
    case .number(let path, _): JSONValue(settings[keyPath: path])
    }
  }
}

extension SandboxSettings {
  /// In the order in which they are shown.
  static let all = [
    SandboxSetting(
      name: "sendLagMs", kind: .number(\.sendLagMs, 0...86_400_000),
      meaning: "How many milliseconds an accepted message stays in Drafts before it is sent."),
    SandboxSetting(
      name: "newIdOnSend", kind: .flag(\.newIdOnSend),
      meaning: "The copy in Sent Items gets a new id, and the draft’s id is no longer found."),
    SandboxSetting(
      name: "replaceMessageId", kind: .flag(\.replaceMessageId),
      meaning: "Exchange replaces the Message-ID of what it sends with its own."),
    SandboxSetting(
      name: "dropUnknownHeaders", kind: .flag(\.dropUnknownHeaders),
      meaning:
        "Exchange removes Auto-Submitted, Return-Path, List-Unsubscribe-Post and X- fields whose names the mailbox does not know."
    ),
    SandboxSetting(
      name: "sentCopyHeaders", kind: .flag(\.sentCopyHeaders),
      meaning: "Drafts and sent copies show internetMessageHeaders too, not only received mail."),
    SandboxSetting(
      name: "sendFromAlias", kind: .flag(\.sendFromAlias),
      meaning: "An alias stays in From; otherwise Exchange replaces it with the primary address."),
    SandboxSetting(
      name: "concurrencyLimit", kind: .number(\.concurrencyLimit, 1...10_000),
      meaning: "How many requests an app may have in progress in one mailbox; one more gets 429."),
    SandboxSetting(
      name: "messageSizeLimit", kind: .number(\.messageSizeLimit, 1024...210 << 20),
      meaning: """
        The most bytes of a message. What does not fit into a draft gets 413, and so does sending a message that \
        with its attachments in base64 is larger.
        """),
    SandboxSetting(
      name: "recipientLimit", kind: .number(\.recipientLimit, 1...1000),
      meaning: "The most recipients of a message."),
    SandboxSetting(
      name: "uploadSessionLifetime", kind: .number(\.uploadSessionLifetime, 1...2_592_000),
      meaning: "For how many seconds an upload session created from now on is valid."),
    SandboxSetting(
      name: "deltaTokenLifetime", kind: .number(\.deltaTokenLifetime, 0...31_536_000),
      meaning: "For how many seconds a delta or skip token is valid, after which it gets 410; 0: no limit."),
    SandboxSetting(
      name: "subscriptionMaxMinutes", kind: .number(\.subscriptionMaxMinutes, 1...100_000),
      meaning: "For how many minutes a subscription may be made or renewed."),
    SandboxSetting(
      name: "requireReadScope", kind: .flag(\.requireReadScope),
      meaning: "A subscription needs Mail.Read or Mail.ReadBasic; Mail.ReadWrite alone gets 403."),
    SandboxSetting(
      name: "strictRotation", kind: .flag(\.strictRotation),
      meaning: "A refresh token becomes invalid when the next one is issued; Entra itself keeps it valid."),
    SandboxSetting(
      name: "requireRefreshScope", kind: .flag(\.requireRefreshScope),
      meaning: "A refresh without a scope is refused with AADSTS900144."),
    SandboxSetting(
      name: "accessTokenLifetime", kind: .number(\.accessTokenLifetime, 1...86_400),
      meaning: "For how many seconds an access token issued from now on is valid."),
    SandboxSetting(
      name: "deviceInterval", kind: .number(\.deviceInterval, 0...3600),
      meaning: """
        Seconds between two polls for a device code. A client that polls in less than half of that gets slow_down; \
        with 0 it never does.
        """),
  ]
}
