import JSON

/// How strict and how slow Exchange and Entra are: the settings of `POST /sandbox/settings`, with their values at
/// start.
package struct SandboxSettings: Sendable, Equatable {
  /// Milliseconds that an accepted message stays in Drafts.
  package var sendLagMs = 2000
  /// The copy in Sent Items gets a new id, as without `Prefer: IdType="ImmutableId"`.
  package var newIdOnSend = false
  /// Exchange writes its own Message-ID into what it sends.
  package var replaceMessageId = false
  /// A refresh token becomes invalid when the next one is issued. Entra itself keeps it valid.
  package var strictRotation = false
  /// Requests of one app in one mailbox that Graph serves at a time.
  package var concurrencyLimit = 4
  /// Seconds that access tokens live from now on. Entra's real ones vary from 60 to 90 minutes; 3599 is the
  /// default it documents.
  package var accessTokenLifetime = 3599
  /// Seconds between two polls for a device code, as its first answer says; polling in less than half of it
  /// answers `slow_down`. 0: as fast as the client likes; its answer says 1, since clients count by it.
  package var deviceInterval = 5
  /// Exchange drops from MIME the fields `Auto-Submitted` and `Return-Path`, and custom ones that have no named property
  /// in the mailbox; a JSON draft or an extended property makes one.
  package var dropUnknownHeaders = false
  /// Drafts and copies of what was sent show `internetMessageHeaders`, as in 2021; today only received mail does.
  package var sentCopyHeaders = false
  /// Aliases stay in From; else Exchange writes the primary address.
  package var sendFromAlias = false
  /// A refresh without a scope is refused with AADSTS900144.
  package var requireRefreshScope = false

  package init() {}

  var json: JSONValue {
    [
      "sendLagMs": JSONValue(sendLagMs), "newIdOnSend": .bool(newIdOnSend),
      "replaceMessageId": .bool(replaceMessageId), "strictRotation": .bool(strictRotation),
      "concurrencyLimit": JSONValue(concurrencyLimit),
      "accessTokenLifetime": JSONValue(accessTokenLifetime), "deviceInterval": JSONValue(deviceInterval),
      "dropUnknownHeaders": .bool(dropUnknownHeaders), "sentCopyHeaders": .bool(sentCopyHeaders),
      "sendFromAlias": .bool(sendFromAlias), "requireRefreshScope": .bool(requireRefreshScope),
    ]
  }
}
