import Core
import Foundation
import JSON

/// A wish to be told of changes in a mailbox (Microsoft Learn, "subscription resource type").
struct Subscription: Sendable {
  enum Kind: String, Sendable, CaseIterable { case created, updated, deleted }

  let id: String
  let applicationID: String
  let creatorID: String
  let tenantID: String
  let mailbox: MailboxID
  /// `nil`: all folders.
  let folder: MailFolder?
  let filter: ODataFilter.Expression?
  let hasImmutableIDs: Bool
  let fields: SubscriptionFields
  let kinds: Set<Kind>
  var notificationURL: String
  var expires: Instant
  /// Told to reauthorize; until that is done it gets nothing.
  var isPaused = false

  /// What a client told of this change sees. A move out of a folder is a deletion there, and so is a message that the
  /// filter no longer takes.
  func events(of change: MailChange) -> [(kind: Kind, item: MailItem)] {
    guard change.mailbox == mailbox, !isPaused else { return [] }
    let (before, after) = (change.before.flatMap(shown), change.after.flatMap(shown))
    let events: [(kind: Kind, item: MailItem)] =
      switch (before, after) {
      case (let before?, let after?) where before.folder != after.folder:
        [(.deleted, before), (.created, after)]
      case (_?, let after?): [(.updated, after)]
      case (nil, let after?): [(.created, after)]
      case (let before?, nil): [(.deleted, before)]
      case (nil, nil): []
      }
    return events.filter { kinds.contains($0.kind) }
  }

  private func shown(_ item: MailItem) -> MailItem? {
    (folder == nil || folder == item.folder) && (filter.map { item.satisfies($0) } ?? true) ? item : nil
  }
}

/// What a client gives when it subscribes.
struct SubscriptionFields: Sendable {
  let resource: String
  let changeType: String
  let notificationURL: String
  let lifecycleURL: String?
  let expires: Instant
  let clientState: String?
  let tlsVersion: String

  init(_ json: JSONValue) throws(GraphError) {
    guard let object = json.object else { throw .unreadableJSON }
    for member in object.members where !member.key.hasPrefix("@odata.") {
      guard Self.known.contains(member.key) else { throw .subscriptionPayload }
      if Self.unbuilt.contains(member.key), !member.value.isNull, member.value.bool != false {
        throw .notSupported("The property '\(member.key)' of a subscription")
      }
    }
    func text(_ name: String) throws(GraphError) -> String {
      guard let text = try object[name]?.nullableText(name), !text.isEmpty else {
        throw .subscriptionLacks(name)
      }
      return text
    }
    resource = try text("resource")
    changeType = try text("changeType")
    notificationURL = try text("notificationUrl")
    lifecycleURL = try object["lifecycleNotificationUrl"]?.nullableText("lifecycleNotificationUrl")
    expires = try Self.instant(text("expirationDateTime"))
    clientState = try object["clientState"]?.nullableText("clientState")
    guard clientState.map({ $0.count <= 128 }) ?? true else {
      throw .subscription("The property 'clientState' has at most 128 characters.")
    }
    tlsVersion = try object["latestSupportedTlsVersion"]?.nullableText("latestSupportedTlsVersion") ?? "v1_2"
    guard ["v1_0", "v1_1", "v1_2", "v1_3"].contains(tlsVersion) else { throw .subscriptionPayload }
  }

  var kinds: Set<Subscription.Kind> {
    get throws(GraphError) {
      var kinds: Set<Subscription.Kind> = []
      for word in changeType.split(separator: ",") {
        guard let kind = Subscription.Kind(rawValue: word.trimmingCharacters(in: .whitespaces).lowercased())
        else { throw .subscription("The value of 'changeType' is not valid.") }
        kinds.insert(kind)
      }
      return kinds
    }
  }

  static func instant(_ text: String) throws(GraphError) -> Instant {
    guard let instant = Instant(dateTimeOffset: text) else { throw .subscriptionPayload }
    return instant
  }

