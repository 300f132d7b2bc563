/// The query of `GET /v1/settings`: which settings are shown.
package struct SettingsQuery: Contract {
  package var eventTypes = false
  package var webhooksEnabled = false
  package var webhooks = false
  package var webhookEvents = false
  package var webhooksCustomHeaders = false
  package var serviceSecret = false
  package var notifyHeaders = false
  package var notifyText = false
  package var notifyTextSize = false
  package var notifyWebSafeHtml = false
  package var notifyAttachments = false
  package var notifyAttachmentSize = false
  package var notificationBaseUrl = false
  package var locale = false
  package var timezone = false
  package var serviceUrl = false

  package init() {}

  package static let fields = Fields<Self>("SettingsQuery", "Which settings are shown.") {
    Field("eventTypes", \.eventTypes, .flag, "Whether the names of all events are listed.")
    Field("webhooksEnabled", \.webhooksEnabled, .flag, shown)
    Field("webhooks", \.webhooks, .flag, shown)
    Field("webhookEvents", \.webhookEvents, .flag, shown)
    Field("webhooksCustomHeaders", \.webhooksCustomHeaders, .flag, shown)
    Field("serviceSecret", \.serviceSecret, .flag, shown)
    Field("notifyHeaders", \.notifyHeaders, .flag, shown)
    Field("notifyText", \.notifyText, .flag, shown)
    Field("notifyTextSize", \.notifyTextSize, .flag, shown)
    Field("notifyWebSafeHtml", \.notifyWebSafeHtml, .flag, shown)
    Field("notifyAttachments", \.notifyAttachments, .flag, shown)
    Field("notifyAttachmentSize", \.notifyAttachmentSize, .flag, shown)
    Field("notificationBaseUrl", \.notificationBaseUrl, .flag, shown)
    Field("locale", \.locale, .flag, shown)
    Field("timezone", \.timezone, .flag, shown)
    Field("serviceUrl", \.serviceUrl, .flag, shown)
    SettingsTerm.unsupported
  }

  private static let shown = "Whether it is shown."
}

/// The settings of a workspace that were asked for. `nil` is what was not; `null` has no value.
package struct SettingsReply: Contract {
  package var webhooksEnabled: Bool??
  package var webhooks: String??
  package var webhookEvents: [String]??
  package var webhooksCustomHeaders: [CustomHeaderField]??
  package var serviceSecret: Bool??
  package var notifyHeaders: [String]??
  package var notifyText: Bool??
  package var notifyTextSize: Int??
  package var notifyWebSafeHtml: Bool??
  package var notifyAttachments: Bool??
  package var notifyAttachmentSize: Int??
  package var notificationBaseUrl: String??
  package var locale: String??
  package var timezone: String??
  package var serviceUrl: String??
  package var eventTypes: [String]?
  package var sources: [NamedText]?

  package init() {}

  package static let fields = Fields<Self>(
    "Settings", "Settings of a workspace; null where there is no value."
  ) {
    Field(SettingsTerm.webhooksEnabled, \.webhooksEnabled)
    Field(SettingsTerm.webhooks, \.webhooks)
    Field(SettingsTerm.webhookEvents, \.webhookEvents)
    Field(SettingsTerm.webhooksCustomHeaders, \.webhooksCustomHeaders)
    Field(
      "serviceSecret", \.serviceSecret, .nullable(.flag),
      SettingsTerm.serviceSecret + ": `true` where there is one, which is not shown.")
    Field(SettingsTerm.notifyHeaders, \.notifyHeaders)
    Field(SettingsTerm.notifyText, \.notifyText)
    Field(SettingsTerm.notifyTextSize, \.notifyTextSize)
    Field(SettingsTerm.notifyWebSafeHtml, \.notifyWebSafeHtml)
    Field(SettingsTerm.notifyAttachments, \.notifyAttachments)
    Field(SettingsTerm.notifyAttachmentSize, \.notifyAttachmentSize)
    Field(SettingsTerm.notificationBaseUrl, \.notificationBaseUrl)
    Field(SettingsTerm.locale, \.locale)
    Field(SettingsTerm.timezone, \.timezone)
    Field("serviceUrl", \.serviceUrl, .nullable(.line(1...2048, format: .url)), SettingsTerm.serviceUrl + ".")
    Field(
      "eventTypes", \.eventTypes, .list(.line(1...256), count: 0...1000), "The names of all events.")
    Field(
      "sources", \.sources, .texts(count: 0...100, name: 1...64, value: 1...64),
      "Where each value comes from: `api` (`POST /v1/settings`), `configuration` (the configuration file), "
        + "`environment`, `flag` (the command line) or `default`.")
  }
}
