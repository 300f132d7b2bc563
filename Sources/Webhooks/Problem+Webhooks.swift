package import Core
import Store

extension Problem {
  package static func webhookRouteNotFound(_ id: WebhookRouteID) -> Problem {
    Problem(
      .webhookRouteNotFound, "There is no webhook route “\(id)”.",
      remedy: "Use the id of an existing route.")
  }

  /// A route is changed where it comes from.
  static func webhookOfOther(_ route: WebhookRouteRecord) -> Problem {
    guard let account = route.accounts.first, route.kind == .account else {
      return Problem(
        .webhookInvalid, "The route “\(route.id)” is what the settings of the workspace name.",
        remedy: "Change webhooks, webhookEvents and webhooksCustomHeaders with POST /v1/settings.")
    }
    return Problem(
      .webhookInvalid, "The route “\(route.id)” is the webhooks of the account “\(account)”.",
      remedy:
        "Change webhooks and webhooksCustomHeaders with PUT /v1/account/\(account); that enables the route again too."
    )
  }

  static func webhookInvalid(_ field: String, _ message: String) -> Problem {
    Problem(
      .webhookInvalid, "\(field) \(message).", remedy: "Correct the value.",
      fields: [FieldFault(message: message, key: field)])
  }

  static func webhookAddressRefused(_ host: String, _ address: IPAddress) -> Problem {
    let place = host == address.description ? host : "\(host) (\(address))"
    return Problem(
      .webhookAddressRefused, "\(place) is not an address on the internet (\(address.networkClass.words)).",
      remedy: "Use a public host, or have the operator allow the network with webhook-allow.",
      retry: .safe(after: nil))
  }

  static func webhookEventLost(_ sequence: Int64) -> Problem {
    Problem(
      .webhookEventLost, "Event \(sequence) is older than events are kept.",
      remedy: "Read the state of the message or account from the API.")
  }
}

extension NetworkClass {
  fileprivate var words: String {
    switch self {
    case .global: "public"
    case .loopback: "this machine"
    case .unspecified: "no address"
    case .private: "a private network"
    case .shared: "a provider's network"
    case .linkLocal: "link-local"
    case .multicast: "multicast"
    case .documentation: "reserved for documentation"
    case .reserved: "reserved"
    }
  }
}
