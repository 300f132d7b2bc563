/// Every operation of the REST API; each is defined next to the types of its request and reply.
package enum Operations {
  /// In the order of the documentation.
  package static let all: [OperationDescription] = [
    submit.description, submitFromDefault.description,
    createUpload.description, putUpload.description, upload.description, deleteUpload.description,
    // Those with a word before those with an id in its place.
    outbox.description, cancelMessages.description, retryMessages.description, releaseMessages.description,
    rescheduleMessages.description, outboxEntry.description, messageSource.description,
    rescheduleMessage.description, cancelMessage.description, releaseMessage.description,
    retryMessage.description,
    mailboxes.description, messages.description, message.description, storedSource.description,
    text.description, attachment.description, updateMessage.description, moveMessage.description,
    deleteMessage.description,
    templates.description, addTemplate.description, template.description, updateTemplate.description,
    deleteTemplate.description, previewTemplate.description, deleteAccountTemplates.description,
    addAccount.description, accounts.description, importAccounts.description, account.description,
    updateAccount.description, deleteAccount.description, pauseAccount.description, resumeAccount.description,
    reconnectAccount.description,
    accountToken.description, verifyAccount.description, makeSignInLink.description,
    startDeviceSignIn.description, deviceSignIn.description,
    addApp.description, apps.description, app.description, updateApp.description, deleteApp.description,
    verifyApp.description, appRegistration.description, planRegistration.description,
    events.description, eventStream.description, accountChanges.description,
    webhookRoutes.description, addWebhookRoute.description, webhookRoute.description,
    updateWebhookRoute.description, deleteWebhookRoute.description, rotateWebhookSecret.description,
    testWebhookRoute.description, webhookPosts.description, replayWebhookEvents.description,
    issueToken.description, tokens.description, revokeToken.description,
    addWorkspace.description, workspaces.description, workspace.description, updateWorkspace.description,
    deleteWorkspace.description, settings.description, updateSettings.description,
    blocklists.description, blocklist.description, addToBlocklist.description,
    deleteFromBlocklist.description,
    health.description, openAPI.description,
  ]

  /// The methods that a path supports, in the order of the documentation; none if there is no such path.
  package static func methods(at path: some StringProtocol) -> [String] {
    let named = all.filter { $0.template == path }
    return (named.isEmpty ? all.filter { $0.matches(path) } : named).flatMap {
      $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue]
    }
  }
}
