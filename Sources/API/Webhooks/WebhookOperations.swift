package import Core

extension Operations {
  private static let route = "/v1/webhookRoutes/webhookRoute/{webhookRoute}"

  package static let webhookRoutes = Operation<Nothing, PageQuery, Nothing, WebhookRoutePage>(
    .get, "/v1/webhookRoutes", id: "getWebhookRoutes", .webhooks, .workspace, "List the webhook routes.")

  package static let addWebhookRoute = Operation<
    Nothing, Nothing, WebhookRouteRequest, WebhookRouteCreated
  >(
    .post, "/v1/webhookRoutes", id: "postWebhookRoutes", .webhooks, .workspace,
    "Add a route: events from now on are posted to its URL.",
    "Every post is signed (Standard Webhooks: `webhook-id`, `webhook-timestamp`, `webhook-signature`). Only a status of 2xx "
      + "means that the event was taken; otherwise it is posted again.",
    problems: [.webhookInvalid, .webhookAddressRefused])

  package static let webhookRoute = Operation<WebhookRouteID, Nothing, Nothing, WebhookRouteReply>(
    .get, route, id: "getWebhookRoute", .webhooks, .workspace, "Show one route, and how its posts go.",
    problems: [.webhookRouteNotFound])

  package static let updateWebhookRoute = Operation<
    WebhookRouteID, Nothing, WebhookRouteUpdate, WebhookRouteChanged
  >(
    .put, route, id: "putWebhookRoute", .webhooks, .workspace,
    "Change a route, or enable it again; what waits is tried at once.",
    problems: [.webhookRouteNotFound, .webhookInvalid, .webhookAddressRefused])

  package static let deleteWebhookRoute = Operation<WebhookRouteID, Nothing, Nothing, WebhookRouteDeleted>(
    .delete, route, id: "deleteWebhookRoute", .webhooks, .workspace,
    "Delete a route, with what it still has to post.", problems: [.webhookRouteNotFound])

  package static let rotateWebhookSecret = Operation<
    WebhookRouteID, Nothing, WebhookRotation, WebhookSecretReply
  >(
    .post, route + "/secret", id: "postWebhookRouteSecret", .webhooks, .workspace,
    "Replace the signing key; for a time posts are signed with both.", body: .optionalJSON,
    problems: [.webhookRouteNotFound])

  package static let testWebhookRoute = Operation<WebhookRouteID, Nothing, Nothing, WebhookPostReply>(
    .post, route + "/test", id: "postWebhookRouteTest", .webhooks, .workspace,
    "Post a test event and tell what the receiver answered.", problems: [.webhookRouteNotFound])

  package static let webhookPosts = Operation<WebhookRouteID, WebhookPostsQuery, Nothing, WebhookPostPage>(
    .get, route + "/posts", id: "getWebhookRoutePosts", .webhooks, .workspace,
    "List what became of the posts of a route, the newest first.", problems: [.webhookRouteNotFound])

  package static let replayWebhookEvents = Operation<WebhookRouteID, Nothing, WebhookReplay, WebhookReplayed>(
    .post, route + "/replay", id: "postWebhookRouteReplay", .webhooks, .workspace,
    "Post events again: one, those of a time, or those that were given up.",
    problems: [.webhookRouteNotFound, .webhookEventLost])
}
