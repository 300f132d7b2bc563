// The words that the REST API and the database share. They are stable: clients and rows contain them.

/// How an app reaches mailboxes.
package enum OAuth2Provider: String, Sendable, CaseIterable {
  /// People sign in and the app acts for them (delegated permissions).
  case outlook
  /// The app acts by itself in every mailbox that an administrator allows (application permissions).
  case outlookService
}

/// Which of Microsoft's interfaces an app's tokens are for.
package enum BaseScopes: String, Sendable, CaseIterable {
  /// Microsoft Graph.
  case api
  /// IMAP and SMTP.
  case imap
}

/// What an API token may do.
package enum TokenAction: String, Sendable, CaseIterable, Codable {
  case read, write, send, destructive
}

/// With what an API token may do it.
package enum TokenGroup: String, Sendable, CaseIterable, Codable {
  case account, mailbox, message, submit, outbox, export, template, blocklist, webhook, gateway, events,
    diagnostics
  case logs
}

/// What a folder is for (RFC 6154 section 2; `\Inbox` besides).
package enum SpecialUse: String, Sendable, Hashable, CaseIterable {
  case inbox = #"\Inbox"#
  case drafts = #"\Drafts"#
  case sent = #"\Sent"#
  case trash = #"\Trash"#
  case junk = #"\Junk"#
  case archive = #"\Archive"#

  /// IMAP compares them without regard to case.
  package init?(name: String) {
    guard let use = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() }) else {
      return nil
    }
    self = use
  }
}

package enum AccountState: String, Sendable, CaseIterable {
  /// No token yet.
  case initial = "init"
  /// Nothing to send with: there was no sign-in yet, or there is no backend for the app's base scopes.
  case unset
  /// The first token is being requested.
  case connecting
  /// There is a token.
  case connected
  /// Entra refuses a token until a person acts; the account's last error says how.
  case authenticationError
  /// The first token could not be requested, or Exchange has no such mailbox; it is tried again.
  case connectError
}

/// Whether it is proven that the address is that of the person who granted access: the owner of its domain says so. It is
/// not whether the mailbox exists.
package enum Identity: String, Sendable, CaseIterable {
  case verified
  case unverified
}

/// What happens to a message if it cannot be found out whether Microsoft accepted it.
package enum UnknownOutcome: String, Sendable, CaseIterable {
  /// A person decides: better late than sent twice.
  case hold
  /// It is sent again: better sent twice than late.
  case resend
}

/// In which order a route gets events. Stored by its name.
package enum WebhookOrdering: String, Sendable, CaseIterable {
  /// Those of an account in order, until one keeps failing while others succeed: that one is set aside.
  case account
  /// Those of an account in order, whatever happens.
  case strict
  /// One that fails holds up no other.
  case none
}

/// What happened, as events and webhooks call it.
package enum EventName: String, Sendable, CaseIterable {
  case accountAdded, accountDeleted, authenticationSuccess, authenticationError, connectError,
    clientSecretExpiring, sendingPaused
  case messageQueued, messageSent, messageDeliveryError, messageFailed, messageHeld
  case webhookDisabled
  case listUnsubscribe, listSubscribe
}

/// What a workspace may set of how it works.
package enum WorkspaceSetting: String, Sendable, CaseIterable {
  case webhooksEnabled, webhooks, webhookEvents, webhooksCustomHeaders, serviceSecret
  case notifyHeaders, notifyText, notifyTextSize, notifyWebSafeHtml, notifyAttachments, notifyAttachmentSize
  case notificationBaseUrl, locale, timezone
}

/// Where the value of a setting comes from.
package enum SettingSource: String, Sendable, CaseIterable {
  /// `POST /v1/settings`.
  case api
  /// The configuration file.
  case configuration
  case environment
  /// The command line.
  case flag
  /// Nobody has set it.
  case `default`
}
