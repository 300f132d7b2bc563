package import API
package import Access
import Core
import Store
import Webhooks

/// The settings of a workspace.
struct SettingsRoutes: Sendable {
  let settings: SettingsDirectory
  let webhooks: Webhooks
  let serviceURL: ServiceURL

  /// The public URL, and who set it.
  struct ServiceURL: Sendable {
    let text: String
    let source: SettingSource
  }

  func add(to router: APIRouter) {
    router.on(Operations.settings) { call in
      let shown = try await settings.settings(of: call.workspace)
      return SettingsReply(
        call.query, shown, try settings.headerNames(shown, of: call.workspace), serviceURL)
    }
    router.on(Operations.updateSettings) { call in
      let change = SettingsChange(call.body)
      if let url = call.body.webhooks ?? nil { _ = try await webhooks.checked(url, field: "webhooks") }
      try await settings.update(change, in: call.workspace)
      return SettingsUpdated(change.values.map(\.setting))
    }
  }
}

extension SettingsReply {
  fileprivate init(
    _ query: SettingsQuery, _ settings: WorkspaceSettings, _ headerNames: [String],
    _ serviceURL: SettingsRoutes.ServiceURL
  ) {
    self.init()
    let showsAll = query == SettingsQuery()
    var sources: [NamedText] = []
    /// `.some(nil)`, which is written as null, where it has no value.
    func shown<Value>(_ isWanted: Bool, _ setting: WorkspaceSetting, _ value: Value?) -> Value?? {
      guard showsAll || isWanted else { return nil }
      sources.append(NamedText(setting.rawValue, (settings.sources[setting] ?? .default).rawValue))
      return .some(value)
    }
    webhooksEnabled = shown(query.webhooksEnabled, .webhooksEnabled, settings.webhooksEnabled)
    webhooks = shown(query.webhooks, .webhooks, settings.webhooks)
    webhookEvents = shown(query.webhookEvents, .webhookEvents, settings.webhookEvents)
    webhooksCustomHeaders = shown(
      query.webhooksCustomHeaders, .webhooksCustomHeaders,
      headerNames.map { CustomHeaderField($0, Secret("")) })
    serviceSecret = shown(query.serviceSecret, .serviceSecret, settings.serviceSecret.map { _ in true })
    notifyHeaders = shown(query.notifyHeaders, .notifyHeaders, settings.notifyHeaders)
    notifyText = shown(query.notifyText, .notifyText, settings.notifyText)
    notifyTextSize = shown(query.notifyTextSize, .notifyTextSize, settings.notifyTextSize)
    notifyWebSafeHtml = shown(query.notifyWebSafeHtml, .notifyWebSafeHtml, settings.notifyWebSafeHtml)
    notifyAttachments = shown(query.notifyAttachments, .notifyAttachments, settings.notifyAttachments)
    notifyAttachmentSize = shown(
      query.notifyAttachmentSize, .notifyAttachmentSize, settings.notifyAttachmentSize)
    notificationBaseUrl = shown(query.notificationBaseUrl, .notificationBaseUrl, settings.notificationBaseUrl)
    locale = shown(query.locale, .locale, settings.locale)
    timezone = shown(query.timezone, .timezone, settings.timezone)
    if showsAll || query.serviceUrl {
      serviceUrl = .some(serviceURL.text)
      sources.append(NamedText("serviceUrl", serviceURL.source.rawValue))
    }
    if query.eventTypes { eventTypes = EventName.allCases.map(\.rawValue) }
    self.sources = sources
  }
}

extension SettingsChange {
  /// Changes as the contract describes them, in a request or in a file.
  package init(_ body: SettingsRequest) {
    self.init()
    take(.webhooksEnabled, body.webhooksEnabled) { .plain(.flag($0)) }
    take(.webhooks, body.webhooks) { .plain(.text($0)) }
    take(.webhookEvents, body.webhookEvents) { .plain(.texts($0)) }
    take(.webhooksCustomHeaders, body.webhooksCustomHeaders) { fields in
      .headers(fields.map { CustomHeader($0) })
    }
    take(.serviceSecret, body.serviceSecret) { .secret($0) }
    take(.notifyHeaders, body.notifyHeaders) { .plain(.texts($0)) }
    take(.notifyText, body.notifyText) { .plain(.flag($0)) }
    take(.notifyTextSize, body.notifyTextSize) { .plain(.number($0)) }
    take(.notifyWebSafeHtml, body.notifyWebSafeHtml) { .plain(.flag($0)) }
    take(.notifyAttachments, body.notifyAttachments) { .plain(.flag($0)) }
    take(.notifyAttachmentSize, body.notifyAttachmentSize) { .plain(.number($0)) }
    take(.notificationBaseUrl, body.notificationBaseUrl) { .plain(.text($0)) }
    take(.locale, body.locale) { .plain(.text($0)) }
    take(.timezone, body.timezone) { .plain(.text($0)) }
  }

  private mutating func take<Given>(
    _ setting: WorkspaceSetting, _ given: Given??, as make: (Given) -> Value
  ) {
    if let given { set(setting, to: given.map(make)) }
  }
}
