package import Core

/// The body of `POST /v1/settings`: what is left out stays as it is, and `null` takes a value away, so that the default
/// holds again.
package struct SettingsRequest: Contract {
  package var webhooksEnabled: Bool??
  package var webhooks: String??
  package var webhookEvents: [String]??
  package var webhooksCustomHeaders: [CustomHeaderField]??
  package var serviceSecret: Secret??
  package var notifyHeaders: [String]??
  package var notifyText: Bool??
  package var notifyTextSize: Int??
  package var notifyWebSafeHtml: Bool??
  package var notifyAttachments: Bool??
  package var notifyAttachmentSize: Int??
  package var notificationBaseUrl: String??
  package var locale: String??
  package var timezone: String??
  /// Always refused.
  package var serviceUrl: String?

  package init() {}

  package static let fields = Fields<Self>(
    "SettingsRequest",
    "Changes to the settings of a workspace; what is left out stays as it is, and null restores the default."
  ) {
    Field(SettingsTerm.webhooksEnabled, \.webhooksEnabled)
    Field(SettingsTerm.webhooks, \.webhooks)
    Field(SettingsTerm.webhookEvents, \.webhookEvents)
    Field(SettingsTerm.webhooksCustomHeaders, \.webhooksCustomHeaders)
    Field(
      "serviceSecret", \.serviceSecret, .nullable(.secret(16...1024)),
      SettingsTerm.serviceSecret + "; 32 random bytes are best. It cannot be read again.")
    Field(SettingsTerm.notifyHeaders, \.notifyHeaders)
    Field(SettingsTerm.notifyText, \.notifyText)
    Field(SettingsTerm.notifyTextSize, \.notifyTextSize)
    Field(SettingsTerm.notifyWebSafeHtml, \.notifyWebSafeHtml)
    Field(SettingsTerm.notifyAttachments, \.notifyAttachments)
    Field(SettingsTerm.notifyAttachmentSize, \.notifyAttachmentSize)
    Field(SettingsTerm.notificationBaseUrl, \.notificationBaseUrl)
    Field(SettingsTerm.locale, \.locale)
    Field(SettingsTerm.timezone, \.timezone)
    Field("serviceUrl", \.serviceUrl, .line(0...2048), SettingsTerm.serviceUrl + ": refused here.")
    Rule { _, complaints in
      guard complaints.isGiven("serviceUrl") else { return }
      complaints.add(
        "serviceUrl",
        "cannot be changed here: set --url, HELIOGRAPH_PUBLIC_URL or `url:` and restart the gateway")
    }
    SettingsTerm.unsupported
  }
}

/// What was changed.
package struct SettingsUpdated: Contract {
  package var updated: [String] = []

  package init() {}

  package init(_ updated: [WorkspaceSetting]) {
    self.updated = updated.map(\.rawValue)
  }

  package static let fields = Fields<Self>("SettingsUpdated", "Settings that were changed.") {
    Required("updated", \.updated, .list(.line(1...64), count: 0...100), "The keys of the request.")
  }
}

extension Operations {
  package static let settings = Operation<Nothing, SettingsQuery, Nothing, SettingsReply>(
    .get, "/v1/settings", id: "getSettings", .settings, .workspace, "Show the settings of the workspace.",
    "Flags in the query select settings; without any, all of them are shown.")

  package static let updateSettings = Operation<Nothing, Nothing, SettingsRequest, SettingsUpdated>(
    .post, "/v1/settings", id: "postSettings", .settings, .workspace, "Change settings of the workspace.",
    "All of the changes are made, or none.", problems: [.configurationDeclared, .webhookAddressRefused])
}
