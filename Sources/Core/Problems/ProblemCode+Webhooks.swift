// Posts of events to those who want to know of them.
extension ProblemCode {
  static let webhooksCodes: [ProblemCode] = [
    .webhookRouteNotFound, .webhookInvalid, .webhookAddressRefused, .webhookUnreachable, .webhookRefused,
    .webhookGone, .webhookEventLost,
  ]

  package static let webhookRouteNotFound = ProblemCode(
    "webhook.routeNotFound", .request, status: 404, vocabulary: "NotFound", smtp: "550 5.1.1",
    "There is no webhook route with this id.",
    remedy: "List the routes and use the id of one of them.")

  package static let webhookInvalid = ProblemCode(
    "webhook.invalid", .request, status: 400, smtp: "501 5.5.4",
    "A value of a webhook route cannot be used; the message names it.",
    remedy: "Correct the value.")

  package static let webhookAddressRefused = ProblemCode(
    "webhook.addressRefused", .endpoint, actor: .operator, status: 400, smtp: "550 5.7.1",
    "The host of the URL is at an address that is not on the internet, such as one of this machine or of a private "
      + "network, and the operator does not allow it.",
    remedy: "Use a public host, or allow the network with `webhook-allow`.")

  package static let webhookUnreachable = ProblemCode(
    "webhook.unreachable", .endpoint, status: 502, smtp: "451 4.4.1",
    "The receiver could not be reached, or did not reply within 20 seconds. Its events wait and are posted again.",
    remedy: "Check that it runs, and reply before any lengthy work is done.")

  package static let webhookRefused = ProblemCode(
    "webhook.refused", .endpoint, status: 502, smtp: "451 4.4.1",
    "The receiver replied with a status other than 2xx, or with a redirect, which is not followed. The event is "
      + "posted again.",
    remedy: "Look into the receiver's log; name the final URL instead of one that redirects.")

  package static let webhookGone = ProblemCode(
    "webhook.gone", .endpoint, status: 502, smtp: "550 5.4.1",
    "The receiver replied with 410, which means that it wants no events any more. The route was disabled.",
    remedy: "Enable the route again if this was a mistake; it continues where it stopped.")

  package static let webhookEventLost = ProblemCode(
    "webhook.eventLost", .endpoint, actor: .operator, status: 410, smtp: "550 5.6.0",
    "The event is older than events are kept, so it can no longer be posted.",
    remedy: "Read what became of the message or the account from the API.")
}
