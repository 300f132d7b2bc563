import Core
import MIME
import Store

extension Submission {
  var texts: MessageTexts {
    get {
      var texts = MessageTexts()
      (texts.subject, texts.text, texts.html, texts.previewText) = (subject, text, html, previewText)
      return texts
    }
    set {
      (subject, text, html, previewText) = (
        newValue.subject, newValue.text, newValue.html, newValue.previewText
      )
    }
  }

  /// With its texts as they will be sent.
  ///
  /// - Parameters:
  ///   - template: What `messageTemplate` found; `nil` leaves the texts as they are.
  ///   - id: Which the message will have.
  func rendered(
    _ template: MessageTemplate?, as sender: SenderIdentity, id: QueueID, serviceURL: String?
  ) throws -> Submission {
    var allowance = RenderingAllowance()
    return try rendered(template, as: sender, id: id, serviceURL: serviceURL, within: &allowance, at: "")
  }

  /// The same of one of several messages.
  ///
  /// - Parameters:
  ///   - allowance: What all of them together may still take; it shrinks.
  ///   - place: In front of what faults name.
  func rendered(
    _ template: MessageTemplate?, as sender: SenderIdentity, id: QueueID, serviceURL: String?,
    within allowance: inout RenderingAllowance, at place: String
  ) throws -> Submission {
    guard let template, let given = values else { return self }
    var rendered = self
    var values = given.completed(as: sender, serviceURL: serviceURL, to: to.count == 1 ? to[0] : nil)
    values.recipient?.unsubscribeURL = try unsubscribeURL(as: sender, id: id)
    rendered.texts = try template.rendered(for: values, within: &allowance, at: place)
    return rendered
  }
}

extension TemplateValues {
  /// With what the gateway knows.
  ///
  /// - Parameter recipient: The only one in To.
  func completed(
    as sender: SenderIdentity, serviceURL: String?, to recipient: NamedAddress?
  ) -> TemplateValues {
    var values = self
    values.accountName = sender.name
    values.accountEmail = sender.email
    values.serviceURL = serviceURL
    if values.recipient == nil, let recipient {
      values.recipient = Recipient(name: recipient.name, address: recipient.address.text)
    }
    return values
  }
}

extension Outbox {
  /// The texts of a submission with those of its template, ready to be rendered; `nil` when they are not.
  ///
  /// - Throws: `template.notFound`, also for one of another account; `template.invalid`.
  func messageTemplate(of submission: Submission) async throws -> MessageTemplate? {
    guard submission.values != nil else { return nil }
    guard let id = submission.template else { return try MessageTemplate(submission.texts) }
    let workspace = submission.workspace
    let template = try await store.read { (tx: borrowing Transaction) in
      try tx.expectTemplate(id, in: workspace)
    }
    if let own = template.info.account, own != submission.account { throw Problem.templateNotFound(id) }
    return try MessageTemplate(
      submission.texts.merged(over: template.texts), missing: try template.missingVariables)
  }

  /// The receipt for a repeat, before anything is made of the request.
  func earlierReceipt(of submission: Submission) async throws -> SubmissionReceipt? {
    guard let idempotency = submission.idempotency else { return nil }
    let name = IdempotencyName(submission.workspace, submission.account, idempotency.key)
    let earlier = try await store.read { (tx: borrowing Transaction) -> EarlierSubmission? in
      let state = try tx.idempotency(name)
      guard case .accepted? = state else { return nil }
      return try Self.earlier(state, name, in: tx)
    }
    return try earlier?.receipt(for: idempotency.bodyHash)
  }
}