  private static let unbuilt: Set = [
    "includeResourceData", "encryptionCertificate", "encryptionCertificateId", "notificationQueryOptions",
    "notificationUrlAppId", "notificationContentType",
  ]
  private static let known = unbuilt.union([
    "resource", "changeType", "notificationUrl", "lifecycleNotificationUrl", "expirationDateTime",
    "clientState", "latestSupportedTlsVersion", "id", "applicationId", "creatorId",
  ])
}

extension Subscription {
  /// - Parameter showsState: a reply to who has just given it; otherwise it is null, as users report.
  func json(showsState: Bool) -> JSONValue {
    [
      "id": .string(id), "resource": .string(fields.resource), "applicationId": .string(applicationID),
      "changeType": .string(fields.changeType),
      "clientState": showsState ? .orNull(fields.clientState) : .null,
      "notificationUrl": .string(notificationURL), "notificationQueryOptions": .null,
      "lifecycleNotificationUrl": .orNull(fields.lifecycleURL),
      "expirationDateTime": .string(expires.description), "creatorId": .string(creatorID),
      "includeResourceData": .null, "latestSupportedTlsVersion": .string(fields.tlsVersion),
      "encryptionCertificate": .null, "encryptionCertificateId": .null, "notificationUrlAppId": .null,
      "notificationContentType": .null,
    ]
  }

  /// One element of what is posted to `notificationUrl`.
  func notification(_ kind: Kind, _ item: MailItem, epoch: UInt32) -> JSONValue {
    let idKind = hasImmutableIDs ? GraphID.Kind.immutable : .place(moves: item.moves)
    let id = GraphID(epoch: epoch, mailbox: mailbox, kind: idKind, number: item.number).text
    let resource = "Users/\(mailbox.text)/Messages/\(id)"
    return [
      "subscriptionId": .string(self.id), "subscriptionExpirationDateTime": .string(expires.description),
      "changeType": .string(kind.rawValue), "resource": .string(resource),
      "resourceData": [
        "@odata.type": "#Microsoft.Graph.Message", "@odata.id": .string(resource),
        "@odata.etag": .string("W/\"\(item.changeKey)\""), "id": .string(id),
      ],
      "clientState": .orNull(fields.clientState), "tenantId": .string(tenantID),
    ]
  }

  /// One element of what is posted to `lifecycleNotificationUrl`.
  func lifecycleNotification(_ event: LifecycleEvent) -> JSONValue {
    [
      "subscriptionId": .string(id), "subscriptionExpirationDateTime": .string(expires.description),
      "tenantId": .string(tenantID), "clientState": .orNull(fields.clientState),
      "lifecycleEvent": .string(event.rawValue),
    ]
  }
}

/// Microsoft Learn, "Reduce missing subscriptions and change notifications".
enum LifecycleEvent: String, Sendable, CaseIterable {
  case reauthorizationRequired, subscriptionRemoved, missed
}

// Refusals.
extension GraphError {
  static func subscription(_ message: String) -> GraphError { GraphError(400, "InvalidRequest", message) }
  /// As reported in microsoft-graph-docs#2231.
  static let subscriptionPayload = subscription(
    "Could not process subscription creation payload. Are all property names spelled and camelCased properly? "
      + "Also are the Id and DateTimeOffset formats correct?")
  static func subscriptionLacks(_ name: String) -> GraphError {
    .subscription("\(name) is a required property for subscription creation.")
  }
  static let subscriptionNotFound = GraphError(404, "ResourceNotFound", "The object was not found.")
  static func subscriptionTooLong(_ minutes: Int) -> GraphError {
    GraphError(
      400, "ErrorInvalidParameter", "Subscription expiration can only be \(minutes) minutes in the future.")
  }
  static func validationFailed(_ detail: String) -> GraphError {
    GraphError(400, "ValidationError", "Subscription validation request failed. \(detail)")
  }
  static let validationTimedOut = GraphError(
    400, "ValidationError", "Subscription validation request timed out.")
  /// Exchange's code; Microsoft documents the limit alone.
  static let tooManySubscriptions = GraphError(
    403, "ErrorExceededSubscriptionCount", "The mailbox has as many subscriptions as it may have.")
}
