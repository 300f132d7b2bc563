package import Core

/// What each setting is in every request and reply.
enum SettingsTerm {
  static let webhooksEnabled = Term(
    "webhooksEnabled", Kind<Bool?>.nullable(.flag),
    "Whether events are posted to `webhooks`. Default: `false`.")
  static let webhooks = Term(
    "webhooks", Kind<String?>.nullable(.line(1...2048, format: .target)),
    "The URL to which events are posted.")
  static let webhookEvents = Term(
    "webhookEvents", Kind<[String]?>.nullable(.list(.line(1...256, format: .eventName), count: 0...100)),
    "The events that are posted, by name; `*` stands for all. Default: `*` alone.")
  static let webhooksCustomHeaders = Term(
    "webhooksCustomHeaders", Kind<[CustomHeaderField]?>.nullable(.list(.object, count: 0...50)),
    "Header fields of every request that posts an event.")
  static let notifyHeaders = Term(
    "notifyHeaders", Kind<[String]?>.nullable(.list(.line(1...256), count: 0...100)),
    "The header fields of a message that `messageNew` contains; `*` stands for all. \(received)")
  static let notifyText = Term(
    "notifyText", Kind<Bool?>.nullable(.flag),
    "Whether `messageNew` contains the text of the message. \(received) Default: `false`.")
  static let notifyTextSize = Term(
    "notifyTextSize", Kind<Int?>.nullable(.integer(0...100_000_000)),
    "How many bytes of the text at most; 0 for all. \(received)")
  static let notifyWebSafeHtml = Term(
    "notifyWebSafeHtml", Kind<Bool?>.nullable(.flag),
    "Whether the HTML in `messageNew` is made safe to show in a page. \(received) Default: `false`.")
  static let notifyAttachments = Term(
    "notifyAttachments", Kind<Bool?>.nullable(.flag),
    "Whether `messageNew` contains the attachments. \(received) Default: `false`.")
  static let notifyAttachmentSize = Term(
    "notifyAttachmentSize", Kind<Int?>.nullable(.integer(0...100_000_000)),
    "How many bytes an attachment in `messageNew` may have; 0 for any number. \(received)")
  static let notificationBaseUrl = Term(
    "notificationBaseUrl", Kind<String?>.nullable(.line(1...2048, format: .target)),
    "The URL at which Microsoft reaches this gateway, where it is not `serviceUrl`. \(received)")
  static let locale = Term(
    "locale", Kind<String?>.nullable(.line(1...100, format: .languageTag)),
    "The language of dates and numbers in templates, such as `en` or `pt-BR`.")
  static let timezone = Term(
    "timezone", Kind<String?>.nullable(.line(1...100)),
    "The time zone of dates in templates, such as `Europe/Tallinn`.")
  static let serviceSecret = "The secret by which the header `X-EE-Wh-Signature` of a posted event is made"
  static let serviceUrl = "The public URL of the gateway, which only its operator sets"

  private static let received = "Used for events of received messages."

  /// The other keys of the vocabulary.
  static let unsupported = Unsupported(
    "trackSentMessages", "trackClicks", "trackOpens", "imapIndexer", "resolveGmailCategories",
    "ignoreMailCertErrors", "generateEmailSummary", "generateRiskAssessment", "openAiAPIKey", "openAiModel",
    "openAiAPIUrl", "documentStoreChatModel", "openAiTemperature", "openAiTopP", "openAiMaxTokens",
    "openAiPrompt", "openAiGenerateEmbeddings", "inboxNewOnly", "authServer", "tokenAuditLog",
    "proxyEnabled", "proxyUrl", "httpProxyEnabled", "httpProxyUrl", "smtpEhloName", "notifyCalendarEvents",
    "documentStoreEnabled", "documentStoreUrl", "documentStoreIndex", "documentStoreAuthEnabled",
    "documentStoreUsername", "documentStorePassword", "documentStoreGenerateEmbeddings",
    "documentStorePreProcessingEnabled", "logs", "sentryEnabled", "sentryDsn", "imapStrategy", "smtpStrategy",
    "localAddresses", "smtpServerEnabled", "smtpServerPort", "smtpServerHost", "smtpServerProxy",
    "smtpServerAuthEnabled", "smtpServerPassword", "smtpServerTLSEnabled", "imapProxyServerEnabled",
    "imapProxyServerPort", "imapProxyServerHost", "imapProxyServerProxy", "imapProxyServerPassword",
    "imapProxyServerTLSEnabled", "queueKeep", "deliveryAttempts", "gmailSubscriptionTtl", "templateHeader",
    "templateHtmlHead", "scriptEnv", "enableApiProxy", "pageBrandName", "openAiPreProcessingFn",
    "imapClientName", "imapClientVersion", "imapClientVendor", "imapClientSupportUrl", "exportMaxConcurrent",
    "exportMaxGlobalConcurrent", "gmailExportBatchSize", "outlookExportBatchSize", "exportMaxMessages",
    "exportMaxSize")
}

/// A header field of the requests that post events.
package struct CustomHeaderField: Contract {
  package var key = ""
  package var value: Secret?

  package init() {}

  package init(_ key: String, _ value: Secret?) {
    (self.key, self.value) = (key, value)
  }

  package static let fields = Fields<Self>("CustomHeader", "A header field of the requests that post events.")
  {
    Required("key", \.key, .line(1...1024, format: .headerName), "Its name.")
    Field(
      "value", \.value, .keptSecret(0...10_240, format: .headerValue),
      "Its value; masked when it is read. Masked or left out, that of a field of this name stays, and a new one is empty."
    )
  }
}

extension CustomHeader {
  package init(_ field: CustomHeaderField) {
    self.init(field.key, field.value)
  }
}
